"""The journal in itself: its triggers, its chain and its numbers."""

from collections.abc import Iterator

from django.db import connection

from ledger import queries, triggers
from ledger.chain import GENESIS, chain_hash, entry_number
from ledger.checks.problems import CHUNK, EntryProblem, Report
from ledger.models import Entry


def check_triggers(report: Report) -> Iterator[str]:
    """The database's triggers are in place."""
    for name in sorted(triggers.find_missing(connection)):
        yield f"The database lacks the trigger {name}, or has another one: it keeps the journal from being changed."


def check_chain(report: Report) -> Iterator[str]:
    """Every entry has its place in the chain, the hash of its text, and the next number of its fiscal year."""
    place, previous = 0, GENESIS
    due: dict[int, int] = {}
    columns = ("id", "number", "year_id", "sequence", "dated_on", "previous_sha256", "sha256", "text")
    rows = Entry.objects.order_by("id").values_list(*columns)
    years = set(queries.open_years())
    for found, number, year, sequence, dated_on, before, sha256, text in rows.iterator(chunk_size=CHUNK):
        place += 1
        if found != place:
            yield EntryProblem(place, f"{number} stands in place {found} of the chain, where place {place} is due.")
            place = found
        if before != previous:
            yield EntryProblem(place, f"{number} does not carry the hash of the entry before it.")
        if sha256 != chain_hash(before, text):
            yield EntryProblem(place, f"{number}: its text is not the one that its hash covers.")
        for problem in _check_number(number, year, sequence, due.get(year, 1)):
            yield EntryProblem(place, problem)
        if year not in due and year not in years:
            yield EntryProblem(place, f"{number} is of the fiscal year {year}, which was never opened.")
        if dated_on.year != year:
            yield EntryProblem(place, f"{number} is dated {dated_on}, outside its fiscal year {year}.")
        due[year], previous = sequence + 1, sha256
        if place % 10_000 == 0:
            report(f"{place:,} entries")


def _check_number(number: str, year: int, sequence: int, due: int) -> Iterator[str]:
    if sequence > due:
        yield f"{entry_number(year, due)} is missing: the next entry of {year} is {number}."
    if sequence < due:
        yield f"{number} comes after {entry_number(year, due - 1)}."
    if number != entry_number(year, sequence):
        yield f"{number} has the number of another entry: it is number {sequence} of {year}."
