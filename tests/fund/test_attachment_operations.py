"""Attaching and withdrawing, and that the database itself keeps what is attached as it is."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from fund import triggers
from fund.errors import FileTooLarge, FileTypeRefused, NotPermitted, StateUnfit, ValueInvalid
from fund.models import (
    Agreement,
    Attachment,
    AttachmentWithdrawal,
    AuditRecord,
    Disbursement,
    FileContent,
    Project,
    Receipt,
)
from fund.operations.attachments import attach, withdraw_attachment
from fund.queries.attachments import attachments_of, read_content
from fund.queries.history import history_of
from tests.shorthand import check

PDF = b"%PDF-1.7\nsigned"
SHA256 = hashlib.sha256(PDF).hexdigest()


def put(document: Any, by: User, content: bytes = PDF, *, name: str = "Agreement.pdf", **facts: Any) -> Attachment:
    """A file as the form sends it."""
    given: dict[str, Any] = {"description": "The signed agreement"} | facts
    return attach(document, file=ContentFile(content, name=name), by=by, **given)


def test_a_file_is_attached_with_its_hash_its_type_and_an_audit_record(agreement: Agreement, officer: User):
    attachment = put(agreement, officer)
    content = attachment.content
    assert (content.pk, content.content_type, content.size) == (SHA256, "application/pdf", len(PDF))
    assert read_content(SHA256) == PDF
    assert list(attachments_of(agreement)) == [attachment]
    record = AuditRecord.objects.get(act="attach file")
    assert (record.subject, record.user) == (agreement.number, officer)
    assert record.detail == f"The signed agreement (Agreement.pdf, SHA-256 {SHA256})"


def test_the_same_content_is_kept_once(agreement: Agreement, receipt: Receipt, officer: User):
    put(agreement, officer)
    put(receipt, officer, name="advice.exe")
    assert FileContent.objects.count() == 1
    assert list(Attachment.objects.values_list("document", "name")) == [
        ("AGR-2026-0001", "Agreement.pdf"),
        ("RCT-2026-0001", "advice.pdf"),
    ]


@pytest.mark.parametrize(
    ("content", "facts", "error", "field"),
    [
        (b"", {}, ValueInvalid, "file"),
        (b"<html>", {}, FileTypeRefused, "file"),
        (b"x" * 1_000_001, {}, FileTooLarge, "file"),
        (PDF, {"description": " "}, ValueInvalid, "description"),
        (PDF, {"name": "a\u202egpj.pdf"}, ValueInvalid, "file"),
    ],
)
def test_what_cannot_be_attached_is_refused(
    agreement: Agreement, officer: User, settings: Any, content: bytes, facts: dict[str, str], error: Any, field: str
):
    settings.ATTACHMENT_MAX_MB = 1
    with pytest.raises(error) as refusal:
        put(agreement, officer, content, **facts)
    assert refusal.value.field == field
    assert not FileContent.objects.exists()


def test_the_longest_words_leave_the_hash_in_the_audit_record(agreement: Agreement, officer: User):
    put(agreement, officer, description="d" * 200, name="n" * 250)
    assert check() == []


def test_a_file_of_the_largest_size_is_taken(agreement: Agreement, officer: User, settings: Any):
    settings.ATTACHMENT_MAX_MB = 1
    assert put(agreement, officer, b"x" * 1_000_000).content.size == 1_000_000


def test_only_an_officer_attaches_and_withdraws(agreement: Agreement, officer: User, approver: User, auditor: User):
    attachment = put(agreement, officer)
    for person in (approver, auditor):
        with pytest.raises(NotPermitted):
            put(agreement, person)
        with pytest.raises(NotPermitted):
            withdraw_attachment(attachment, reason="wrong", by=person)


def test_an_attachment_made_in_error_is_withdrawn_once_and_stays(agreement: Agreement, officer: User):
    attachment = put(agreement, officer)
    withdraw_attachment(attachment, reason="of another agreement", by=officer)
    with pytest.raises(StateUnfit, match="withdrawn already"):
        withdraw_attachment(attachment, reason="again", by=officer)
    (found,) = attachments_of(agreement)
    assert (found.withdrawal.reason, found.withdrawal.withdrawn_by) == ("of another agreement", officer)
    assert AuditRecord.objects.get(act="withdraw attachment").detail == "The signed agreement: of another agreement"


def test_an_unposted_document_takes_files_too(disbursement: Disbursement, officer: User):
    put(disbursement, officer)
    assert [found.name for found in attachments_of(disbursement)] == ["Agreement.pdf"]


def test_a_project_takes_files_that_its_history_and_the_checks_know(project: Project, officer: User):
    withdraw_attachment(put(project, officer), reason="another one", by=officer)
    acts = [record.act for record in history_of("CYB-01", noun="project")]
    assert acts == ["add project", "attach file to project", "withdraw attachment of project"]
    assert check() == []


@pytest.mark.parametrize("model", [FileContent, Attachment, AttachmentWithdrawal])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_refuses_every_change(agreement: Agreement, officer: User, model: Any, change: str):
    withdraw_attachment(put(agreement, officer), reason="wrong", by=officer)
    statement = change.format(model._meta.db_table, *[model._meta.pk.column] * 2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def lifted(agreement: Agreement, officer: User) -> None:
    """An attachment of the agreement, and no trigger that keeps it."""
    put(agreement, officer)
    triggers.remove(connection)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda: FileContent.objects.update(data=b"%PDF-1.7\nforged"),
            f"content {SHA256} is not the one that its hash",
        ),
        (lambda: FileContent.objects.update(size=5), f"content {SHA256} has 15 bytes, not 5."),
        (
            lambda: Attachment.objects.update(document="AGR-2026-0099"),
            "attached to AGR-2026-0099, which is no document and no project",
        ),
        (
            lambda: Attachment.objects.update(document="ODD"),
            "of ODD has no audit record of “attach file” by who attached it then.",
        ),
        (Attachment.objects.all().delete, f"(Agreement.pdf, SHA-256 {SHA256})” was attached to AGR-2026-0001"),
        (lambda: Attachment.objects.update(description="Another"), "“Another (Agreement.pdf, SHA-256"),
        (lambda: Attachment.objects.update(name="Another.pdf"), "“The signed agreement (Another.pdf, SHA-256"),
        (lambda: Attachment.objects.update(attached_at=datetime(2026, 1, 1, tzinfo=UTC)), "by who attached it then."),
        (lambda: Attachment.objects.update(position=2), "AGR-2026-0001 lacks its attachment 1."),
        (
            lambda: FileContent.objects.update(content_type="text/html", extension="html"),
            f"content {SHA256} is not of the type text/html (.html).",
        ),
        (lambda: None, "The database lacks the trigger fund_filecontent_"),
    ],
)
def test_what_was_changed_past_the_operations_is_found(lifted: None, change: Callable[[], object], problem: str):
    change()
    assert any(problem in found for found in check()), check()


def test_sound_attachments_pass_the_checks(agreement: Agreement, officer: User):
    put(agreement, officer)
    assert check() == []
