"""Closed periods against the audit records of their closing, in both directions, and open years against theirs."""

from collections.abc import Iterator
from datetime import UTC, datetime

from fund.checks.instants import Recorded
from fund.models import AuditRecord
from fund.operations.closings import describe_closing
from ledger.checks import Report
from ledger.queries import closings, make_certificate, years_with_counts


def check_closings(report: Report) -> Iterator[str]:
    """Every closed period and open year has its audit record, and every such record of a closing its closing."""
    recorded = _read("close period")
    for closing in closings():
        period, person, what = closing.period, closing.closed_by, describe_closing(make_certificate(closing))
        if not recorded.take(period, person, what, minute=_to_minute(closing.closed_at)):
            yield f"{period} has no audit record that {person} closed it with {what} at {closing.closed_at}."
    for period, person, what, minute in recorded.left():
        yield f"{person} closed {period} with {what} at {minute}, and no such closing is there."
    opened = _read("open year")
    for year in years_with_counts():
        if not opened.take(str(year), year.opened_by, "", minute=_to_minute(year.opened_at)):
            yield f"{year} has no audit record that {year.opened_by} opened it at {year.opened_at}."


def _read(act: str) -> Recorded:
    return Recorded(AuditRecord.objects.filter(act=act), "subject", "user__username", "detail")


def _to_minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
