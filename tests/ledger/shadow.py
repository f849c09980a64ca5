"""The books once more, in plain dictionaries: slow, and too simple to be wrong."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from fund.policy_treasury import Item
from ledger.entries import Draft
from ledger.money import Amount
from ledger.periods import Period
from ledger.queries import DIMENSIONS, Low, Scope
from tests.ledger.drafts import YEARS
from tests.ledger.test_queries import Sums, is_in

Key = tuple[str, str, str, str, str, date]
ItemKey = tuple[str, str, str, str, date]

PERIODS = [Period(year, month) for year in YEARS for month in (*range(1, 13), 0)]


class Shadow:
    """What was posted.

    `days` maps (account, sub-fund, kind, party, currency, day) to [amount, debit, credit], and `items` maps (account,
    sub-fund, instalment, currency, day) to [amount, functional]; `drafts` has each entry's draft by its number, the
    reversed one's for a reversal.
    """

    def __init__(self) -> None:
        self.days: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.items: defaultdict[ItemKey, list[int]] = defaultdict(lambda: [0, 0])
        self.drafts: dict[str, Draft] = {}
        self.dates: list[date] = []
        self.closed = 0

    @property
    def closed_until(self) -> date | None:
        """The last day that takes no entry."""
        return PERIODS[self.closed - 1].ends_on if self.closed else None

    def add(self, number: str, draft: Draft, *, on: date, sign: int = 1) -> None:
        """Adds an entry of a draft, or with `sign` -1 its reversal."""
        self.drafts[number] = draft
        self.dates.append(on)
        for leg in draft.legs:
            amount, functional = sign * leg.amount, sign * leg.functional
            cell = self.days[leg.account, leg.fund, draft.kind, leg.party, leg.currency, on]
            _add(cell, amount, max(functional, 0), max(-functional, 0))
            _add(self.items[leg.account, leg.fund, leg.instalment, leg.currency, on], amount, functional)

    def totals(self, scope: Scope, by: tuple[str, ...]) -> Sums:
        """What `queries.totals` should find: (amount, functional, debit, credit)."""
        cells: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
        for (account, fund, kind, party, currency, day), moved in self.days.items():
            row = dict(zip(DIMENSIONS, (account, fund, kind, party, currency, day.replace(day=1)), strict=True))
            if is_in(scope, day, row):
                _add(cells[tuple(row[name] for name in by)], *moved)
        return {
            key: (amount if "currency" in by else 0, debit - credit, debit, credit)
            for key, (amount, debit, credit) in cells.items()
            if amount or debit or credit
        }

    def lowest(self, scope: Scope, *, since: date, measure: str, side: int) -> Low:
        """What `queries.lowest` should find, out of the balance at the end of every day that anything moved."""
        lows = []
        for day in {since, *(key[-1] for key in self.days if key[-1] > since)}:
            found = self.totals(replace(scope, until=day), ("currency",)).values()
            lows.append(Low(day, side * sum(amounts[0 if measure == "amount" else 1] for amounts in found)))
        return min(lows, key=lambda low: (low.balance, low.on))

    def balances(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """(amount, functional) by account, sub-fund and currency."""
        found = self.totals(Scope(), ("account", "fund", "currency"))
        sums = {(key[0], key[1], key[2]): (amount, functional) for key, (amount, functional, *_) in found.items()}
        return {key: balance for key, balance in sums.items() if any(balance)}

    def open_items(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """(amount, functional) by instalment, account and currency."""
        cells: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (account, _, instalment, currency, _), moved in self.items.items():
            if instalment:
                _add(cells[instalment, account, currency], *moved)
        return {key: (amount, functional) for key, (amount, functional) in cells.items()}

    def money_items(self, on: date) -> list[Item]:
        """What the books hold in other currencies at the end of a day, where it can be revalued.

        Books that keep rule 4 carry no amount on its other side, nor anything where no amount is left.
        """
        cells: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (*key, day), moved in self.items.items():
            account, fund, instalment, currency = key
            if day <= on and currency != "USD":
                _add(cells[account, fund, instalment, currency], *moved)
        return [
            Item(account, fund, Amount(amount, currency), functional, instalment)
            for (account, fund, instalment, currency), (amount, functional) in cells.items()
            if amount and amount * functional >= 0
        ]


def _add(cell: list[int], *moved: int) -> None:
    for place, value in enumerate(moved):
        cell[place] += value
