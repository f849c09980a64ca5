"""Which document caused which entries: an entry's first link is to the one that caused it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from ledger.entries import Leg
from ledger.journal import to_date
from ledger.models import Entry, Link
from ledger.questions import ask, one_of


@dataclass(frozen=True, slots=True)
class Caused:
    """An entry that a document caused."""

    number: str
    on: date
    is_reversal: bool
    legs: tuple[Leg, ...]


_CAUSED = """
    SELECT l.document, e.number, e.dated_on, e.reverses_id,
        a.name, p.amount, p.currency, p.functional, p.fund, p.project, p.instalment, p.party
    FROM ledger_link l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id
    WHERE l.position = 0 AND l.document {} ORDER BY e.id, p.line
"""


def find_caused(documents: Sequence[str]) -> dict[str, list[Caused]]:
    """The entries that each document caused, in the order of the chain; none for a document without any.

    Plain SQL: the checks ask it of every document.
    """
    legs: defaultdict[tuple[str, str, date | str, bool], list[Leg]] = defaultdict(list)
    named, wanted = one_of(documents)
    for document, number, on, reverses, *leg in ask(_CAUSED.format(named), [wanted]):
        legs[document, number, on, reverses is not None].append(Leg(*leg))
    found: dict[str, list[Caused]] = {document: [] for document in documents}
    for (document, number, on, is_reversal), parts in legs.items():
        found[document].append(Caused(number, to_date(on), is_reversal, tuple(parts)))
    return found


def causes() -> QuerySet[Link]:
    """Each entry's link to the document that caused it, in the order of the chain."""
    return Link.objects.filter(position=0).order_by("entry")


def entries_caused_by(document: str) -> QuerySet[Entry]:
    """The entries that a document itself caused, in the order of the chain."""
    return Entry.objects.filter(links__document=document, links__position=0)
