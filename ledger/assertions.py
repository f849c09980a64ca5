"""The balances that a book asserts, so that Beancount adds up its entries against another record of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Max

from ledger import accounts, queries, syntax
from ledger.money import Amount
from ledger.queries import Scope, Total

# Beancount's own notion of the balance sheet.
_BALANCE_SHEET = ("Assets:", "Liabilities:", "Equity:")

# Account and currency.
_Key = tuple[str, str]


def balance_lines(until: date | None = None) -> Iterator[str]:
    """What the accounts of the balance sheet hold at month ends, out of the ledger's totals.

    At the end of a month those that moved in it; at the end of a year, and after the last entry, all that ever moved.
    Beancount asserts at the beginning of a day, and so each line is dated the day after (rule 8 of the accounting
    policy).
    """
    last = _find_last_day(until)
    if last is None:
        return
    moves, standing = _read_moves(last), _Standing()
    for end in _find_ends(moves, last):
        changed = standing.add(moves.pop(end.replace(day=1), ()))
        is_whole = end.month == 12 or end == last
        for account, currency in _sort(standing.own if is_whole else changed):
            amount = Amount(standing.sums[account, currency], currency)
            yield syntax.render_balance(account, amount, end + timedelta(days=1))


class _Standing:
    """What each account holds, as Beancount asserts it: with the accounts below it, where it has any.

    `own` are the accounts that moved themselves; `sums` has those above them too.
    """

    def __init__(self) -> None:
        self.own: set[_Key] = set()
        self.sums: defaultdict[_Key, int] = defaultdict(int)

    def add(self, moves: Iterable[Total]) -> set[_Key]:
        """Adds a month; returns which of `own` it changed."""
        changed: set[_Key] = set()
        for total in moves:
            self.own.add((total.account, total.currency))
            for above in _path(total.account):
                self.sums[above, total.currency] += total.amount
                changed.add((above, total.currency))
        return changed & self.own


def _path(account: str) -> Iterator[str]:
    """The account and those above it: of `A:B:C` these are A, A:B and A:B:C."""
    parts = account.split(":")
    return (":".join(parts[:size]) for size in range(1, len(parts) + 1))


def _sort(keys: Iterable[_Key]) -> list[_Key]:
    return sorted(keys, key=lambda key: (accounts.sort_key(key[0]), key[1]))


def _find_last_day(until: date | None) -> date | None:
    found = queries.entries().filter(dated_on__lte=until) if until else queries.entries()
    last: date | None = found.order_by().aggregate(last=Max("dated_on"))["last"]
    return last


def _read_moves(last: date) -> dict[date, list[Total]]:
    """What moved up to and with the day `last`, by the first day of its month, in one reading of the totals."""
    moves: defaultdict[date, list[Total]] = defaultdict(list)
    for total in queries.totals(Scope(until=last, accounts=_BALANCE_SHEET), by=("account", "currency", "month")):
        assert total.month is not None
        moves[total.month].append(total)
    return dict(moves)


def _find_ends(months: Iterable[date], last: date) -> list[date]:
    """The last day of each month and of each year before `last`, and that day itself."""
    ends = {(month + timedelta(days=31)).replace(day=1) - timedelta(days=1) for month in months}
    ends |= {date(year, 12, 31) for year in queries.open_years()}
    return sorted({last, *(end for end in ends if end < last)})
