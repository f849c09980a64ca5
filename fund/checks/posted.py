"""The entries that documents caused, as the books have them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ledger.causes import Caused

# Account, sub-fund, project or instalment (where the account has one), currency.
Key = tuple[str, str, str, str]
# Minor units, debit positive.
Sums = dict[Key, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """An entry that a document must have caused: its day, and what it has on the accounts that the document states.

    `ended_on` is the day of its reversal, or None where it stands.
    """

    on: date
    sums: Sums
    ended_on: date | None = None


def sum_legs(entries: Iterable[Caused], accounts: tuple[str, ...]) -> Sums:
    """What entries add up to on `accounts` (beginnings of names)."""
    sums: defaultdict[Key, int] = defaultdict(int)
    for entry in entries:
        for leg in entry.legs:
            if leg.account.startswith(accounts):
                sums[leg.account, leg.fund, leg.project or leg.instalment, leg.currency] += leg.amount
    return dict(sums)


def negate(sums: Mapping[Key, int]) -> Sums:
    """The same on the other side."""
    return {key: -minor for key, minor in sums.items()}
