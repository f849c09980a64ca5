"""The audit trail: who did what, and when; and what was refused."""

from typing import Any

from fund.filters.audit_records import AuditRecordFilter
from fund.filters.refusals import RefusalFilter
from fund.models import AuditRecord, Refusal
from fund.queries.changes import add_changes
from fund.queries.entries import find_document_url
from fund.queries.history import find_subject_url
from fund.views.pages import ListPage


class AuditRecordList(ListPage):
    """Every act, the latest first."""

    template_name = "fund/audit_record_list.html"
    permission_required = "fund.view_auditrecord"
    queryset = AuditRecord.objects.select_related("user")
    filterset_class = AuditRecordFilter
    paginate_by = 50
    # Records are numbered in the order of the acts.
    orderings = {"at": ("pk",)}
    default_ordering = "-at"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        for record in add_changes(rows):
            record.url = find_subject_url(record)


class RefusalList(ListPage):
    """Every refusal, the latest first."""

    template_name = "fund/refusal_list.html"
    permission_required = "fund.view_auditrecord"
    queryset = Refusal.objects.select_related("user")
    filterset_class = RefusalFilter
    paginate_by = 50
    orderings = {"at": ("pk",)}
    default_ordering = "-at"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        for refusal in rows:
            refusal.url = find_document_url(refusal.subject) if refusal.subject else ""
