"""The entries that documents caused, as the books have them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.entries import Leg
from ledger.queries import postings

# Account, sub-fund, project or instalment (where the account has one), currency.
Key = tuple[str, str, str, str]
# Minor units, debit positive.
Sums = dict[Key, int]


@dataclass(frozen=True, slots=True)
class Caused:
    """An entry that a document caused."""

    number: str
    on: date
    is_reversal: bool
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """An entry that a document must have caused: its day, and what it has on the accounts that the document states.

    `ended_on` is the day of its reversal, or None where it stands.
    """

    on: date
    sums: Sums
    ended_on: date | None = None


def find_caused(documents: Sequence[str]) -> dict[str, list[Caused]]:
    """The entries that each document caused, in the order of the chain; none for a document without any."""
    # One filter() for both, so that they mean the same link.
    rows = postings().filter(entry__links__position=0, entry__links__document__in=documents)
    legs: defaultdict[tuple[str, str, date, bool], list[Leg]] = defaultdict(list)
    columns = ("entry__links__document", "entry__number", "entry__dated_on", "entry__reverses")
    leg_columns = ("account__name", "amount", "currency", "functional", "fund", "project", "instalment")
    for document, number, on, reverses, *leg in rows.values_list(*columns, *leg_columns):
        legs[document, number, on, reverses is not None].append(Leg(*leg))
    found: dict[str, list[Caused]] = {document: [] for document in documents}
    for (document, number, on, is_reversal), parts in legs.items():
        found[document].append(Caused(number, on, is_reversal, tuple(parts)))
    return found


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
