"""The tables against the texts, as Beancount's parser reads them."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice

from ledger import beans, queries
from ledger.checks.problems import CHUNK, EntryProblem, Report
from ledger.entries import Draft
from ledger.errors import Refused
from ledger.models import Entry
from ledger.syntax import Stamp, read_links, render_instant


def check_texts(report: Report) -> Iterator[str]:
    """Beancount reads in every entry's text what the tables hold."""
    found = Entry.objects.order_by("id").select_related("reverses").prefetch_related("postings__account", "links")
    for chunk in _chunks(found.iterator(chunk_size=CHUNK)):
        yield from compare_texts(chunk)
        report(f"{chunk[-1].pk:,} entries")


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(islice(entries, CHUNK)):
        yield chunk


def compare_texts(entries: list[Entry]) -> Iterator[str]:
    """What the tables and the texts of some entries differ in."""
    try:
        read = beans.read_entries([entry.text for entry in entries], queries.functional_currency())
    except Refused as problem:
        if len(entries) == 1:
            yield EntryProblem(entries[0].pk, f"{entries[0].number}: its text is not sound. {problem.message}")
            return
        # Which one it is shows when they are read one by one.
        for entry in entries:
            yield from compare_texts([entry])
        return
    for entry, (draft, stamp) in zip(entries, read, strict=True):
        for what in _find_differences(entry, draft, stamp):
            yield EntryProblem(entry.pk, f"{entry.number}: the tables and the text differ in {what}.")


# What an auditor calls a field of an entry, where that is another word.
_WORDS = {
    "on": "date",
    "legs": "postings",
    "reverses": "reversed entry",
    "posted_at": "when it was posted",
    "posted_by": "who posted it",
}


def _find_differences(entry: Entry, draft: Draft, stamp: Stamp) -> Iterator[str]:
    stored = queries.get_draft(entry)
    stored = replace(stored, links=tuple(sorted(stored.links)))
    yield from _compare(stored, draft)
    yield from _compare(Stamp(entry.number, render_instant(entry.posted_at), entry.posted_by), stamp)
    postings = entry.postings.all()
    if any(posting.dated_on != entry.dated_on for posting in postings):
        yield "the date of a posting"
    if [(link.position, link.document) for link in entry.links.all()] != list(enumerate(read_links(entry.text))):
        yield "the order of the links"
    if [posting.line for posting in postings] != list(range(1, len(postings) + 1)):
        yield "the lines of the postings"


def _compare(stored: Draft | Stamp, read: Draft | Stamp) -> Iterator[str]:
    for field in fields(stored):
        if getattr(stored, field.name) != getattr(read, field.name):
            yield _WORDS.get(field.name, field.name)
