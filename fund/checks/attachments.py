"""Attached files: every content has its hash, every attachment its document and its audit record."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from django.db import connection

from fund import triggers
from fund.checks.instants import Recorded, to_minute
from fund.file_types import detect_type
from fund.models import AuditRecord, FileContent
from fund.models.attachments import describe_attachment
from fund.queries.attachments import attachments, find_attachable
from ledger.checks import Report
from ledger.errors import Refused


def check_frozen(report: Report) -> Iterator[str]:
    """The database's triggers on attachments, screenings and the audit's own records are in place."""
    for name in sorted(triggers.find_missing(connection)):
        yield f"The database lacks the trigger {name}, which keeps what is append-only from being changed."


def check_contents(report: Report) -> Iterator[str]:
    """Every attached content still has its hash, its size and its type."""
    rows = FileContent.objects.order_by("pk").values_list("pk", "size", "content_type", "extension", "data")
    for done, (key, size, content_type, extension, data) in enumerate(rows.iterator(chunk_size=1), 1):
        if sha256(data).hexdigest() != key:
            yield f"The attached content {key} is not the one that its hash covers."
        elif (content_type, extension) != _find_type(bytes(data)):
            yield f"The attached content {key} is not of the type {content_type} (.{extension})."
        if len(data) != size:
            yield f"The attached content {key} has {len(data):,} bytes, not {size:,}."
        report(f"{done:,} files")


def _find_type(data: bytes) -> tuple[str, str]:
    try:
        found = detect_type(data)
    except Refused:
        return "", ""
    return found.content_type, found.extension


def check_attachments(report: Report) -> Iterator[str]:
    """Every attachment is of a document or a project and has its audit record, and every such record its attachment."""
    acts = AuditRecord.objects.filter(act__startswith="attach file")
    recorded = Recorded(acts, "subject", "user", "detail")
    places: Counter[str] = Counter()
    found = attachments().annotate(minute=to_minute("attached_at")).order_by("document", "position")
    for attachment in found.iterator(chunk_size=500):
        document, person = attachment.document, attachment.attached_by_id
        places[document] += 1
        if attachment.position != places[document]:
            yield f"{document} lacks its attachment {places[document]}."
        if find_attachable(document) is None:
            yield f"{attachment} is attached to {document}, which is no document and no project."
        said = attachment.description, attachment.content_id
        told, *before = (describe_attachment(*said, name)[:400] for name in (attachment.name, ""))
        if not any(recorded.take(document, person, text, minute=attachment.minute) for text in (told, *before)):
            yield f"“{told}” of {document} has no audit record of “attach file” by who attached it then."
    for document, _, told, _ in recorded.left():
        yield f"“{told}” was attached to {document} and is gone."
