"""Closed periods against the audit records of their closing, in both directions, and open years against theirs."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from fund.checks.instants import are_near, to_minute
from fund.models import AuditRecord
from fund.operations.closings import describe_closing
from ledger.checks import Report
from ledger.queries import closings, make_certificate, years_with_counts

# What was done and who did it, with the minutes in which it was.
_Told = defaultdict[tuple[str, ...], list[str]]


def check_closings(report: Report) -> Iterator[str]:
    """Every closed period and open year has its audit record, and every such record of a closing its closing."""
    recorded = _read("close period")
    for closing in closings():
        told = (closing.period, closing.closed_by, describe_closing(make_certificate(closing)))
        if not _take(recorded[told], closing.closed_at):
            period, person, what = told
            yield f"{period} has no audit record that {person} closed it with {what} at {closing.closed_at}."
    for (period, person, what), minutes in sorted(recorded.items()):
        for minute in minutes:
            yield f"{person} closed {period} with {what} at {minute}, and no such closing is there."
    opened = _read("open year")
    for year in years_with_counts():
        if not _take(opened[str(year), year.opened_by, ""], year.opened_at):
            yield f"{year} has no audit record that {year.opened_by} opened it at {year.opened_at}."


def _read(act: str) -> _Told:
    told: _Told = defaultdict(list)
    rows = AuditRecord.objects.filter(act=act).order_by("id")
    for subject, person, detail, minute in rows.values_list("subject", "user__username", "detail", to_minute("at")):
        told[subject, person, detail].append(minute)
    return told


def _take(minutes: list[str], at: datetime) -> bool:
    """Takes the first of the minutes that is near to an instant, where there is one."""
    found = next((minute for minute in minutes if are_near(minute, f"{at.astimezone(UTC):%Y-%m-%d %H:%M}")), None)
    if found:
        minutes.remove(found)
    return found is not None
