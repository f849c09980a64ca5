"""What was done to a document or a thing, and by whom."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from fund.models import AuditRecord
from fund.queries.changes import add_changes
from fund.queries.entries import find_document_url

# What has a page by its code, and not by a document's number.
_CODED = frozenset({"donor", "payee", "project"})


def history_of(subject: str, *, noun: str = "") -> QuerySet[AuditRecord]:
    """The audit records of `subject`, the oldest first, with who acted at hand.

    A donor and a project may have one code: `noun` ("project") keeps to the acts that name it.
    """
    found = AuditRecord.objects.filter(subject=subject).select_related("user").order_by("at", "id")
    return found.filter(act__endswith=noun) if noun else found


def load_history(subject: str, *, noun: str = "") -> list[Any]:
    """The records of `history_of`, each with the `changes` that its act made, in words."""
    return add_changes(history_of(subject, noun=noun))


def find_subject_url(record: AuditRecord) -> str:
    """The page of what an act was done to; empty for what has none of its own."""
    noun = record.act.rpartition(" ")[2]
    return reverse(f"fund:{noun}", args=[record.subject]) if noun in _CODED else find_document_url(record.subject)
