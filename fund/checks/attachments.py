"""Attached files: every content has its hash, every attachment its document and its audit record."""

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection

from fund import triggers
from fund.models import AuditRecord, FileContent
from fund.queries.attachments import attachments, find_document
from ledger.checks import Report


def check_frozen(report: Report) -> Iterator[str]:
    """The database's triggers on attachments are in place."""
    for name in sorted(triggers.find_missing(connection)):
        yield f"The database lacks the trigger {name}, which keeps attachments from being changed."


def check_contents(report: Report) -> Iterator[str]:
    """Every attached content still has its hash and its size."""
    rows = FileContent.objects.order_by("pk").values_list("pk", "size", "data")
    for done, (key, size, data) in enumerate(rows.iterator(chunk_size=1), 1):
        if sha256(data).hexdigest() != key:
            yield f"The attached content {key} is not the one that its hash covers."
        if len(data) != size:
            yield f"The attached content {key} has {len(data):,} bytes, not {size:,}."
        report(f"{done:,} files")


def check_attachments(report: Report) -> Iterator[str]:
    """Every attachment belongs to a document and has its audit record."""
    acts = AuditRecord.objects.filter(act="attach file")
    for attachment in attachments().iterator(chunk_size=500):
        if find_document(attachment.document) is None:
            yield f"{attachment} is attached to {attachment.document}, which is no document."
        if not acts.filter(subject=attachment.document, detail__contains=attachment.content_id).exists():
            yield f"{attachment} of {attachment.document} has no audit record of “attach file”."
