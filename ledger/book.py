"""Writes the whole book as Beancount text: `main.beancount` and one file per fiscal year.

Stock bean-check, bean-query and Fava open it; an auditor verifies the chain from its files alone (README.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import Max

from ledger import accounts, queries, syntax
from ledger.chain import GENESIS
from ledger.folder import MAIN, open_folder
from ledger.models import Account, Balance, Entry, Link
from ledger.money import Amount
from ledger.queries import Scope
from ledger.snapshot import reading
from ledger.syntax import OpenAccount

# Date, currency, units of the functional currency per unit.
Price = tuple[date, str, Decimal]
# Date, account, interval (one of syntax.BUDGET_INTERVALS), minor units of the functional currency.
Budget = tuple[date, str, str, int]

_CHUNK = 2_000
_BALANCE_SHEET = ("Assets:", "Liabilities:")


@dataclass(frozen=True, slots=True)
class Book:
    """What was written: the main file, every file, the number of entries and the hash of the last one."""

    main: Path
    files: tuple[Path, ...]
    entries: int
    head: str


def write_book(
    directory: Path,
    *,
    title: str,
    prices: Iterable[Price] = (),
    budgets: Iterable[Budget] = (),
    named_queries: Mapping[str, str] | None = None,
    until: date | None = None,
) -> Book:
    """Writes the book into `directory`, in place of a book written there before.

    `until` leaves out what is dated later. `named_queries` are added to those that every book carries. All of it is
    one state of the books, and entries pass through in chunks, however many there are. Raises FolderOccupied or
    BookNotWritten.
    """
    kept = [budget for budget in budgets if until is None or budget[0] <= until]
    with open_folder(directory) as folder, reading():
        written = _Written()
        years = [year for year in queries.open_years() if until is None or year <= until.year]
        for year in years:
            folder.write(f"{year}.beancount", _year_pieces(year, until, written))
        sections = (
            _head_lines(title, written, until),
            _commodity_lines(),
            _open_lines({budget[1] for budget in kept}),
            _price_lines(prices, until),
            _budget_lines(kept),
            _balance_lines(until),
            _query_lines(named_queries or {}),
            [f'include "{year}.beancount"' for year in years],
        )
        folder.write(MAIN, (f"{line}\n" for section in sections for line in ("", *section)))
        files = folder.publish()
    return Book(directory / MAIN, files, written.entries, written.head)


@dataclass(slots=True)
class _Written:
    """How many entries went by, and the last of the chain among them."""

    entries: int = 0
    place: int = 0
    head: str = GENESIS

    def add(self, place: int, sha256: str) -> None:
        self.entries += 1
        if place > self.place:
            self.place, self.head = place, sha256


def _year_pieces(year: int, until: date | None, written: _Written) -> Iterator[str]:
    yield f"; Fiscal year {year}, in the order of the chain. Above each entry stands the hash that covers it.\n"
    found = Entry.objects.filter(year=year).order_by("id")
    if until:
        found = found.filter(dated_on__lte=until)
    rows = found.values_list("id", "number", "sha256", "previous_sha256", "text")
    for place, number, sha256, previous, text in rows.iterator(chunk_size=_CHUNK):
        written.add(place, sha256)
        yield f"\n; {number} sha256 {sha256} after {previous}\n{text}"


def _head_lines(title: str, written: _Written, until: date | None) -> Iterator[str]:
    extent = f"entries dated up to {until}" if until else "entries"
    yield f"; {written.entries} {extent}, the last of the chain with the hash {written.head}"
    yield ""
    yield f"option {syntax.quote('title')} {syntax.quote(' '.join(title.split()))}"
    yield f"option {syntax.quote('operating_currency')} {syntax.quote(queries.functional_currency())}"
    yield from syntax.OPTIONS


def _commodity_lines() -> Iterator[str]:
    used = set(Balance.objects.values_list("currency", flat=True).distinct())
    used |= set(Account.objects.values_list("currency", flat=True).distinct()) - {""}
    on = queries.get_begins_on()
    for currency in sorted(used | {queries.functional_currency()}):
        yield syntax.render_commodity(currency, on)


def _open_lines(budgeted: set[str]) -> Iterator[str]:
    """Every account, and those that have a budget and no entry yet."""
    on = queries.get_begins_on()
    opened = {account.name: account.currency for account in queries.all_accounts()}
    wanted = {accounts.check_name(name): queries.functional_currency() for name in budgeted} | opened
    for name in sorted(wanted, key=accounts.sort_key):
        yield syntax.render_open(OpenAccount(name, wanted[name]), on)


def _price_lines(prices: Iterable[Price], until: date | None) -> Iterator[str]:
    for on, currency, rate in prices:
        if until is None or on <= until:
            yield syntax.render_price(on, currency, rate, queries.functional_currency())


def _budget_lines(budgets: Iterable[Budget]) -> Iterator[str]:
    currency, begins_on = queries.functional_currency(), queries.get_begins_on()
    for on, account, interval, minor in budgets:
        # Beancount takes no account before it is open.
        yield syntax.render_budget(account, interval, Amount(minor, currency), max(on, begins_on))


def _balance_lines(until: date | None) -> Iterator[str]:
    """What each asset and liability holds at the end of each year and after the last entry.

    Out of the month totals, so that Beancount adds up the entries against another record of them. It asserts at the
    beginning of a day: the day after.
    """
    for end in _find_ends(until):
        for account, amount in _balances(end):
            yield syntax.render_balance(account, amount, end + timedelta(days=1))


def _find_ends(until: date | None) -> list[date]:
    found = Entry.objects.filter(dated_on__lte=until) if until else Entry.objects.all()
    last: date | None = found.aggregate(last=Max("dated_on"))["last"]
    if last is None:
        return []
    return [date(year, 12, 31) for year in queries.open_years() if year < last.year] + [last]


def _balances(end: date) -> Iterator[tuple[str, Amount]]:
    """Each account with what Beancount asserts of it: with the accounts below it, where it has any."""
    totals = queries.totals(Scope(until=end, accounts=_BALANCE_SHEET), by=("account", "currency"))
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for total in totals:
        parts = total.account.split(":")
        for size in range(1, len(parts) + 1):
            sums[":".join(parts[:size]), total.currency] += total.amount
    for total in totals:
        yield total.account, Amount(sums[total.account, total.currency], total.currency)


def _query_lines(named_queries: Mapping[str, str]) -> Iterator[str]:
    on = queries.get_begins_on()
    yield "; Run one with: bean-query main.beancount '.run NAME'"
    for name, query in {**_make_queries(), **named_queries}.items():
        yield syntax.render_query(name, query, on)


def _make_queries() -> dict[str, str]:
    """The queries of every book; those about one sub-fund or one document show it with one of the book's."""
    fund = Balance.objects.order_by("-fund").values_list("fund", flat=True).first() or "POOL"
    document = Link.objects.order_by("entry", "position").values_list("document", flat=True).first() or "RCT-2026-0001"
    sums = "sum(position) AS balance, sum(weight) AS carried"
    by_fund = "SELECT meta('fund') AS sub_fund"
    return {
        "trial-balance": f"SELECT account, {sums} GROUP BY account ORDER BY account",
        "zero-per-sub-fund": f"{by_fund}, sum(weight) AS total GROUP BY sub_fund ORDER BY sub_fund",
        "trial-balance-per-sub-fund": f"{by_fund}, account, {sums} GROUP BY sub_fund, account "
        "ORDER BY sub_fund, account",
        "trial-balance-of-one-sub-fund": f"SELECT account, {sums} WHERE meta('fund') = '{fund}' "
        "GROUP BY account ORDER BY account",
        "entries-of-one-document": "SELECT date, entry_meta('number') AS number, payee, narration, account, position, "
        f"weight WHERE '{document}' IN links",
        "received-by-payee": f"SELECT payee, {sums} WHERE account ~ '^Assets:Bank:' AND 'receipt' IN tags "
        "GROUP BY payee ORDER BY payee",
    }
