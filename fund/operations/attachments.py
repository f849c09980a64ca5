"""Attachments: a file put to a document, or taken out of consideration. Nothing of them is changed or deleted."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File

from fund.errors import FileTooLarge, StateUnfit, ValueInvalid
from fund.file_types import detect_type, fit_name
from fund.models import Attachable, Attachment, AttachmentWithdrawal, FileContent, Project
from fund.models.attachments import describe_attachment
from fund.operations import acts
from fund.queries.attachments import find_attachable
from ledger.operations import writing


def attach(document: Attachable, *, file: File[Any], description: str, by: User) -> Attachment:
    """Attaches a file to a document or a project; content that is there already is kept once.

    Raises FileTypeRefused, FileTooLarge, ValueInvalid.
    """
    acts.require(by, "add_attachment")
    acts.require(by, f"view_{document._meta.model_name}")
    description = acts.clean_text(description, field="description", longest=200)
    content = _read(file)
    found = detect_type(content)
    name = acts.clean_text(fit_name(file.name or "", found), field="file", longest=150)
    sha256 = hashlib.sha256(content).hexdigest()
    with writing():
        if not FileContent.objects.filter(pk=sha256).exists():
            FileContent.objects.create(
                sha256=sha256,
                content_type=found.content_type,
                extension=found.extension,
                size=len(content),
                data=content,
            )
        attachment = Attachment.objects.create(
            document=document.number,
            position=Attachment.objects.filter(document=document.number).count() + 1,
            content_id=sha256,
            name=name,
            description=description,
            attached_by=by,
        )
        act = "attach file to project" if isinstance(document, Project) else "attach file"
        acts.record(act, document.number, by=by, detail=describe_attachment(description, sha256, name))
    return attachment


def _read(file: File[Any]) -> bytes:
    longest = settings.ATTACHMENT_MAX_MB
    if file.size > longest * 10**6:
        raise FileTooLarge(f"A file has at most {longest} MB; this one has {file.size / 10**6:.1f} MB.", field="file")
    content: bytes = file.read()
    if not content:
        raise ValueInvalid("The file is empty: choose one with content.", field="file")
    return content


def withdraw_attachment(attachment: Attachment, *, reason: str, by: User) -> None:
    """Marks an attachment as made in error; it stays. Raises StateUnfit where it is marked already."""
    acts.require(by, "change_attachment")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        if AttachmentWithdrawal.objects.filter(attachment=attachment).exists():
            raise StateUnfit(f"{attachment} is withdrawn already: it stays as it is.")
        AttachmentWithdrawal.objects.create(attachment=attachment, reason=reason, withdrawn_by=by)
        of_project = isinstance(find_attachable(attachment.document), Project)
        act = "withdraw attachment of project" if of_project else "withdraw attachment"
        acts.record(act, attachment.document, by=by, detail=f"{attachment.description}: {reason}")
