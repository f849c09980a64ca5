"""Attachments of documents, without their content until it is asked for."""

from typing import Any

from django.db.models import QuerySet

from fund.models import Attachable, Attachment, Document, FileContent, Project, document_kinds


def attachments() -> QuerySet[Any]:
    """Every attachment in the order in which they came, withdrawn ones too, with who attached and withdrew it."""
    found = Attachment.objects.select_related("content", "attached_by", "withdrawal__withdrawn_by")
    return found.defer("content__data").order_by("pk")


def attachments_of(document: Attachable) -> QuerySet[Any]:
    """The attachments of one document or project."""
    return attachments().filter(document=document.number)


def read_content(sha256: str) -> bytes:
    """The content with a hash."""
    return bytes(FileContent.objects.values_list("data", flat=True).get(pk=sha256))


def find_attachable(number: str) -> Attachable | None:
    """The document with a number, or the project with a code, or None."""
    # An address may hold a NUL, which PostgreSQL refuses.
    if not number.isprintable():
        return None
    return find_document(number) or Project.objects.filter(code=number).first()


def find_document(number: str) -> Document | None:
    """The document with a number, of whatever kind, or None."""
    # What is numbered within an agreement begins as the agreement's own number does.
    asked = (kind for kind in document_kinds() if number.startswith(kind.PREFIX))
    found = (kind._default_manager.filter(number=number).first() for kind in asked)
    return next((document for document in found if document), None)
