"""Who did what in the period, and what was refused to whom."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from fund.models import AuditRecord, Refusal
from fund.queries.changes import walk_changes
from reports.sheets import Column, Row, Sheet
from reports.statements.period import Period

ACTS, REFUSALS = "Audit trail", "Refusals"

_WHEN, _WHO = Column("When", 19, "UTC"), Column("Who", 18)
_CHUNK = 2_000


def acts(period: Period) -> Sheet:
    """One row per act, in the order in which they were done. A stream, read once."""
    columns = [_WHEN, _WHO, Column("Act", 24), Column("Of", 18), Column("Detail", 70)]
    columns += [Column("Before", 40), Column("After", 60)]
    found = _within(AuditRecord.objects.select_related("user"), period).iterator(chunk_size=_CHUNK)
    notes = ["By the day on which it was done, which is not that of the entry. What is empty was not said."]
    return Sheet(ACTS, f"Audit trail, {period}", columns, _act_rows(found), notes=notes)


def _act_rows(found: Iterator[Any]) -> Iterator[Row]:
    for record in walk_changes(found):
        before, after = (
            "; ".join(f"{change[0]}: {change[side]}" for change in record.changes if change[side]) for side in (1, 2)
        )
        said = (record.subject, record.detail, before, after)
        yield [record.at, record.user.username, record.act, *(text or None for text in said)]


def refusals(period: Period) -> Sheet:
    """One row per refusal, in their order. A stream, read once."""
    columns = [_WHEN, _WHO, Column("Where", 40), Column("Of", 18), Column("Answer", 90)]
    found = _within(Refusal.objects.all(), period).values_list("at", "user__username", "place", "subject", "message")
    notes = ["What somebody tried and was not allowed; nothing of it was done. Without a name: a command."]
    return Sheet(REFUSALS, f"Refusals, {period}", columns, _rows(found), notes=notes)


def _within(found: QuerySet[Any], period: Period) -> QuerySet[Any]:
    begins = datetime.combine(period.since, time(), UTC)
    ends = datetime.combine(period.until, time(), UTC) + timedelta(days=1)
    return found.filter(at__gte=begins, at__lt=ends).order_by("pk")


def _rows(found: QuerySet[Any]) -> Iterator[Row]:
    for row in found.iterator(chunk_size=_CHUNK):
        yield [value if value != "" else None for value in row]
