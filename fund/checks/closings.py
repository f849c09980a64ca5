"""Closed periods against the audit records of their closing, in both directions."""

from collections import Counter
from collections.abc import Iterator

from fund.models import AuditRecord
from fund.operations.closings import describe_closing
from ledger.checks import Report
from ledger.queries import closings, make_certificate


def check_closings(report: Report) -> Iterator[str]:
    """Every closed period has the audit record of its closing, and every such record its closing."""
    recorded = Counter(
        AuditRecord.objects.filter(act="close period").values_list("subject", "user__username", "detail")
    )
    for closing in closings():
        recorded[closing.period, closing.closed_by, describe_closing(make_certificate(closing))] -= 1
    for (period, person, told), count in sorted(recorded.items()):
        if count < 0:
            yield f"{period} has no audit record that {person} closed it with {told}."
        if count > 0:
            yield f"{person} closed {period} with {told}, and no such closing is there."
