"""The pages of reminders: who sees, records, prints and withdraws them, and where they are shown."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, BankAccount, Donor, Letter, Refusal
from fund.operations.letters import record_letter, withdraw_letter
from fund.operations.receipts import Facts, record_receipt
from tests.shorthand import usd

ASKED = {"donor": "CAN", "sent_on": "2026-06-15", "way": "mail", "language": "", "note": ""}


@pytest.fixture
def letter(agreement: Agreement, officer: User) -> Letter:
    """LTR-2026-0001 of 1 June by mail: USD 6,000.00, 92 days overdue."""
    return record_letter(donor=agreement.donor, sent_on=date(2026, 6, 1), way="mail", by=officer)


def test_ageing_leads_to_a_preview_that_is_recorded_as_it_is_shown(
    agreement: Agreement, officer_client: Client
) -> None:
    assert "/letters/new/?donor=CAN" in officer_client.get("/ageing/").content.decode()
    shown = officer_client.get("/letters/new/?donor=CAN").content.decode()
    assert "Record as sent" in shown
    answer = officer_client.post("/letters/new/", ASKED, follow=True)
    page = answer.content.decode()
    assert "LTR-2026-0001 is recorded. Send it now." in page
    for said in ("To Canada", "1 March 2026", "USD 6,000.00", "106"):
        assert said.replace("USD ", "USD\N{NO-BREAK SPACE}") in shown
        assert said.replace("USD ", "USD\N{NO-BREAK SPACE}") in page
    assert "mailto:?subject=Contributions%20due%3A%20reminder&amp;body=To%20Canada%0D%0A" in page


def test_the_preview_is_in_the_language_that_is_asked_for(agreement: Agreement, officer_client: Client) -> None:
    page = officer_client.get("/letters/new/?donor=CAN&sent_on=2026-06-15&way=mail&language=es").content.decode()
    assert 'lang="es"' in page
    assert "1 de marzo de 2026" in page


def test_a_second_reminder_says_so_before_it_is_recorded(letter: Letter, officer_client: Client) -> None:
    page = officer_client.get("/letters/new/?donor=CAN").content.decode()
    assert "Reminder number 2" in page
    assert "letter LTR-2026-0001" in page


def test_who_owes_nothing_overdue_is_not_reminded(
    agreement: Agreement, bank: BankAccount, acme: Donor, officer: User, officer_client: Client
) -> None:
    record_receipt(agreement=agreement, facts=Facts(bank, date(2026, 3, 1), usd("6000"), "B-1"), by=officer)
    for code in ("CAN", "ACME"):
        page = officer_client.get(f"/letters/new/?donor={code}")
        assert "was overdue on 2026-06-15" in page.content.decode()
        assert "Record as sent" not in page.content.decode()
        assert officer_client.post("/letters/new/", ASKED | {"donor": code}).status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sent_on": "2026-06-16"}, "has not come yet"),
        ({"sent_on": "2026-06-01"}, "LTR-2026-0001 of the same day stands"),
        ({"way": "pigeon"}, "Select a valid choice"),
        ({"language": "de"}, "Select a valid choice"),
        ({"donor": "NOBODY"}, "Select a valid choice"),
    ],
)
def test_a_forged_form_is_refused_with_all_that_was_typed(
    change: dict[str, str], why: str, letter: Letter, officer_client: Client
) -> None:
    answer = officer_client.post("/letters/new/", ASKED | {"note": "Kept"} | change)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert Letter.objects.count() == 1


def test_who_may_not_record_is_refused_and_the_attempt_kept(
    letter: Letter, auditor_client: Client, approver_client: Client, donor_client: Client
) -> None:
    for client in (auditor_client, approver_client, donor_client):
        assert client.post("/letters/new/", ASKED).status_code == 403
        assert client.post("/letters/LTR-2026-0001/withdraw/", {}).status_code == 403
    assert (Letter.objects.count(), Refusal.objects.count()) == (1, 6)
    assert auditor_client.get("/letters/LTR-2026-0001/").status_code == 200
    assert donor_client.get("/letters/LTR-2026-0001/").status_code == 403


def test_the_pdf_is_sent_again_as_it_was(letter: Letter, auditor_client: Client, donor_client: Client) -> None:
    answers = [auditor_client.get("/letters/LTR-2026-0001/pdf/") for _ in range(2)]
    assert answers[0]["Content-Type"] == "application/pdf"
    assert answers[0]["Content-Disposition"] == 'attachment; filename="LTR-2026-0001.pdf"'
    assert answers[0].content == answers[1].content
    assert donor_client.get("/letters/LTR-2026-0001/pdf/").status_code == 403
    assert auditor_client.get("/letters/LTR-2026-0002/pdf/").status_code == 404


@pytest.mark.parametrize("path", ["/letters/", "/donors/CAN/", "/agreements/AGR-2026-0001/"])
def test_letters_are_listed_where_one_looks_for_them(path: str, letter: Letter, auditor_client: Client) -> None:
    assert 'href="/letters/LTR-2026-0001/"' in auditor_client.get(path).content.decode()


def test_ageing_says_when_each_overdue_instalment_was_reminded_of(
    letter: Letter, officer: User, auditor_client: Client
) -> None:
    page = auditor_client.get("/ageing/").content.decode()
    assert 'href="/letters/LTR-2026-0001/">2026-06-01</a>' in page
    assert "/letters/new/" not in page
    withdraw_letter(letter, on=date(2026, 6, 15), reason="Never sent", by=officer)
    page = " ".join(auditor_client.get("/ageing/").content.decode().split())
    assert "/letters/LTR-2026-0001/" not in page
    assert 'Instalment 1: <span class="muted">not reminded</span>' in page


def test_a_letter_is_withdrawn_once(letter: Letter, officer_client: Client) -> None:
    sent = {"on": "2026-06-15", "reason": "Never sent"}
    page = officer_client.post("/letters/LTR-2026-0001/withdraw/", sent, follow=True).content.decode()
    assert "LTR-2026-0001 is withdrawn." in page
    again = officer_client.post("/letters/LTR-2026-0001/withdraw/", sent)
    assert "withdrawn already" in again.content.decode()
    early = officer_client.post("/letters/LTR-2026-0001/withdraw/", sent | {"on": "2026-05-01"})
    assert "Choose 2026-06-01 or later" in early.content.decode()


def test_a_donor_reads_the_own_letters_in_the_portal(letter: Letter, acme: Donor, donor_client: Client) -> None:
    assert "/donors/CAN/letters/LTR-2026-0001/" in donor_client.get("/statement/").content.decode()
    assert donor_client.get("/donors/CAN/letters/LTR-2026-0001/").content.startswith(b"%PDF")
    assert donor_client.get("/donors/ACME/letters/LTR-2026-0001/").status_code == 404


def test_an_empty_list_leads_to_the_ageing(officer_client: Client) -> None:
    assert "No reminders yet" in officer_client.get("/letters/").content.decode()


def test_a_donors_language_is_chosen_on_the_donors_form(canada: Donor, officer_client: Client) -> None:
    sent = {"name": "Canada", "donor_class": "state_party", "country": "CAN", "language": "fr"}
    officer_client.post("/donors/CAN/edit/", sent)
    canada.refresh_from_db()
    assert canada.language == "fr"


def test_the_audit_trail_leads_to_letters_and_to_who_has_no_number(letter: Letter, auditor_client: Client) -> None:
    content = auditor_client.get("/audit-trail/").content.decode()
    assert 'href="/letters/LTR-2026-0001/"' in content
    assert 'href="/donors/CAN/"' in content


def test_letters_name_who_recorded_them_as_other_documents_do(letter: Letter, auditor_client: Client) -> None:
    User.objects.filter(pk=letter.created_by_id).update(first_name="Olga", last_name="Reyes")
    for url in ("/letters/", "/letters/LTR-2026-0001/"):
        assert "Olga Reyes" in auditor_client.get(url).content.decode()
