"""The page of the closings, the certificate and the command: who may close, what is refused, what is said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from fund.checks.closings import check_closings
from fund.models import Agreement, AuditRecord, BankAccount, Receipt
from ledger.certificates import parse_certificate
from ledger.queries import closed_until, closings
from tests.lifted import lifted


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 15, 12, tzinfo=UTC)):
        yield


def test_page_says_what_closing_would_certify(receipt: Receipt, officer_client: Client) -> None:
    answer = officer_client.get("/closing/")
    due = answer.context["due"]
    assert (str(due.period), due.is_over) == ("2026-01", True)
    assert "Close 2026-01" in answer.content.decode()


def test_officer_closes_the_period_that_is_due(receipt: Receipt, officer: User, officer_client: Client) -> None:
    User.objects.filter(pk=officer.pk).update(first_name="Maria Silva")
    answer = officer_client.post("/closing/", {"period": "2026-01"}, follow=True)
    assert "2026-01 is closed." in answer.content.decode()
    assert "<td>Maria Silva</td>" in answer.content.decode()
    assert [closing.closed_by for closing in closings()] == ["officer"]
    record = AuditRecord.objects.get(act="close period")
    assert (record.subject, record.user.username) == ("2026-01", "officer")


@pytest.mark.parametrize(
    ("period", "message"), [("2026-02", "2026-01 is next, not 2026-02"), ("soon", "is not a period"), ("", "required")]
)
def test_period_that_is_refused_is_not_closed(
    receipt: Receipt, officer_client: Client, period: str, message: str
) -> None:
    answer = officer_client.post("/closing/", {"period": period})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert closed_until() is None


@pytest.mark.parametrize("client_name", ["approver_client", "auditor_client", "donor_client"])
def test_only_officers_close(client_name: str, receipt: Receipt, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(client_name)
    assert client.post("/closing/", {"period": "2026-01"}).status_code == 403
    assert closed_until() is None


def test_auditor_sees_no_button(receipt: Receipt, auditor_client: Client) -> None:
    content = auditor_client.get("/closing/").content.decode()
    assert "A finance officer closes it." in content
    assert "<button" not in content.partition("<main")[2]


def test_period_that_runs_has_no_button(receipt: Receipt, officer_client: Client) -> None:
    for period in ("2026-01", "2026-02", "2026-03"):
        officer_client.post("/closing/", {"period": period})
    content = officer_client.get("/closing/").content.decode()
    assert "it can be closed after that" in content
    assert "Close 2026-04" not in content


def test_certificate_is_the_same_every_time(receipt: Receipt, officer_client: Client, auditor_client: Client) -> None:
    officer_client.post("/closing/", {"period": "2026-01"})
    first, second = (client.get("/closing/2026-01/certificate/") for client in (officer_client, auditor_client))
    assert first.content == second.content
    assert first["Content-Disposition"] == 'attachment; filename="certificate-2026-01.txt"'
    assert parse_certificate(first.content.decode()).closed_by == "officer"


def test_there_is_no_certificate_of_an_open_period(receipt: Receipt, auditor_client: Client) -> None:
    assert auditor_client.get("/closing/2026-01/certificate/").status_code == 404


def test_donor_sees_neither_closings_nor_certificates(
    receipt: Receipt, officer_client: Client, donor_client: Client
) -> None:
    officer_client.post("/closing/", {"period": "2026-01"})
    assert donor_client.get("/closing/").status_code == 403
    assert donor_client.get("/closing/2026-01/certificate/").status_code == 403


def test_fund_without_a_year_says_so(officer_client: Client) -> None:
    assert "No year is open yet" in officer_client.get("/closing/").content.decode()


def test_receipt_of_a_closed_month_is_refused_beside_its_day(receipt: Receipt, officer_client: Client) -> None:
    for period in ("2026-01", "2026-02", "2026-03"):
        officer_client.post("/closing/", {"period": period})
    answer = officer_client.post(
        f"/receipts/{receipt.number}/reverse/", {"on": "2026-03-31", "reason": "sent back by the bank"}
    )
    assert answer.status_code == 422
    assert "2026-03 is closed and takes no more entries. Date it 2026-04-01 or later." in answer.content.decode()


def test_command_writes_a_certificate_that_check_ledger_takes(receipt: Receipt, tmp_path: Path, capsys) -> None:
    kept = tmp_path / "january.txt"
    call_command("close_period", "2026-01", certificate=kept)
    call_command("check_ledger", certificate=[kept])
    said = capsys.readouterr().out
    assert "Still open: " in said
    assert "Certificates that agree with the books: 1" in said


def test_command_refuses_what_is_not_due_and_a_file_that_is_there(receipt: Receipt, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="2026-01 is next, not 2026-03"):
        call_command("close_period", "2026-03")
    (tmp_path / "there.txt").touch()
    with pytest.raises(CommandError, match="name a new file"):
        call_command("close_period", "2026-01", certificate=tmp_path / "there.txt")
    assert closed_until() is None


def test_check_ledger_refuses_a_file_that_is_no_certificate(receipt: Receipt, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("hello")
    for path in (tmp_path / "other.txt", Path("/dev/zero")):
        with pytest.raises(CommandError, match="not a certificate"):
            call_command("check_ledger", certificate=[path])
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_ledger", certificate=[tmp_path / "missing.txt"])


def test_receipt_dated_in_a_closed_month_is_refused_beside_its_day(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    officer_client.post("/closing/", {"period": "2026-01"})
    sent = {"bank_account": "CITI-USD", "received_on": "2026-01-31", "reference": "B-1", "amount": "50", "charges": ""}
    answer = officer_client.post("/receipts/new/?donor=CAN", sent)
    assert "2026-01 is closed" in str(answer.context["form"].errors["received_on"])


def test_closing_without_its_audit_record_is_found(receipt: Receipt, officer_client: Client) -> None:
    officer_client.post("/closing/", {"period": "2026-01"})
    assert list(check_closings(print)) == []
    record = AuditRecord.objects.get(act="close period")
    with lifted():
        AuditRecord.objects.filter(pk=record.pk).update(detail="another")
    problems = list(check_closings(print))
    assert [problem.partition(" ")[0] for problem in problems] == ["2026-01", "officer"]


YEAR = "INSERT INTO ledger_fiscalyear (year, opened_at, opened_by) VALUES (2031, CURRENT_TIMESTAMP, 'officer')"


def test_year_opened_past_the_software_is_found(receipt: Receipt) -> None:
    with connection.cursor() as cursor:
        cursor.execute(YEAR)
    (problem,) = check_closings(print)
    assert problem.startswith("2031 has no audit record that officer opened it")
