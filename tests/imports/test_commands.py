"""The commands on a database as it is after `migrate`: who acts, what is said, how a file may come."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from fund.models import Agreement, AuditRecord, Donor, Receipt
from fund.operations.people import add_person

pytestmark = pytest.mark.django_db

AGREEMENTS = "donor,class,country,reference,year,currency,amount,paid\nCanada,Member State,CAN,A-1,2025,USD,7,0\n"
RECEIPTS = "reference,date,agreement,currency,amount\nB-1,2025-03-02,A-1,USD,5\n"


def run(command: str, path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, path, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def agreements(tmp_path: Path) -> Path:
    path = tmp_path / "agreements.csv"
    path.write_text(AGREEMENTS, encoding="utf-8")
    return path


def test_an_import_into_an_empty_database_says_all_that_it_did(agreements: Path, tmp_path: Path):
    add_person("approver", role="Approver")
    assert run("import_agreements", agreements) == (
        "User import was added: a technical user in the role Finance officer, that cannot sign in.\n"
        "Columns not read: paid.\n"
        "Fiscal years opened: 2025.\n"
        "Note: AGR-2025-0001 awaits approval, and no receipt before that: `manage.py approve AGR-2025-0001 --by "
        "USERNAME`, or the page “Approvals”.\n"
        "1 agreement prepared: USD 7.00.\n"
    )
    call_command("approve", "AGR-2025-0001", by="approver", stdout=io.StringIO())
    receipts = tmp_path / "receipts.csv"
    receipts.write_text(RECEIPTS, encoding="utf-8")
    assert run("import_receipts", receipts) == (
        "Note: The fund had no bank account: MAIN-USD was added.\n1 receipt recorded: USD 5.00.\n"
    )
    assert run("import_receipts", receipts) == "0 receipts recorded.\n1 receipt there already, left as before.\n"


def test_the_technical_user_cannot_sign_in(agreements: Path):
    run("import_agreements", agreements)
    assert not User.objects.get().has_usable_password()
    assert AuditRecord.objects.get(act="prepare agreement").user.username == "import"


def test_a_named_officer_acts(agreements: Path):
    add_person("officer", role="Finance officer")
    run("import_agreements", agreements, by="officer")
    assert AuditRecord.objects.get(act="prepare agreement").user.username == "officer"


@pytest.mark.parametrize("who", ["auditor", "nobody"])
def test_who_is_no_finance_officer_does_not_act(agreements: Path, who: str):
    add_person("auditor", role="Auditor")
    add_person("officer", role="Finance officer")
    with pytest.raises(CommandError, match="officer"):
        run("import_agreements", agreements, by=who)


def test_a_workbook_may_have_any_name(tmp_path: Path):
    book = Workbook()
    assert book.active
    book.active.append(["donor", "class", "reference", "year", "currency", "amount"])
    book.active.append(["Canada", "Member State", "A-1", 2025, "USD", 7.1])
    path = tmp_path / "agreements"
    book.save(path)
    assert run("import_agreements", path).endswith("1 agreement prepared: USD 7.10.\n")


def test_classes_are_chosen_by_option(agreements: Path):
    run("import_agreements", agreements, classes=["Member State=State Party"])
    assert Donor.objects.get().donor_class == "state_party"


@pytest.mark.parametrize("option", ["Member State", "=state_party", "Member State=King"])
def test_a_class_that_cannot_be_understood_is_refused(agreements: Path, option: str):
    with pytest.raises(CommandError, match="is not a term and a class"):
        run("import_agreements", agreements, classes=[option])


def test_an_unknown_bank_account_is_refused(agreements: Path):
    with pytest.raises(CommandError, match=r"CITI is not a bank account of the fund. There are: none yet"):
        run("import_receipts", agreements, bank="CITI")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str):
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_agreements", tmp_path / name)


def test_years_are_opened_on_demand(agreements: Path):
    call_command("open_year", 2024, stdout=io.StringIO())
    with pytest.raises(CommandError, match="2025 is not an open fiscal year"):
        run("import_agreements", agreements)
    run("import_agreements", agreements, open_years=True)
    assert Agreement.objects.count() == 1


def test_a_receipt_of_an_agreement_that_waits_is_refused_with_its_row(agreements: Path, tmp_path: Path):
    run("import_agreements", agreements)
    receipts = tmp_path / "receipts.csv"
    receipts.write_text(RECEIPTS, encoding="utf-8")
    with pytest.raises(CommandError, match="row 2, agreement: AGR-2025-0001 awaits approval: nothing rests on it"):
        run("import_receipts", receipts)
    assert not Receipt.objects.exists()


def test_another_person_approves_what_is_imported_at_once(agreements: Path):
    add_person("approver", role="Approver")
    assert run("import_agreements", agreements, approved_by=["approver"]).endswith("1 agreement signed: USD 7.00.\n")
    assert Agreement.objects.get().decided_by == User.objects.get(username="approver")


@pytest.mark.parametrize(
    ("approver", "message"), [("officer", "You prepared"), ("auditor", "Your role"), ("x", "Nobody")]
)
def test_who_imports_or_has_no_right_approves_nothing(agreements: Path, approver: str, message: str):
    officer, _ = add_person("officer", role="Finance officer")
    officer.groups.add(Group.objects.get(name="Approver"))
    add_person("auditor", role="Auditor")
    with pytest.raises(CommandError, match=message):
        run("import_agreements", agreements, by="officer", approved_by=[approver])
    assert not Agreement.objects.exists()


def test_what_needs_two_approvers_waits_for_the_second(agreements: Path, settings: Any):
    settings.TWO_APPROVERS_FROM = 7
    for name in ("ari", "bea"):
        add_person(name, role="Approver")
    said = run("import_agreements", agreements, approved_by=["ari"])
    assert "AGR-2025-0001 awaits approval" in said
    call_command("approve", "AGR-2025-0001", by="bea", stdout=io.StringIO())
    assert Agreement.objects.get().state == "approved"


def test_a_rejected_agreement_stays_rejected(agreements: Path):
    add_person("approver", role="Approver")
    run("import_agreements", agreements)
    call_command("reject", "AGR-2025-0001", reason="Not ours", by="approver", stdout=io.StringIO())
    assert "AGR-2025-0001 was rejected and stays so." in run("import_agreements", agreements)
