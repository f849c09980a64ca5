"""Where the balances stand when entries are posted, and how these carry them on. The only writer of ledger/balances.py.

Read once and written once for a whole batch. What is dated after all that its balance has seen is added up here, in
Python; what is dated back adds to rows that are there already, in the database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

from ledger.entries import Draft, Leg
from ledger.errors import EntryInvalid
from ledger.journal import insert_rows, to_date
from ledger.models import LARGEST_BALANCE
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
    WITH k (account, fund, kind, party, currency) AS (VALUES {})
    SELECT k.account, k.fund, k.kind, k.party, k.currency, a.id, a.currency, b.id, d.day, d.amount, d.debit, d.credit
    FROM k JOIN ledger_account a ON a.name = k.account
    LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.fund = k.fund AND b.kind = k.kind AND b.party = k.party
        AND b.currency = k.currency
    LEFT JOIN ledger_daybalance d ON d.id = (
        SELECT x.id FROM ledger_daybalance x WHERE x.balance_id = b.id ORDER BY x.day DESC LIMIT 1
    )
"""
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
# What is dated back: the days after it grow, and its own begins from the latest one before, or grows.
_SHIFT = """
    UPDATE ledger_daybalance SET amount = amount + %s, debit = debit + %s, credit = credit + %s
    WHERE balance_id = %s AND day > %s
"""
_ADD = f"""
    INSERT INTO {_DAY}
    SELECT %s, %s, COALESCE(p.amount, 0) + %s, COALESCE(p.debit, 0) + %s, COALESCE(p.credit, 0) + %s
    FROM (SELECT 1 AS one) AS here LEFT JOIN (
        SELECT amount, debit, credit FROM ledger_daybalance
        WHERE balance_id = %s AND day <= %s ORDER BY day DESC LIMIT 1
    ) AS p ON TRUE
    WHERE TRUE
    {_GROW}
"""


class Balance(NamedTuple):
    """The key of its row, where there is one; the latest day on which it moved, or the earliest of all; its figures."""

    pk: int | None
    day: date
    cell: Cell


@dataclass(frozen=True, slots=True)
class Standing:
    """The open accounts that some drafts name, each with its key, and their balances before these drafts are posted."""

    accounts: Mapping[str, tuple[int, OpenAccount]]
    balances: Mapping[Key, Balance]

    def keys(self) -> dict[str, int]:
        """The accounts' keys."""
        return {name: pk for name, (pk, _) in self.accounts.items()}


def read_standing(drafts: Iterable[Draft]) -> Standing:
    """The accounts that `drafts` name, as far as they are open, and the balances that they move."""
    return _find({_key(draft, leg) for draft in drafts for leg in draft.legs})


def _key(draft: Draft, leg: Leg) -> Key:
    return (leg.account, leg.fund, draft.kind, leg.party, leg.currency)


def _find(keys: Collection[Key]) -> Standing:
    accounts: dict[str, tuple[int, OpenAccount]] = {}
    balances: dict[Key, Balance] = {}
    wanted = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            cursor.execute(
                _FIND.format(", ".join(["(%s, %s, %s, %s, %s)"] * len(some))), [value for key in some for value in key]
            )
            for *key, account, currency, pk, day, amount, debit, credit in cursor.fetchall():
                accounts[key[0]] = (account, OpenAccount(key[0], currency))
                cell = (amount, debit, credit) if day else _NOTHING
                balances[tuple(key)] = Balance(pk, to_date(day) if day else date.min, cell)
    return Standing(accounts, balances)


_Moves = defaultdict[Key, defaultdict[date, list[int]]]
_Items = defaultdict[tuple[str, str, str], list[int]]


def carry_on(standing: Standing, drafts: Iterable[Draft]) -> None:
    """Adds what was posted to the balances and the open items. Raises EntryInvalid where one would grow too large."""
    moves, items = _sum(drafts)
    accounts = standing.keys()
    balances = _make_missing(standing, moves)
    rows: list[tuple[Any, ...]] = []
    late: list[tuple[int | None, date, list[int]]] = []
    for key in sorted(moves):
        balance, days = balances[key], sorted(moves[key].items())
        if days[0][0] < balance.day:
            late += [(balance.pk, day, cell) for day, cell in days]
        else:
            rows += _accumulate(balance, days)
    _check_sizes([*(row[2:] for row in rows), *(cell for _, _, cell in late), *items.values()])
    open_items = [
        (name, accounts[account], currency, *items[name, account, currency])
        for name, account, currency in sorted(items)
    ]
    with connection.cursor() as cursor:
        insert_rows(cursor, _DAY, rows, then=_GROW)
        insert_rows(cursor, _ITEM, open_items, then=_GROW_ITEM)
        _add_late(cursor, late)


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


def _make_missing(standing: Standing, keys: Iterable[Key]) -> Mapping[Key, Balance]:
    missing = [key for key in sorted(keys) if standing.balances[key].pk is None]
    if not missing:
        return standing.balances
    accounts = standing.keys()
    with connection.cursor() as cursor:
        insert_rows(cursor, _BALANCE, [(accounts[account], *rest) for account, *rest in missing])
    return {**standing.balances, **_find(missing).balances}


def _accumulate(balance: Balance, days: Iterable[tuple[date, Sequence[int]]]) -> Iterator[tuple[Any, ...]]:
    """The rows of days that come after all that the balance has seen, or are its latest."""
    amount, debit, credit = balance.cell
    for day, cell in days:
        amount, debit, credit = amount + cell[0], debit + cell[1], credit + cell[2]
        yield (balance.pk, _adapt(day), amount, debit, credit)


def _add_late(cursor: Any, late: Sequence[tuple[int | None, date, Sequence[int]]]) -> None:
    if not late:
        return
    # First what is there already; then day by day, each from the one before.
    cursor.executemany(_SHIFT, [(*cell, pk, _adapt(day)) for pk, day, cell in late])
    cursor.executemany(_ADD, [(pk, _adapt(day), *cell, pk, _adapt(day)) for pk, day, cell in late])


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


def _adapt(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)
