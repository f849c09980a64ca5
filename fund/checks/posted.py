"""The entries that documents caused, as the books have them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ledger.causes import Caused

# Account, sub-fund, project or instalment (where the account has one), currency.
Key = tuple[str, str, str, str]
# Minor units, debit positive.
Sums = dict[Key, int]


# A tuple, because the checks make one of every document.
class Expected(NamedTuple):
    """An entry that a document must have caused: its day, and what it has on the accounts that the document states.

    `ended_on` is the day of its reversal, or None where it stands.
    """

    on: date
    sums: Sums
    ended_on: date | None = None


def sum_legs(entries: Iterable[Caused], accounts: tuple[str, ...]) -> Sums:
    """What entries add up to on `accounts` (beginnings of names)."""
    sums: Sums = {}
    for entry in entries:
        for account, amount, currency, _, fund, project, instalment, _ in entry.legs:
            if account.startswith(accounts):
                key = (account, fund, project or instalment, currency)
                sums[key] = sums.get(key, 0) + amount
    return sums


def negate(sums: Mapping[Key, int]) -> Sums:
    """The same on the other side."""
    return {key: -minor for key, minor in sums.items()}
