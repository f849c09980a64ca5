"""The journal's rows, read and written as posting needs them: a fixed number of statements, however many entries.

Plain SQL, because posting one entry is measured against Beancount's own work on it, and building model objects would
take longer than that. `ledger/operations.py` is the only caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from ledger.chain import GENESIS
from ledger.entries import Draft
from ledger.syntax import OpenAccount

_ENTRY = (
    "id", "number", "year_id", "sequence", "dated_on", "kind", "payee", "narration", "reverses_id", "text",
    "previous_sha256", "sha256", "posted_at", "posted_by",
)  # fmt: skip
_POSTING = (
    "entry_id", "line", "dated_on", "account_id", "fund", "project", "instalment", "party", "currency", "amount",
    "functional",
)  # fmt: skip
_LINK = ("entry_id", "position", "document")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the chain: its place, its hash, and the last number of each fiscal year asked for."""

    place: int
    sha256: str
    sequences: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Row:
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


def read_head(years: Iterable[int]) -> Head:
    """Where the chain and each of `years` have come to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, sha256 FROM ledger_entry ORDER BY id DESC LIMIT 1")
        place, sha256 = cursor.fetchone() or (0, GENESIS)
        sequences = {}
        for year in years:
            cursor.execute("SELECT MAX(sequence) FROM ledger_entry WHERE year_id = %s", [year])
            sequences[year] = cursor.fetchone()[0] or 0
    return Head(place, sha256, sequences)


def read_accounts(names: Iterable[str]) -> dict[str, tuple[int, OpenAccount]]:
    """The open accounts among `names`, each with its key."""
    wanted = sorted(names)
    found: dict[str, tuple[int, OpenAccount]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 10_000):
            some = wanted[start : start + 10_000]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT id, name, currency FROM ledger_account WHERE name IN ({marks})", some)
            found |= {name: (pk, OpenAccount(name, currency)) for pk, name, currency in cursor.fetchall()}
    return found


def write_entries(rows: Sequence[Row], account_ids: Mapping[str, int]) -> None:
    """Postings and links first: the entry seals them, and the database takes no more after it."""
    days = {row.draft.on: connection.ops.adapt_datefield_value(row.draft.on) for row in rows}
    instants = {row.posted_at: connection.ops.adapt_datetimefield_value(row.posted_at) for row in rows}
    postings = [posting for row in rows for posting in _to_postings(row, days, account_ids)]
    links = [(row.place, position, link) for row in rows for position, link in enumerate(row.draft.links)]
    with connection.cursor() as cursor:
        cursor.executemany(_insert("ledger_posting", _POSTING), postings)
        cursor.executemany(_insert("ledger_link", _LINK), links)
        cursor.executemany(_insert("ledger_entry", _ENTRY), [_to_entry(row, days, instants) for row in rows])


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"


def _to_postings(row: Row, days: Mapping[date, Any], account_ids: Mapping[str, int]) -> Iterable[tuple[Any, ...]]:
    day = days[row.draft.on]
    for line, leg in enumerate(row.draft.legs, 1):
        codes = (leg.fund, leg.project, leg.instalment, leg.party, leg.currency)
        yield (row.place, line, day, account_ids[leg.account], *codes, leg.amount, leg.functional)


def _to_entry(row: Row, days: Mapping[date, Any], instants: Mapping[datetime, Any]) -> tuple[Any, ...]:
    draft = row.draft
    what = (days[draft.on], draft.kind, draft.payee, draft.narration, row.reverses, row.text)
    posted = (instants[row.posted_at], row.posted_by)
    return (row.place, row.number, draft.on.year, row.sequence, *what, row.previous, row.sha256, *posted)
