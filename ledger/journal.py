"""The journal's rows, read and written as posting needs them: a fixed number of statements, however many entries.

Plain SQL, because posting one entry is measured against Beancount's own work on it, and building model objects would
take longer than that. `ledger/operations.py` is the only caller.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from ledger.batch import Batch
from ledger.chain import GENESIS
from ledger.entries import Draft
from ledger.questions import Question, Row

_ENTRY = (
    "ledger_entry (id, number, year_id, sequence, dated_on, kind, payee, narration, reverses_id, text, "
    "previous_sha256, sha256, posted_at, posted_by)"
)
_POSTING = (
    "ledger_posting (entry_id, line, dated_on, account_id, fund, project, instalment, party, currency, amount, "
    "functional)"
)
_LINK = "ledger_link (entry_id, position, document)"


@dataclass(frozen=True, slots=True)
class State:
    """Where the books have come to.

    `place` and `sha256` are those of the newest entry; `years` maps each fiscal year that is asked about and open to
    its last number; `closed_until` is the last day that takes no more entries.
    """

    place: int
    sha256: str
    years: Mapping[int, int]
    closed_until: date | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is written into the journal, without its postings and links."""

    place: int
    number: str
    sequence: int
    reverses: int | None
    text: str
    previous: str
    sha256: str
    posted_at: datetime
    posted_by: str
    draft: Draft


_STATE = """
    SELECT y.year, (SELECT COALESCE(MAX(sequence), 0) FROM ledger_entry WHERE year_id = y.year), e.id, e.sha256,
        (SELECT MAX(ends_on) FROM ledger_closing)
    FROM ledger_fiscalyear y LEFT JOIN (SELECT id, sha256 FROM ledger_entry ORDER BY id DESC LIMIT 1) e ON TRUE
    WHERE y.year IN ({}) ORDER BY y.year
"""


def state_question(years: Collection[int]) -> Question[State]:
    """Where the books have come to, as entries of `years` need it. Where none of these is open, nothing is known."""
    return Question(_STATE.format(", ".join(["%s"] * len(years))), sorted(years), _to_state)


def _to_state(rows: Sequence[Row]) -> State:
    if not rows:
        return State(0, GENESIS, {}, None)
    *_, place, sha256, closed_until = rows[0]
    numbered = {year: sequence for year, sequence, *_ in rows}
    return State(place or 0, sha256 or GENESIS, numbered, to_date(closed_until) if closed_until else None)


def to_date(value: date | str) -> date:
    """A day as the database gives it: SQLite has texts."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def write_entries(batch: Batch, rows: Sequence[EntryRow], account_ids: Mapping[str, int]) -> None:
    """Postings and links first: the entry seals them, and the database takes no more after it."""
    days = {row.draft.on: connection.ops.adapt_datefield_value(row.draft.on) for row in rows}
    instants = {row.posted_at: connection.ops.adapt_datetimefield_value(row.posted_at) for row in rows}
    postings = [posting for row in rows for posting in _to_postings(row, days, account_ids)]
    links = [(row.place, position, link) for row in rows for position, link in enumerate(row.draft.links)]
    batch.add_rows(_POSTING, postings)
    batch.add_rows(_LINK, links)
    batch.add_rows(_ENTRY, [to_columns(row, days[row.draft.on], instants[row.posted_at]) for row in rows])


def _to_postings(row: EntryRow, days: Mapping[date, Any], account_ids: Mapping[str, int]) -> Iterable[tuple[Any, ...]]:
    day = days[row.draft.on]
    for line, leg in enumerate(row.draft.legs, 1):
        codes = (leg.fund, leg.project, leg.instalment, leg.party, leg.currency)
        yield (row.place, line, day, account_ids[leg.account], *codes, leg.amount, leg.functional)


def to_columns(row: EntryRow, on: Any, posted_at: Any) -> tuple[Any, ...]:
    """The columns of an entry, in the order of Entry's fields, with its day and its instant as they are wanted."""
    draft = row.draft
    what = (on, draft.kind, draft.payee, draft.narration, row.reverses, row.text)
    chain = (row.previous, row.sha256)
    return (row.place, row.number, draft.on.year, row.sequence, *what, *chain, posted_at, row.posted_by)
