"""The pages of deposits and of what is unapplied; a forged form writes nothing either."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Application, BankAccount, Donor, Placement, Receipt, ReceiptPart
from fund.money import to_amount
from fund.operations.receipts import Facts, record_receipt
from ledger.money import Amount
from ledger.queries import entries
from tests.shorthand import cad, usd

DEPOSIT = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-9", "amount": "650"}
IDENTIFY, RETURN, UNDO = (f"/receipts/RCT-2026-0001/{act}/" for act in ("identify", "return", "undo"))
APPLY = "/unapplied/new/?of=AGR-2026-0001/2"
WORD = {"place": "gift/CAN", "amount": "40", "on": "2026-03-09", "word": "Letter 7", "word_on": "2026-03-08"}


def lines(*parts: tuple[str, str]) -> dict[str, str]:
    """What the lines of parts send: place and amount."""
    sent = {"lines-TOTAL_FORMS": str(len(parts)), "lines-INITIAL_FORMS": "0", "on": "2026-03-09"}
    for number, (place, amount) in enumerate(parts):
        sent |= {f"lines-{number}-place": place, f"lines-{number}-amount": amount}
    return sent


def text(response: Any) -> str:
    found: str = response.content.decode()
    return found


def test_a_deposit_without_a_sender_waits_on_the_list_and_the_overview(
    bank: BankAccount, officer_client: Client
) -> None:
    response = officer_client.post("/receipts/new/deposit/", DEPOSIT, follow=True)
    assert response.redirect_chain == [("/receipts/RCT-2026-0001/", 302)]
    assert "RCT-2026-0001 is recorded. It waits to be identified." in text(response)
    for path in ("/", "/receipts/"):
        page = text(officer_client.get(path))
        assert "105 days" in page
        assert IDENTIFY in page


def test_an_auditor_sees_what_waits_and_no_button(deposit: Receipt, auditor_client: Client) -> None:
    page = text(auditor_client.get("/receipts/"))
    assert "Not identified" in page
    assert IDENTIFY not in page


def test_a_deposit_is_identified_in_parts(
    deposit: Receipt, agreement: Agreement, acme: Donor, officer_client: Client
) -> None:
    page = text(officer_client.get(IDENTIFY))
    assert "AGR-2026-0001/1 · Canada · USD\N{NO-BREAK SPACE}6,000.00 owed, due 2026-03-01" in page
    sent = lines(("AGR-2026-0001/1", "30"), ("gift/ACME", "20"))
    page = text(officer_client.post(IDENTIFY, sent, follow=True))
    assert "RCT-2026-0001 is identified." in page
    assert "Its parts" in page
    assert "Undo the identification" in page
    listed = text(officer_client.get("/receipts/?donor=ACME"))
    assert "RCT-2026-0001" in listed


def test_one_part_alone_may_leave_its_amount_empty(deposit: Receipt, canada: Donor, officer_client: Client) -> None:
    officer_client.post(IDENTIFY, lines(("gift/CAN", "")))
    assert to_amount(ReceiptPart.objects.get().amount) == Amount(5000, "USD")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (lines(("gift/CAN", "49.99")), "USD 0.01 less than the deposit&#x27;s USD 50.00"),
        (lines(("gift/CAN", "30"), ("gift/CAN", "20")), "there twice"),
        (lines(("gift/CAN", "51"), ("AGR-2026-0001/1", "-1")), "more than zero"),
        (lines(("AGR-2026-0009/1", "50")), "Select a valid choice"),
        (lines(("gift/CAN", "50")) | {"on": "2026-03-01"}, "2026-03-02 or later"),
        (lines(("gift/CAN", "50")) | {"on": "2026-06-16"}, "has not come yet"),
        (lines(("gift/CAN", "50")) | {"lines-0-settles": "5"}, "A gift settles nothing"),
        ({"on": "2026-03-09"}, "did not arrive whole"),
        (lines(), "at least one instalment or gift"),
    ],
)
def test_a_refused_identification_keeps_what_was_typed_and_writes_nothing(
    sent: dict[str, str], said: str, deposit: Receipt, agreement: Agreement, officer_client: Client
) -> None:
    before = entries().count()
    response = officer_client.post(IDENTIFY, sent)
    assert response.status_code == 422
    assert said in text(response)
    assert f'value="{sent["on"]}"' in text(response)
    assert (entries().count(), Placement.objects.count()) == (before, 0)


def test_what_is_identified_is_not_identified_again_by_an_old_form(
    deposit: Receipt, canada: Donor, officer_client: Client
) -> None:
    officer_client.post(IDENTIFY, lines(("gift/CAN", "50")))
    response = officer_client.post(IDENTIFY, lines(("gift/CAN", "50")))
    assert response.status_code == 422
    assert "It is identified on 2026-03-09: take that back first" in text(response)
    assert "take that back first" in text(officer_client.post(RETURN, {"on": "2026-03-10", "reason": "x"}))


def test_a_deposit_in_parts_is_recorded_at_once(
    agreement: Agreement, bank: BankAccount, acme: Donor, officer_client: Client
) -> None:
    sent = DEPOSIT | lines(("AGR-2026-0001/1", "600"), ("gift/ACME", "50"))
    response = officer_client.post("/receipts/new/parts/", sent, follow=True)
    assert response.redirect_chain == [("/receipts/RCT-2026-0001/", 302)]
    assert "Gift into the pool" in text(response)
    assert "RCT-2026-0001" in text(officer_client.get("/agreements/AGR-2026-0001/"))
    assert "RCT-2026-0001" in text(officer_client.get("/donors/ACME/"))


def test_parts_beyond_what_is_owed_ask_for_a_confirmation(
    agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    sent = DEPOSIT | lines(("AGR-2026-0001/1", "6001")) | {"amount": "6001"}
    response = officer_client.post("/receipts/new/parts/", sent)
    assert response.status_code == 422
    assert "USD 1.00 is beyond that. Lower the part, or confirm" in text(response)
    assert not Receipt.objects.exists()
    officer_client.post("/receipts/new/parts/", sent | {"accept_excess": "on"})
    assert "With an unapplied rest" in text(officer_client.get("/receipts/?state=unapplied"))
    assert Receipt.objects.count() == 1


def test_a_bank_account_that_does_not_exist_is_refused_in_the_form(bank: BankAccount, officer_client: Client) -> None:
    sent = DEPOSIT | lines(("gift/CAN", "5")) | {"bank_account": "NO\0"}
    assert officer_client.post("/receipts/new/parts/", sent).status_code == 422


@pytest.mark.parametrize("path", ["/receipts/new/deposit/", "/receipts/new/parts/", IDENTIFY, RETURN, UNDO])
def test_who_may_not_record_receipts_sees_no_form_and_forges_none(
    path: str, deposit: Receipt, auditor_client: Client, approver_client: Client, donor_client: Client
) -> None:
    before = entries().count()
    for client in (auditor_client, approver_client, donor_client):
        assert client.get(path).status_code == 403
        assert client.post(path, DEPOSIT | lines(("gift/CAN", "50"))).status_code == 403
    assert entries().count() == before


def test_what_is_unapplied_is_listed_with_the_next_step(overpaid: Receipt, officer_client: Client) -> None:
    page = text(officer_client.get("/unapplied/"))
    assert "AGR-2026-0001/2" in page
    assert APPLY in page
    assert '<option value="CITI-USD" selected>' in text(officer_client.get(APPLY))


def test_what_came_beyond_in_two_currencies_is_applied_in_each(
    cad_agreement: Agreement, bank: BankAccount, cad_bank: BankAccount, officer: User, officer_client: Client
) -> None:
    for holder, sent in ((cad_bank, cad("1100")), (bank, usd("5"))):
        facts = Facts(holder, date(2026, 3, 2), sent, f"B-{sent}")
        record_receipt(agreement=cad_agreement, facts=facts, accept_excess=True, by=officer)
    page = text(officer_client.get("/unapplied/"))
    for currency, amount, account in (("CAD", "100.00", "RBC-CAD"), ("USD", "5.00", "CITI-USD")):
        query = f"?of=AGR-2026-0001/1&amp;currency={currency}"
        assert page.count(query) == 2
        form = text(officer_client.get(f"/unapplied/new/{unescape(query)}"))
        assert (f'value="{amount}"' in form, f'<option value="{account}" selected>' in form) == (True, True)
        assert f'value="{amount}"' in text(officer_client.get(f"/refunds/new/{unescape(query)}"))


def test_a_fund_without_anything_unapplied_says_what_would_be_here(officer_client: Client) -> None:
    assert "Nothing is unapplied" in text(officer_client.get("/unapplied/"))


def test_it_is_applied_on_the_donors_word(overpaid: Receipt, officer_client: Client) -> None:
    assert 'value="100.00"' in text(officer_client.get(APPLY))
    page = text(officer_client.post(APPLY, WORD | {"bank_account": "CITI-USD"}, follow=True))
    assert "APL-2026-0001 is recorded." in page
    assert "Letter 7, 2026-03-08" in page
    assert "Reversed" in text(
        officer_client.post("/unapplied/APL-2026-0001/reverse/", {"on": "2026-03-10", "reason": "x"}, follow=True)
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "100.01"}, "USD 100.00 of what came beyond AGR-2026-0001/2 is unapplied"),
        ({"word": " "}, "This field is required"),
        ({"word_on": "2026-03-10"}, "is of 2026-03-09 or earlier"),
        ({"bank_account": ""}, "choose the USD account that it is in"),
        ({"place": "gift/ACME"}, "Select a valid choice"),
        ({"place": "AGR-2026-0001/2"}, "Select a valid choice"),
    ],
)
def test_a_refused_application_writes_nothing(
    changes: dict[str, str], said: str, overpaid: Receipt, acme: Donor, officer_client: Client
) -> None:
    response = officer_client.post(APPLY, WORD | {"bank_account": "CITI-USD"} | changes)
    assert response.status_code == 422
    assert said in text(response)
    assert not Application.objects.exists()


def test_where_nothing_is_unapplied_there_is_no_form(agreement: Agreement, officer_client: Client) -> None:
    assert officer_client.get(APPLY).status_code == 404


def test_an_auditor_reads_applications_and_forges_none(application: Application, auditor_client: Client) -> None:
    assert auditor_client.get("/unapplied/APL-2026-0001/").status_code == 200
    assert auditor_client.post(APPLY, WORD | {"bank_account": "CITI-USD"}).status_code == 403
    assert auditor_client.post("/unapplied/APL-2026-0001/reverse/", {"on": "2026-03-10"}).status_code == 403
