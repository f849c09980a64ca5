"""What was refused is recorded: who, when, where, and the answer."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from fund.errors import ValueInvalid
from fund.models import Allocation, Disbursement, Refusal
from fund.operations.refusals import record_refusal
from fund.roles import NAMES, PERMISSIONS, say_who_may
from ledger.errors import BooksBusy
from ledger.queries import entries
from tests.fund.controls.attempts import lines
from tests.fund.controls.test_money import DECISION

pytestmark = pytest.mark.django_db


def refusals() -> list[tuple[Any, ...]]:
    return list(Refusal.objects.order_by("pk").values_list("user__username", "place", "subject", "message"))


def test_a_refused_approval_is_recorded_with_its_document(
    disbursement: Disbursement, approver_client: Client, approver: User
) -> None:
    Disbursement.objects.update(created_by=approver)
    place = "/disbursements/DSB-2026-0001/approve/"
    assert approver_client.post(place).status_code == 422
    message = "You prepared DSB-2026-0001: another person decides on it."
    assert refusals() == [("approver", place, "DSB-2026-0001", message)]


def test_a_forged_request_is_recorded_and_does_nothing(disbursement: Disbursement, auditor_client: Client) -> None:
    before = entries().count()
    answer = auditor_client.post("/disbursements/DSB-2026-0001/approve/")
    said = "Your role does not allow this (approve documents). An approver can do it."
    assert (answer.status_code, said in answer.content.decode()) == (403, True)
    assert [(who, subject, message) for who, _, subject, message in refusals()] == [("auditor", "DSB-2026-0001", said)]
    assert entries().count() == before


def test_what_a_role_does_not_allow_is_said_in_words() -> None:
    assert say_who_may("add_bankreconciliation") == (
        "Your role does not allow this (record a bank reconciliation). A finance officer can do it."
    )
    assert say_who_may("view_agreement").endswith(" A finance officer, an approver or an auditor can do it.")
    for permission in {name for allowed in PERMISSIONS.values() for name in allowed} - {"close_period", "add_approval"}:
        thing = permission.partition("_")[2]
        assert thing in NAMES or apps.get_model("fund", thing)._meta.verbose_name == thing


def test_a_refused_form_is_recorded(fund_year: int, officer_client: Client) -> None:
    sent = {"code": "CAN", "name": "Canada", "donor_class": "state_party", "country": "CAN"}
    assert officer_client.post("/donors/new/", sent).status_code == 302
    assert officer_client.post("/donors/new/", sent).status_code == 422
    ((who, place, subject, message),) = refusals()
    assert (who, place, subject) == ("officer", "/donors/new/", "")
    assert "CAN" in message


def test_a_choice_that_a_page_does_not_offer_is_recorded_and_a_slip_is_not(
    allocation: Allocation, officer_client: Client
) -> None:
    sent = DECISION | lines({"fund": "POOL", "amount": "1e3"}, {}, {"fund": "GENERAL", "amount": "1"})
    assert officer_client.post("/allocations/new/", sent).status_code == 422
    said = "Line 3, Sub-fund: Select a valid choice. GENERAL is not one of the available choices."
    assert refusals() == [("officer", "/allocations/new/", "", said)]


@pytest.mark.parametrize("forged", [{"fund": "GENERAL"}, {"category": "Gifts"}, {"project": "CYB-99"}])
def test_a_forged_choice_is_recorded_whichever_button_sends_it(
    allocation: Allocation, officer_client: Client, forged: dict[str, str]
) -> None:
    ((name, value),) = forged.items()
    row = {"fund": "", "project": "CYB-01", "category": "Travel", "amount": "1"} | forged
    sent = {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-20"} | lines(row)
    for button in ({}, {"propose": "1"}):
        assert officer_client.post("/disbursements/new/", sent | button).status_code == 422
    said = f"Select a valid choice. {value} is not one of the available choices."
    assert [said in message for *_, message in refusals()] == [True, True], name


@pytest.mark.parametrize("who", ["auditor", "officer"])
def test_a_refused_command_is_recorded(who: str, auditor: User, officer: User) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("open_year", 3000, by=who)
    assert refusals() == [(who, "open_year", "", str(refused.value))]


def test_a_wait_for_others_is_no_refusal(officer: User) -> None:
    record_refusal(BooksBusy("Others had the books."), place="/donors/new/", by=officer)
    assert refusals() == []


def test_what_no_database_takes_is_recorded_without_it(officer: User) -> None:
    record_refusal(ValueInvalid("“\x00\ud800” is none." + "x" * 500), place="/\x00/", by=officer)
    ((_, place, _, message),) = refusals()
    assert place == "/\N{REPLACEMENT CHARACTER}/"
    assert len(message) == 400


def test_refusals_are_listed_and_narrowed(
    disbursement: Disbursement, auditor_client: Client, officer_client: Client
) -> None:
    officer_client.post("/disbursements/DSB-2026-0001/approve/")
    page = auditor_client.get("/audit-trail/refusals/?q=dsb-2026&user=officer").content.decode()
    assert 'href="/disbursements/DSB-2026-0001/"' in page
    assert "An approver can do it." in page
    page = auditor_client.get("/audit-trail/refusals/?q=nothing").content.decode()
    assert "No refusal is like that" in page


def test_donors_do_not_see_refusals(donor_client: Client) -> None:
    assert donor_client.get("/audit-trail/refusals/").status_code == 403
