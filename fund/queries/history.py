"""What was done to a document or a thing, and by whom."""

from django.db.models import QuerySet

from fund.models import AuditRecord


def history_of(subject: str, *, noun: str = "") -> QuerySet[AuditRecord]:
    """The audit records of `subject`, the oldest first, with who acted at hand.

    A donor and a project may have one code: `noun` ("project") keeps to the acts that name it.
    """
    found = AuditRecord.objects.filter(subject=subject).select_related("user").order_by("at", "id")
    return found.filter(act__endswith=noun) if noun else found
