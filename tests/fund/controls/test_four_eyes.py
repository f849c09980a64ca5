"""Four eyes on everything that is decided: who prepared it approves it by no page, no command and no second role."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from fund.models import BankAccount, Decided, Disbursement, SecretariatPayment
from fund.operations.decisions import APPROVE, approve
from fund.operations.disbursements import approve_disbursement
from fund.operations.people import change_person
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.secretariat import prepare_payment
from tests.deeds import make_approvers
from tests.fund.controls.attempts import FUND, make_approver, nothing_written, run, send
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

WAITING = (
    *(
        "prepared_agreement",
        "prepared_amendment",
        "prepared_cancellation",
        "prepared_return",
        "prepared_allocation",
        "disbursement",
    ),
    *("prepared_reversal", "advance", "secretariat_payment", "write_off", "refund", "manual_entry", "details"),
)


@pytest.fixture
def secretariat_payment(
    disbursement: Disbursement, bank: BankAccount, officer: User, approver: User
) -> SecretariatPayment:
    """USD 84.00 that AGR-2026-0001 owes for its 700.00 of expenditure, prepared by the officer."""
    approve_disbursement(disbursement, by=approver)
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(12), "expenditure"), by=officer)
    run_recovery(month="2026-03", by=officer)
    lines = {FUND: usd("84")}
    return prepare_payment(bank_account=bank, paid_on=date(2026, 4, 1), lines=lines, by=officer)


@pytest.fixture(params=WAITING)
def waiting(request: pytest.FixtureRequest) -> Decided:
    """Something of each kind that another person decides on."""
    found: Decided = request.getfixturevalue(request.param)
    return found


def test_every_kind_that_is_decided_is_tried() -> None:
    assert len(WAITING) == len(APPROVE)


def test_who_prepared_it_decides_on_it_by_no_forged_form_and_no_command(
    waiting: Decided, officer: User, approver: User, sign_in: Callable[[User], Client]
) -> None:
    client, url = sign_in(make_approver(officer, approver)), waiting.get_absolute_url()
    said = f"You prepared {waiting}: another person decides on it."
    send(client, f"{url}approve/", said=said)
    send(client, f"{url}reject/", {"reason": "No"}, said=said)
    run("approve", waiting.number, said=said)
    run("reject", waiting.number, "--reason=No", said=said)


def test_who_has_no_right_is_refused_a_forged_approval(waiting: Decided, auditor: User, auditor_client: Client) -> None:
    with nothing_written(said="Your role does not allow this"):
        assert auditor_client.post(f"{waiting.get_absolute_url()}approve/").status_code == 403
    run("approve", waiting.number, by="auditor", said="An approver can do it.")


def test_what_is_decided_is_not_decided_again(waiting: Decided, approver: User, approver_client: Client) -> None:
    call_command("reject", waiting.number, "--reason=No", "--by=approver", stdout=io.StringIO())
    said = f"{waiting} is rejected already: a decision is made once, and a mistake corrected by another document."
    send(approver_client, f"{waiting.get_absolute_url()}approve/", said=said)
    run("approve", waiting.number, by="approver", said=said)


def test_a_payment_to_the_secretariat_takes_two_others_from_the_threshold_on(
    secretariat_payment: SecretariatPayment, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 84
    first, second = make_approvers()
    assert not approve(secretariat_payment, by=first)
    assert approve(secretariat_payment, by=second)


def test_one_person_counts_once_however_often_they_approve(
    disbursement: Disbursement, approver: User, approver_client: Client, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 700
    number = disbursement.number
    run("approve", number, number, by="approver", said=f"You approved {number} already")
    approver_client.post("/disbursements/DSB-2026-0001/approve/")
    send(approver_client, "/disbursements/DSB-2026-0001/approve/", said="it needs another person.")


def test_the_number_of_another_kind_is_approved_by_no_forged_address(
    disbursement: Disbursement, approver_client: Client
) -> None:
    for kind in ("allocations", "advances", "refunds", "write-offs", "manual-entries"):
        with nothing_written(said="", times=0):
            assert approver_client.post(f"/{kind}/DSB-2026-0001/approve/").status_code == 404


def test_who_approved_a_refund_pays_it_by_no_forged_form_and_no_command(
    agreed: Decided, sign_in: Callable[[User], Client]
) -> None:
    client, said = sign_in(change_person("approver", role="Finance officer")), "You approved RFD-2026-0001"
    send(client, "/refunds/RFD-2026-0001/pay/", {"bank_account": "CITI-USD", "paid_on": "2026-04-02"}, said=said)
    run("pay_refund", "RFD-2026-0001", "CITI-USD", "--on=2026-04-02", by="approver", said="another person pays it.")


def test_a_form_of_another_site_approves_nothing(disbursement: Disbursement, approver: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(approver, backend="allauth.account.auth_backends.AuthenticationBackend")
    with nothing_written(said="Open the page again and send it once more."):
        answer = client.post("/disbursements/DSB-2026-0001/approve/", {"retry_key": "1"})
    assert (answer.status_code, "Nothing was saved." in answer.content.decode()) == (403, True)


def test_a_form_of_another_site_that_nobody_is_signed_in_for_leaves_no_record() -> None:
    with nothing_written(said="", times=0):
        assert Client(enforce_csrf_checks=True).post("/disbursements/new/").status_code == 403
