"""Attachments on the pages of their documents: listed, added, sent as files, withdrawn; and who may do which."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Agreement, Allocation, Attachment, Disbursement, FileContent, Pledge, Receipt
from fund.operations.attachments import attach

PDF = b"%PDF-1.7\nsigned"
NEW = "/attachments/AGR-2026-0001/new/"
FIRST = "/attachments/AGR-2026-0001/1/"


def upload(content: bytes = PDF, name: str = "Agreement.pdf", **values: Any) -> dict[str, Any]:
    """What the form sends."""
    return {"description": "The agreement", "file": SimpleUploadedFile(name, content)} | values


@pytest.fixture
def attachment(agreement: Agreement, officer: User) -> Attachment:
    file = SimpleUploadedFile("Señor\u201d.exe", PDF)
    return attach(agreement, file=file, description="The agreement", by=officer)


def test_every_kind_of_document_takes_a_file_on_its_page(
    officer_client: Client,
    pledge: Pledge,
    agreement: Agreement,
    receipt: Receipt,
    allocation: Allocation,
    disbursement: Disbursement,
):
    for document in (pledge, agreement, receipt, allocation, disbursement, allocation.project):
        assert "Nothing is attached." in officer_client.get(document.get_absolute_url()).content.decode()
        sent = officer_client.post(f"/attachments/{document.number}/new/", upload())
        assert sent.headers["Location"] == document.get_absolute_url()
        page = officer_client.get(document.get_absolute_url()).content.decode()
        assert "Agreement.pdf is attached." in page
        assert "attach file" in page.lower()
        assert f'href="/attachments/{document.number}/1/"' in page
    assert (Attachment.objects.count(), FileContent.objects.count()) == (6, 1)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"file": SimpleUploadedFile("a.pdf", b"<html>")}, "file", "These are: PDF, PNG"),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "file", "empty"),
        ({"file": ""}, "file", "required"),
        ({"description": ""}, "description", "required"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    officer_client: Client, agreement: Agreement, values: dict[str, Any], field: str, said: str
):
    page = officer_client.post(NEW, upload(**values))
    assert page.status_code == 422
    assert said in str(page.context["form"].errors[field])
    assert not Attachment.objects.exists()


def test_the_same_form_sent_twice_leads_to_the_document(officer_client: Client, agreement: Agreement):
    key = str(uuid4())
    for _ in range(2):
        sent = officer_client.post(NEW, upload(retry_key=key))
        assert sent.headers["Location"] == agreement.get_absolute_url()
    assert Attachment.objects.count() == 1


def test_a_file_is_sent_to_be_saved_and_never_shown(auditor_client: Client, attachment: Attachment):
    sent = auditor_client.get(FIRST)
    assert sent.content == PDF
    assert sent.headers["Content-Type"] == "application/pdf"
    assert sent.headers["Content-Disposition"] == "attachment; filename*=utf-8''Se%C3%B1or%E2%80%9D.pdf"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_an_attachment_is_withdrawn_with_a_reason_and_stays(officer_client: Client, attachment: Attachment):
    sent = officer_client.post(f"{FIRST}withdraw/", {"reason": "of another one"})
    assert sent.headers["Location"] == "/agreements/AGR-2026-0001/"
    page = officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    assert "officer: of another one" in " ".join(page.split())
    assert f"{FIRST}withdraw/" not in page
    assert officer_client.get(FIRST).content == PDF
    again = officer_client.post(f"{FIRST}withdraw/", {"reason": "again"})
    assert (again.status_code, "withdrawn already" in again.content.decode()) == (422, True)


def test_readers_see_the_files_and_have_no_forms(
    approver_client: Client, auditor_client: Client, attachment: Attachment
):
    for client in (approver_client, auditor_client):
        page = client.get("/agreements/AGR-2026-0001/").content.decode()
        assert FIRST in page
        assert "Attach a file" not in page
        assert "withdraw/" not in page
        for url in (NEW, f"{FIRST}withdraw/"):
            assert client.get(url).status_code == client.post(url, upload()).status_code == 403


def test_a_donor_sees_none(donor_client: Client, client: Client, attachment: Attachment):
    for url in (FIRST, NEW, f"{FIRST}withdraw/"):
        assert donor_client.get(url).status_code == 403
        assert client.get(url).status_code == 302
    assert "attachment" not in donor_client.get("/statement/").content.decode().lower()


def test_who_may_not_view_the_document_is_refused_its_files(
    attachment: Attachment, auditor: User, sign_in: Callable[[User], Client]
):
    reader = User.objects.create_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_attachment"))
    client = sign_in(reader)
    assert client.get(FIRST).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_agreement"))
    assert client.get(FIRST).content == PDF


def test_what_is_not_there_is_not_found(officer_client: Client, agreement: Agreement):
    for url in (
        "/attachments/7/",
        "/attachments/7/withdraw/",
        "/attachments/AGR-2026-0099/new/",
        "/attachments/AGR-2026-0001%00/new/",
    ):
        assert officer_client.get(url).status_code == 404


def test_a_page_reads_no_content(attachment: Attachment, officer_client: Client):
    with CaptureQueriesContext(connection) as queries:
        officer_client.get("/agreements/AGR-2026-0001/")
    assert not any('"data"' in query["sql"] for query in queries)
    assert any('"content_type"' in query["sql"] for query in queries)
