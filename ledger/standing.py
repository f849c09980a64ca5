"""Where the balances stand when entries are posted, and how these carry them on. The only writer of ledger/balances.py.

Read once and written once for a whole batch: of each balance the days from the first that is posted to on, and the
one before. Mostly that is its latest day; of what is dated back, all the days that grow with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError, connection

from ledger.batch import Batch
from ledger.entries import Draft, Leg
from ledger.errors import EntryInvalid
from ledger.journal import to_date
from ledger.models import LARGEST_BALANCE
from ledger.questions import Question, Row, answer_together
from ledger.syntax import OpenAccount

# The account by its name, the sub-fund, the kind of event, the party and the currency.
Key = tuple[str, str, str, str, str]
# The amount, the debit and the credit.
Cell = tuple[int, int, int]

# The database's own limits on what the rows hold.
SIZES = ("day_balance_is_exact", "open_item_is_exact")
_NOTHING: Cell = (0, 0, 0)
_AT_ONCE = 500

# Joined, because SQLite goes through the whole table for an IN of several values.
_FIND = """
    WITH k (account, fund, kind, party, currency, day) AS ({})
    SELECT k.account, k.fund, k.kind, k.party, k.currency, a.id, a.currency, b.id, d.day, d.amount, d.debit, d.credit
    FROM k JOIN ledger_account a ON a.name = k.account
    LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.fund = k.fund AND b.kind = k.kind AND b.party = k.party
        AND b.currency = k.currency
    LEFT JOIN ledger_daybalance d ON d.balance_id = b.id AND d.day >= COALESCE(
        (SELECT MAX(x.day) FROM ledger_daybalance x WHERE x.balance_id = b.id AND x.day <= k.day), k.day
    )
    ORDER BY d.day
"""
# A list for each column: PostgreSQL's driver takes long over thousands of marks, and a question has one text.
_LISTS = "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[])"
_BALANCE = "ledger_balance (account_id, fund, kind, party, currency)"
_DAY = "ledger_daybalance (balance_id, day, amount, debit, credit)"
_GROW = """
    ON CONFLICT (balance_id, day)
    DO UPDATE SET amount = excluded.amount, debit = excluded.debit, credit = excluded.credit
"""
_ITEM = "ledger_openitem (instalment, account_id, currency, amount, functional)"
_GROW_ITEM = """
    ON CONFLICT (instalment, account_id, currency) DO UPDATE
    SET amount = ledger_openitem.amount + excluded.amount, functional = ledger_openitem.functional + excluded.functional
"""


class Balance(NamedTuple):
    """The key of its row, where there is one, and what it came to on the days that count, in their order."""

    pk: int | None
    days: list[tuple[date, Cell]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The open accounts that some drafts name, each with its key, and their balances before these drafts are posted."""

    accounts: Mapping[str, tuple[int, OpenAccount]]
    balances: Mapping[Key, Balance]

    def keys(self) -> dict[str, int]:
        """The accounts' keys."""
        return {name: pk for name, (pk, _) in self.accounts.items()}


def standing_questions(drafts: Iterable[Draft]) -> list[Question[Standing]]:
    """The accounts that `drafts` name, as far as they are open, and the balances that they move, in parts."""
    first: dict[Key, date] = {}
    for draft in drafts:
        for leg in draft.legs:
            key = _key(draft, leg)
            first[key] = min(first.get(key, draft.on), draft.on)
    return _questions(first)


def join_standings(parts: Sequence[Standing]) -> Standing:
    """The parts as one."""
    if len(parts) == 1:
        return parts[0]
    accounts = {name: account for part in parts for name, account in part.accounts.items()}
    return Standing(accounts, {key: balance for part in parts for key, balance in part.balances.items()})


def _key(draft: Draft, leg: Leg) -> Key:
    return (leg.account, leg.fund, draft.kind, leg.party, leg.currency)


def _questions(first: Mapping[Key, date]) -> list[Question[Standing]]:
    wanted = sorted(first.items())
    return [_question(wanted[start : start + _AT_ONCE]) for start in range(0, len(wanted), _AT_ONCE)]


