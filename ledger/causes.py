"""Which document caused which entries: an entry's first link is to the one that caused it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from ledger.journal import to_date
from ledger.models import Entry, Link
from ledger.questions import ask, one_of


# Tuples, because the checks make one of every posting: a dataclass takes four times as long.
class CausedLeg(NamedTuple):
    """A posting of an entry that a document caused, as `ledger.entries.Leg` has it."""

    account: str
    amount: int
    currency: str
    functional: int
    fund: str
    project: str
    instalment: str
    party: str


class Caused(NamedTuple):
    """An entry that a document caused."""

    number: str
    on: date
    is_reversal: bool
    legs: Sequence[CausedLeg]


_CAUSED = """
    SELECT l.document, e.id, e.number, e.dated_on, e.reverses_id,
        a.name, p.amount, p.currency, p.functional, p.fund, p.project, p.instalment, p.party
    FROM ledger_link l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id
    WHERE l.position = 0 AND l.document {} ORDER BY e.id, l.document, p.line
"""


def find_caused(documents: Sequence[str]) -> dict[str, list[Caused]]:
    """The entries that each document caused, in the order of the chain; none for a document without any.

    Plain SQL: the checks ask it of every document.
    """
    found: dict[str, list[Caused]] = {document: [] for document in documents}
    named, wanted = one_of(documents)
    before: tuple[int, str] | None = None
    # Those of the entry before: they follow one another.
    legs: list[CausedLeg] = []
    for document, place, number, on, reverses, *leg in ask(_CAUSED.format(named), [wanted]):
        if (place, document) != before:
            before, legs = (place, document), []
            found[document].append(Caused(number, to_date(on), reverses is not None, legs))
        legs.append(CausedLeg._make(leg))
    return found


def causes() -> QuerySet[Link]:
    """Each entry's link to the document that caused it, in the order of the chain."""
    return Link.objects.filter(position=0).order_by("entry")


def entries_caused_by(document: str) -> QuerySet[Entry]:
    """The entries that a document itself caused, in the order of the chain."""
    return Entry.objects.filter(links__document=document, links__position=0)
