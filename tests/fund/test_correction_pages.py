"""Pages of write-offs, refunds and manual entries: forms keep what was typed, decisions are another person's."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from fund.models import Agreement, BankAccount, ManualEntry, Receipt, Refund, WriteOff
from ledger.queries import entries

pytestmark = pytest.mark.django_db

WRITE_OFF = {"dated_on": "2026-05-01", "grounds": "Wound up", "AGR-2026-0001/1": "100", "AGR-2026-0001/2": ""}
REFUND = {"amount_0": "50", "amount_1": "USD", "dated_on": "2026-04-01", "word": "Note 1", "word_on": "2026-03-30"}
REFUND |= {"grounds": "They ask for it"}
MANUAL = {"dated_on": "2026-04-01", "grounds": "Booked twice", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0"}
MANUAL |= {"lines-0-account": "Expenses:BankCharges", "lines-0-fund": "AGR-2026-0001", "lines-0-debit": "20"}
MANUAL |= {"lines-1-account": "Assets:Bank:CITI-USD", "lines-1-fund": "AGR-2026-0001", "lines-1-credit": "20"}


def read(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def refuse(client: Client, url: str, sent: dict[str, str]) -> str:
    """The page of a form that is refused."""
    answer = client.post(url, sent)
    assert answer.status_code == 422
    return str(answer.content.decode())


def test_a_write_off_is_prepared_on_the_agreements_page_and_approved_by_another(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    url = "/write-offs/new/?agreement=AGR-2026-0001"
    assert url in read(officer_client, "/agreements/AGR-2026-0001/")
    assert "USD 6,000.00 owed, due 2026-03-01." in read(officer_client, url)
    assert officer_client.post(url, WRITE_OFF)["Location"] == "/write-offs/WOF-2026-0001/"
    assert "You prepared it" in read(officer_client, "/write-offs/WOF-2026-0001/")
    approver_client.post("/write-offs/WOF-2026-0001/approve/")
    assert "Prepare reversal…" in read(officer_client, "/write-offs/WOF-2026-0001/")
    assert "Written off" in read(officer_client, "/agreements/AGR-2026-0001/")


def test_a_refused_write_off_keeps_what_was_typed(agreement: Agreement, officer_client: Client) -> None:
    url = "/write-offs/new/?agreement=AGR-2026-0001"
    page = refuse(officer_client, url, WRITE_OFF | {"AGR-2026-0001/1": "6000.01"})
    assert "AGR-2026-0001/1 is owed USD 6,000.00; USD 6,000.01 is more." in page
    assert 'value="6000.01"' in page
    assert "Name what of AGR-2026-0001" in refuse(officer_client, url, WRITE_OFF | {"AGR-2026-0001/1": ""})
    assert not WriteOff.objects.exists()


def test_without_an_agreement_the_forms_ask_of_what(
    agreement: Agreement, overpaid: Receipt, conditional: Agreement, officer_client: Client
) -> None:
    assert "?agreement=AGR-2026-0002" in read(officer_client, "/write-offs/new/")
    page = read(officer_client, "/refunds/new/")
    assert ("?agreement=AGR-2026-0001" in page, "?of=AGR-2026-0001/2" in page) == (True, True)
    assert "Choose the agreement first" in refuse(officer_client, "/write-offs/new/", WRITE_OFF)
    assert "Choose first what goes back" in refuse(officer_client, "/refunds/new/", REFUND)


def test_a_refund_is_prepared_approved_and_paid_on_its_pages(
    receipt: Receipt, officer_client: Client, approver_client: Client
) -> None:
    assert "/refunds/new/?agreement=AGR-2026-0001" in read(officer_client, "/agreements/AGR-2026-0001/")
    answer = officer_client.post("/refunds/new/?agreement=AGR-2026-0001", REFUND)
    assert answer["Location"] == "/refunds/RFD-2026-0001/"
    approver_client.post("/refunds/RFD-2026-0001/approve/")
    page = read(officer_client, "/refunds/RFD-2026-0001/")
    assert ("To be paid" in page, "/refunds/RFD-2026-0001/pay/" in page) == (True, True)
    officer_client.post("/refunds/RFD-2026-0001/pay/", {"bank_account": "CITI-USD", "paid_on": "2026-04-02"})
    page = read(officer_client, "/refunds/RFD-2026-0001/")
    assert ("Citibank New York" in page, "/refunds/RFD-2026-0001/pay/" in page) == (True, False)


def test_an_unapplied_balance_can_be_refunded_from_its_list(overpaid: Receipt, officer_client: Client) -> None:
    url = "/refunds/new/?of=AGR-2026-0001/2"
    assert url in read(officer_client, "/unapplied/")
    assert 'value="100.00"' in read(officer_client, url)
    assert "USD 100.00 of what came beyond" in refuse(officer_client, url, REFUND | {"amount_0": "100.01"})


def test_a_refused_refund_and_a_refused_payment_keep_what_was_typed(agreed: Refund, officer_client: Client) -> None:
    url = "/refunds/new/?agreement=AGR-2026-0001"
    assert "AGR-2026-0001 has USD 5,000.00 neither spent nor allocated" in read(officer_client, url)
    assert "that is neither spent, allocated nor held" in refuse(officer_client, url, REFUND | {"amount_0": "5001"})
    sent = {"bank_account": "CITI-USD", "paid_on": "2026-04-02", "amount": "999"}
    page = refuse(officer_client, "/refunds/RFD-2026-0001/pay/", sent)
    assert ("USD 1,000.00 is owed, and paid as a whole: leave the amount empty." in page, 'value="999"' in page) == (
        True,
        True,
    )


def test_a_refund_from_an_account_in_another_currency_asks_how_much_left(
    agreed: Refund, cad_bank: BankAccount, officer_client: Client
) -> None:
    sent = {"bank_account": "RBC-CAD", "paid_on": "2026-04-02"}
    page = refuse(officer_client, "/refunds/RFD-2026-0001/pay/", sent)
    assert "RBC-CAD holds CAD: say how much of it left, or choose an account in USD." in page


def test_a_manual_entry_is_prepared_line_by_line_and_approved_by_another(
    receipt: Receipt, officer_client: Client, approver_client: Client
) -> None:
    page = read(officer_client, "/manual-entries/new/")
    assert '<option value="Assets:Bank:CITI-USD">' in page
    assert "Assets:Receivable:CAN" not in page
    assert officer_client.post("/manual-entries/new/", MANUAL)["Location"] == "/manual-entries/MAN-2026-0001/"
    approver_client.post("/manual-entries/MAN-2026-0001/approve/")
    assert entries().filter(kind="manual").count() == 1
    assert "Booked twice" in read(officer_client, "/manual-entries/")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines-1-credit": "19"}, "AGR-2026-0001 has USD 1.00 more debits"),
        ({"lines-0-account": "Assets:Receivable:CAN"}, "use an agreement, its amendment, a receipt or a write-off"),
        ({"lines-0-credit": "20"}, "Fill in the debit or the credit."),
        ({"lines-0-debit": "1e3"}, "is not an amount"),
        ({"lines-0-debit": "-20"}, "More than zero"),
        ({"lines-0-currency": "CAD"}, "More than zero; in another currency also what it is carried at in USD."),
    ],
)
def test_a_refused_manual_entry_keeps_its_lines(
    receipt: Receipt, officer_client: Client, change: dict[str, str], said: str
) -> None:
    page = refuse(officer_client, "/manual-entries/new/", MANUAL | change)
    assert (said in page, 'value="Assets:Bank:CITI-USD"' in page, "Booked twice" in page) == (True, True, True)
    assert not ManualEntry.objects.exists()


@pytest.mark.parametrize("fixture", ["write_off", "refund", "manual_entry"])
def test_who_may_not_is_refused_by_the_page_and_by_a_forged_post(
    fixture: str, request: pytest.FixtureRequest, officer: User, officer_client: Client, auditor_client: Client
) -> None:
    document = request.getfixturevalue(fixture)
    base = document.get_absolute_url()
    assert base in read(auditor_client, reverse(f"fund:{document.ROUTE}-list"))
    for act in ("approve/", "reject/", "reverse/", "pay/" if fixture == "refund" else "approve/"):
        assert auditor_client.post(base + act, {"reason": "x", "on": "2026-06-01"}).status_code == 403
    assert officer_client.post(f"{base}approve/").status_code == 403
    officer.user_permissions.add(Permission.objects.get(codename="add_approval"))
    assert "You prepared" in refuse(officer_client, f"{base}approve/", {})
    assert not entries().filter(kind__in=("write_off", "refund", "manual")).exists()


def test_the_donors_own_statement_shows_what_went_back_and_what_is_written_off(
    agreed: Refund, agreement: Agreement, donor_client: Client
) -> None:
    page = read(donor_client, reverse("portal:statement"))
    assert ("Refunded" in page, "RFD-2026-0001" in page, "Note 77" in page) == (True, True, True)
