"""Balances at the beginning and the end of a period, with what moved between."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ledger import accounts
from ledger.queries import Scope, totals
from reports.statements.period import Period

_DIMENSIONS = ("account", "fund", "currency")


@dataclass(frozen=True, slots=True)
class Balance:
    """One account's balance in a sub-fund and currency, in minor units, debit positive.

    `opening`, `debit`, `credit` and `closing` are in the functional currency; `opening_amount` and `closing_amount`
    in `currency`. Added up, what differs is empty and the amounts in `currency` mean nothing.
    """

    account: str = ""
    fund: str = ""
    currency: str = ""
    opening: int = 0
    debit: int = 0
    credit: int = 0
    opening_amount: int = 0
    closing_amount: int = 0

    @property
    def closing(self) -> int:
        """The balance at the end of the period."""
        return self.opening + self.debit - self.credit

    def plus(self, other: "Balance") -> "Balance":
        """The two together, as far as they are of one kind."""
        return Balance(
            account=self.account if self.account == other.account else "",
            fund=self.fund if self.fund == other.fund else "",
            currency=self.currency if self.currency == other.currency else "",
            opening=self.opening + other.opening,
            debit=self.debit + other.debit,
            credit=self.credit + other.credit,
            opening_amount=self.opening_amount + other.opening_amount,
            closing_amount=self.closing_amount + other.closing_amount,
        )


def load_balances(period: Period) -> list[Balance]:
    """Every balance that was there at the beginning or moved in the period, in the order of a trial balance."""
    found: dict[tuple[str, str, str], Balance] = {}
    for total in totals(Scope(until=period.before), by=_DIMENSIONS):
        key = (total.account, total.fund, total.currency)
        if total.functional or total.amount:
            found[key] = Balance(
                *key, opening=total.functional, opening_amount=total.amount, closing_amount=total.amount
            )
    for total in totals(Scope(since=period.since, until=period.until), by=_DIMENSIONS):
        key = (total.account, total.fund, total.currency)
        before = found.get(key, Balance(*key))
        amount = before.opening_amount + total.amount
        found[key] = replace(before, debit=total.debit, credit=total.credit, closing_amount=amount)
    return sorted(found.values(), key=lambda one: (accounts.sort_key(one.account), one.fund, one.currency))


K = TypeVar("K")


def add_up(balances: Iterable[Balance], key: Callable[[Balance], K]) -> dict[K, Balance]:
    """Balances added up by a key, in the order in which the keys come first."""
    groups: defaultdict[K, list[Balance]] = defaultdict(list)
    for balance in balances:
        groups[key(balance)].append(balance)
    return {name: _add(group) for name, group in groups.items()}


def _add(group: Sequence[Balance]) -> Balance:
    first, *others = group
    for other in others:
        first = first.plus(other)
    return first


def account_group(account: str) -> str:
    """The part of an account's name that says what it is: `account_group("Assets:Bank:CITI-USD")` is Assets:Bank."""
    parts = account.split(":")
    return ":".join(parts[: 3 if "Memorandum" in parts[1:2] else 2])
