"""A donor whose bank details were approved gets another name: nothing is refunded until they are approved anew."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from fund.checks import run_checks
from fund.errors import StateUnfit
from fund.models import BankAccount, BankDetails, Donor, Refund
from fund.operations.approvals import reject
from fund.operations.bank_details import Account, approve_bank_details, prepare_bank_details
from fund.operations.donors import change_donor
from fund.operations.refunds import pay_refund

ACCOUNT = Account("Receiver General", "000-123456789", "A bank", "CAN", "USD")
APRIL = date(2026, 4, 1)
PAY = "/refunds/RFD-2026-0001/pay/"


def rename(donor: Donor, name: str, by: User) -> Donor:
    return change_donor(donor, name=name, donor_class=donor.donor_class, country=donor.country, by=by)


def ask(donor: Donor, by: User) -> BankDetails:
    return prepare_bank_details(donor, facts=ACCOUNT, valid_from=date(2026, 3, 1), by=by)


@pytest.fixture
def renamed(canada: Donor, officer: User, approver: User) -> Donor:
    """Canada, whose account was approved, is called Elsewhere."""
    approve_bank_details(ask(canada, officer), by=approver)
    return rename(canada, "Elsewhere", officer)


def test_a_refund_is_paid_once_the_same_account_is_approved_for_the_new_name(
    agreed: Refund, renamed: Donor, bank: BankAccount, officer: User, approver: User
) -> None:
    facts: dict[str, Any] = {"bank_account": bank, "paid_on": APRIL, "by": officer}
    with pytest.raises(StateUnfit, match="BNK-2026-0001 was approved for Canada, whose name is Elsewhere now"):
        pay_refund(agreed, **facts)
    again = ask(renamed, officer)
    with pytest.raises(StateUnfit, match="nothing is paid until"):
        pay_refund(agreed, **facts)
    approve_bank_details(again, by=approver)
    pay_refund(agreed, **facts)
    assert (Refund.objects.get().paid_on, run_checks(lambda _: None)) == (APRIL, [])


def test_a_payment_dated_before_the_account_held_is_refused_too(
    agreed: Refund, canada: Donor, bank: BankAccount, officer: User, approver: User
) -> None:
    late = prepare_bank_details(canada, facts=ACCOUNT, valid_from=date(2026, 5, 1), by=officer)
    approve_bank_details(late, by=approver)
    rename(canada, "Elsewhere", officer)
    with pytest.raises(StateUnfit, match="approved for Canada"):
        pay_refund(agreed, bank_account=bank, paid_on=APRIL, by=officer)


def test_what_was_prepared_for_the_earlier_name_is_not_approved(canada: Donor, officer: User, approver: User) -> None:
    details = ask(canada, officer)
    rename(canada, "Elsewhere", officer)
    with pytest.raises(StateUnfit, match="was prepared for Canada, whose name is Elsewhere now: reject it"):
        approve_bank_details(details, by=approver)
    reject(details, reason="Another name", by=approver)
    assert approve_bank_details(ask(canada, officer), by=approver)


def test_the_earlier_name_and_other_changes_ask_for_nothing(
    agreed: Refund, renamed: Donor, bank: BankAccount, officer: User
) -> None:
    back = rename(renamed, "Canada", officer)
    change_donor(back, name="Canada", donor_class="other_state", country="CAN", by=officer)
    pay_refund(agreed, bank_account=bank, paid_on=APRIL, by=officer)
    with pytest.raises(StateUnfit, match="nothing would change"):
        ask(back, officer)


def test_the_pages_say_for_whom_the_account_was_approved(
    agreed: Refund, renamed: Donor, officer_client: Client
) -> None:
    said = "approved for Canada, whose name is Elsewhere now"
    for url in ("/donors/CAN/", "/refunds/RFD-2026-0001/"):
        assert said in officer_client.get(url).content.decode()
    assert "prepared for Canada, whose name is" in officer_client.get("/bank-details/BNK-2026-0001/").content.decode()
    assert "After another name" in officer_client.get("/donors/CAN/edit/").content.decode()


def test_a_forged_payment_and_the_command_are_refused(agreed: Refund, renamed: Donor, officer_client: Client) -> None:
    answer = officer_client.post(PAY, {"bank_account": "CITI-USD", "paid_on": "2026-04-02"})
    assert (answer.status_code, "approved for Canada" in answer.content.decode()) == (422, True)
    with pytest.raises(CommandError, match="approved for Canada"):
        call_command("pay_refund", "RFD-2026-0001", "CITI-USD", "--on", "2026-04-02", "--by", "officer")
    assert Refund.objects.get().paid_on is None
