"""The pages of payees: who is found, what is shown, who may not."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Advance, Disbursement, Obligation, Payee, Screening
from fund.operations.payees import add_payee


def test_a_payees_page_shows_payments_contracts_and_history(
    disbursement: Disbursement, obligation: Obligation, officer_client: Client
) -> None:
    wings = officer_client.get("/payees/WINGS/").content.decode()
    assert all(text in wings for text in ("DSB-2026-0001", "Not screened yet.", "None yet.", "Add payee"))
    firm = officer_client.get("/payees/SECURETRAIN-SA/").content.decode()
    assert all(text in firm for text in ("OBL-2026-0001", "Nothing is paid yet."))
    assert 'href="/payees/SECURETRAIN-SA/"' in officer_client.get("/obligations/OBL-2026-0001/").content.decode()


def test_a_partners_page_lists_the_advances_sent_to_it(
    sent: Advance, disbursement: Disbursement, officer_client: Client
) -> None:
    page = officer_client.get("/payees/UNODC/").content.decode()
    assert 'href="/advances/ADV-2026-0001/"' in page
    assert "ADV-2026-0001" not in officer_client.get("/payees/WINGS/").content.decode()


def test_the_list_is_searched_and_names_who_is_blocked(match: Screening, officer: User, officer_client: Client) -> None:
    add_payee(code="FIRM", name="Firm", by=officer)
    page = officer_client.get("/payees/").content.decode()
    assert all(text in page for text in ("Wings", "Blocked", "Not screened"))
    found = officer_client.get("/payees/?q=wing").context["page_obj"].object_list
    assert [payee.code for payee in found] == ["WINGS"]
    assert "No payee is like that" in officer_client.get("/payees/?q=nobody").content.decode()


def test_a_list_without_payees_says_what_to_do(officer_client: Client) -> None:
    page = officer_client.get("/payees/").content.decode()
    assert "No payees yet" in page
    assert 'href="/payees/new/"' in page


def test_a_list_takes_as_many_queries_whatever_it_shows(
    officer: User, officer_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    add_payee(name="First", by=officer)
    few = count_queries(officer_client, "/payees/")
    for number in range(20):
        add_payee(name=f"Firm {number}", by=officer)
    assert count_queries(officer_client, "/payees/") == few


def test_a_payee_is_added_and_changed_on_the_pages(officer_client: Client) -> None:
    added = officer_client.post("/payees/new/", {"name": "Ávila y Muñoz", "country": "GTM"})
    assert added["Location"] == "/payees/AVILA-Y-MUNOZ/"
    officer_client.post("/payees/AVILA-Y-MUNOZ/edit/", {"name": "Avila", "country": "PER"})
    assert Payee.objects.get(code="AVILA-Y-MUNOZ").name == "Avila"


def test_a_rename_that_documents_forbid_is_refused_beside_the_name(
    obligation: Obligation, officer_client: Client
) -> None:
    answer = officer_client.post("/payees/SECURETRAIN-SA/edit/", {"name": "Else", "country": ""})
    assert answer.status_code == 422
    assert "OBL-2026-0001 names SecureTrain SA: this name stays" in str(answer.context["form"].errors["name"])


def test_the_form_of_a_payment_offers_known_names_and_begins_with_the_payee(
    payee: Payee, officer_client: Client
) -> None:
    page = officer_client.get("/disbursements/new/?payee=WINGS").content.decode()
    assert '<option value="Wings"></option>' in page
    assert 'value="Wings"' in page
    assert "A name that is not known yet is added as a new one." in page


@pytest.mark.parametrize("url", ["/payees/", "/payees/WINGS/", "/payees/new/", "/payees/WINGS/edit/"])
def test_donors_see_no_payees(payee: Payee, donor_client: Client, url: str) -> None:
    assert donor_client.get(url).status_code == 403


@pytest.mark.parametrize("url", ["/payees/new/", "/payees/WINGS/edit/", "/payees/WINGS/screenings/new/"])
def test_an_auditor_reads_and_changes_nothing(payee: Payee, auditor_client: Client, url: str) -> None:
    assert auditor_client.get("/payees/WINGS/").status_code == 200
    assert auditor_client.post(url, {"name": "Else"}).status_code == 403


@pytest.mark.parametrize("url", ["/payees/NOBODY/", "/payees/NOBODY/screenings/new/", "/bank-details/BNK-2026-9/"])
def test_what_is_not_there_is_not_found(officer_client: Client, url: str) -> None:
    assert officer_client.get(url).status_code == 404