def _question(wanted: Sequence[tuple[Key, date]]) -> Question[Standing]:
    adapt = connection.ops.adapt_datefield_value
    rows = [(*key, adapt(day)) for key, day in wanted]
    if connection.vendor == "postgresql":
        return Question(_FIND.format(_LISTS), [list(column) for column in zip(*rows, strict=True)], _to_standing)
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    return Question(_FIND.format(f"VALUES {marks}"), [value for row in rows for value in row], _to_standing)


def _to_standing(rows: Iterable[Row]) -> Standing:
    accounts: dict[str, tuple[int, OpenAccount]] = {}
    balances: dict[Key, Balance] = {}
    for *names, account, currency, pk, day, amount, debit, credit in rows:
        key = tuple(names)
        accounts[key[0]] = (account, OpenAccount(key[0], currency))
        balance = balances.setdefault(key, Balance(pk, []))
        if day:
            balance.days.append((to_date(day), (amount, debit, credit)))
    return Standing(accounts, balances)


_Moved = defaultdict[date, list[int]]
_Moves = defaultdict[Key, _Moved]
_Items = defaultdict[tuple[str, str, str], list[int]]


def carry_on(batch: Batch, standing: Standing, drafts: Iterable[Draft]) -> None:
    """Adds what was posted to the balances and the open items. Raises EntryInvalid where one would grow too large."""
    moves, items = _sum(drafts)
    accounts = standing.keys()
    balances = _make_missing(batch, standing, moves)
    added: list[Row] = []
    grown: list[Row] = []
    adapt = cache(connection.ops.adapt_datefield_value)
    for key in sorted(moves):
        for is_new, day, cell in _accumulate(balances[key].days, moves[key]):
            (added if is_new else grown).append((balances[key].pk, adapt(day), *cell))
    _check_sizes([*(row[2:] for row in (*added, *grown)), *items.values()])
    open_items = [
        (name, accounts[account], currency, *items[name, account, currency])
        for name, account, currency in sorted(items)
    ]
    batch.add_rows(_DAY, added)
    batch.add_rows(_DAY, grown, then=_GROW)
    batch.add_rows(_ITEM, open_items, then=_GROW_ITEM)


def _sum(drafts: Iterable[Draft]) -> tuple[_Moves, _Items]:
    moves: _Moves = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    items: _Items = defaultdict(lambda: [0, 0])
    for draft in drafts:
        for leg in draft.legs:
            cell = moves[_key(draft, leg)][draft.on]
            cell[0] += leg.amount
            cell[1 if leg.functional > 0 else 2] += abs(leg.functional)
            if leg.instalment:
                item = items[leg.instalment, leg.account, leg.currency]
                item[0] += leg.amount
                item[1] += leg.functional
    return moves, items


def _make_missing(batch: Batch, standing: Standing, moves: _Moves) -> Mapping[Key, Balance]:
    missing = {key: min(moves[key]) for key in sorted(moves) if standing.balances[key].pk is None}
    if not missing:
        return standing.balances
    accounts = standing.keys()
    batch.add_rows(_BALANCE, [(accounts[account], *rest) for account, *rest in missing])
    batch.send()
    return {**standing.balances, **join_standings(answer_together(*_questions(missing))).balances}


def _accumulate(stands: Iterable[tuple[date, Cell]], moves: _Moved) -> Iterator[tuple[bool, date, Cell]]:
    """What a balance comes to on each day from the first on that it moves, and whether it had not come to anything."""
    stood, first = dict(stands), min(moves)
    amount, debit, credit = 0, 0, 0
    latest = _NOTHING
    for day in sorted({*stood, *moves}):
        latest = stood.get(day, latest)
        if day in moves:
            more = moves[day]
            amount, debit, credit = amount + more[0], debit + more[1], credit + more[2]
        if day >= first:
            yield day not in stood, day, (latest[0] + amount, latest[1] + debit, latest[2] + credit)


def _check_sizes(cells: Iterable[Sequence[int]]) -> None:
    """What no database takes does not go there."""
    if any(abs(value) > LARGEST_BALANCE for cell in cells for value in cell):
        raise _too_large()


@contextmanager
def refusing_too_large() -> Iterator[None]:
    """Raises EntryInvalid where the database refuses a balance for its size."""
    try:
        yield
    except IntegrityError as error:
        if not any(constraint in str(error) for constraint in SIZES):
            raise
        raise _too_large() from None


def _too_large() -> EntryInvalid:
    return EntryInvalid(f"A balance would pass {LARGEST_BALANCE:,} minor units, the most it holds.")
