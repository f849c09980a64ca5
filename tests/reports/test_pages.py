import hashlib
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from fund.models import AuditRecord
from fund.operations.attachments import attach
from tests.reports.small_fund import SmallFund

WORKBOOK = "/reports/audit-workbook/"
PAGES = ("index", "totals", "audit-workbook", "book")


@pytest.fixture
def reader(small_fund: SmallFund) -> Client:
    """An auditor's browser."""
    return sign_in(small_fund.auditor)


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_role_reads_the_reports(small_fund: SmallFund) -> None:
    for user in (small_fund.officer, small_fund.approver, small_fund.auditor):
        client = sign_in(user)
        for name in PAGES:
            assert client.get(reverse(f"reports:{name}")).status_code == 200


def test_strangers_sign_in_first(small_fund: SmallFund, client: Client) -> None:
    for name in PAGES:
        assert client.get(reverse(f"reports:{name}")).status_code == 302
    assert client.post(reverse("reports:book-download")).status_code == 302
    assert client.post(WORKBOOK).status_code == 302


@pytest.mark.parametrize(("by", "text"), [("year", "2025"), ("donor", "United States"), ("class", "State Party")])
def test_the_totals_are_grouped_as_asked(reader: Client, by: str, text: str) -> None:
    page = reader.get("/reports/totals/", {"by": by})
    assert page.context["by"] == by
    for shown in (text, "2,236.51", "1,584.01", "832.50"):
        assert shown in page.content.decode()


def test_an_unknown_grouping_is_by_year(reader: Client) -> None:
    assert reader.get("/reports/totals/", {"by": "moon"}).context["by"] == "year"


def test_a_chart_of_many_groups_shows_the_largest(reader: Client, small_fund: SmallFund) -> None:
    for number in range(15):
        donor = small_fund.donor(f"D{number}", f"Donor {number}", "other_state")
        small_fund.sign(donor, "2026-03-10", [("2026-12-01", f"USD {number + 100}")])
    page = reader.get("/reports/totals/", {"by": "donor"})
    labels = [bar["label"] for bar in page.context["bars"]]
    assert len(labels) == 15
    assert {"United States", "Donor 14"} <= set(labels)
    assert not {"=1+1", "ACME Inc."} & set(labels)


def test_the_workbook_of_a_period_is_sent(reader: Client) -> None:
    sent = reader.post(WORKBOOK, {"since": "2026-01-01", "until": "2026-01-31"})
    assert sent.headers["Content-Disposition"] == 'attachment; filename="audit-2026-01-01-2026-01-31.xlsx"'
    book = openpyxl.load_workbook(BytesIO(sent.getvalue()))
    assert book["Journal"]["A1"].value == "Journal, 2026-01-01 to 2026-01-31"


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-02-01", "2026-01-31", "until"),
        ("", "2026-01-31", "since"),
        ("2026-01-01", "soon", "until"),
        ("0001-01-01", "2026-01-31", "until"),
        ("2026-01-01", "9999-12-31", "until"),
    ],
)
def test_a_period_that_is_none_is_refused(reader: Client, since: str, until: str, field: str) -> None:
    page = reader.post(WORKBOOK, {"since": since, "until": until})
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert f'value="{since}"' in page.content.decode()


def test_books_without_a_year_say_so(db: None, django_user_model: type[User]) -> None:
    client = sign_in(django_user_model.objects.create_superuser("root"))
    assert "No fiscal year is open yet" in client.get(WORKBOOK).content.decode()
    assert client.post(WORKBOOK, {"since": "2026-01-01", "until": "2026-01-31"}).status_code == 422
    for name in ("index", "totals", "book"):
        assert client.get(reverse(f"reports:{name}")).status_code == 200
    assert client.post(reverse("reports:book-download")).status_code == 200


def test_the_book_is_sent_as_a_zip_with_all_that_belongs_to_it(reader: Client, small_fund: SmallFund) -> None:
    file = ContentFile(b"%PDF-1.7 signed", name="a.pdf")
    attach(small_fund.canadian, file=file, description="Agreement", by=small_fund.officer)
    sent = reader.post(reverse("reports:book-download"))
    document = f"documents/{hashlib.sha256(b'%PDF-1.7 signed').hexdigest()}.pdf"
    names = ("main.beancount", "2025.beancount", "2026.beancount", "README.txt", "verify_chain.py", document)
    with zipfile.ZipFile(BytesIO(sent.getvalue())) as archive:
        assert set(archive.namelist()) == {f"book/{name}" for name in (*names, "SHA256SUMS")}
        sums = archive.read("book/SHA256SUMS").decode()
        for name in names:
            assert f"{hashlib.sha256(archive.read(f'book/{name}')).hexdigest()}  {name}\n" in sums
        assert b"2026-02-01 price JPY" in archive.read("book/main.beancount")


def test_each_download_leaves_the_hash_of_its_manifest_on_the_page(reader: Client, small_fund: SmallFund) -> None:
    sent = reader.post(reverse("reports:book-download"))
    with zipfile.ZipFile(BytesIO(sent.getvalue())) as archive:
        manifest = hashlib.sha256(archive.read("book/SHA256SUMS")).hexdigest()
    assert f"19 entries, SHA-256 of SHA256SUMS {manifest}" in reader.get(reverse("reports:book")).content.decode()
    assert AuditRecord.objects.get(subject="book").user == small_fund.auditor


def test_downloads_are_no_links(reader: Client) -> None:
    assert reader.get(reverse("reports:book-download")).status_code == 405


def test_nothing_of_a_download_stays_on_the_disk(
    reader: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = reader.post(WORKBOOK, {"since": "2026-01-01", "until": "2026-01-31"})
    assert len(sent.getvalue()) > 1000
    assert list(tmp_path.iterdir()) == []
