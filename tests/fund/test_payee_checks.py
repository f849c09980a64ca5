"""What check_ledger finds of payees, bank details and screenings that were changed past the operations."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from fund import triggers
from fund.models import (
    Advance,
    AuditRecord,
    BankAccount,
    BankDetails,
    Decided,
    Disbursement,
    Donor,
    Obligation,
    Payee,
    Refund,
    Screening,
)
from fund.operations import limits
from fund.operations.bank_details import approve_bank_details
from fund.operations.decisions import approve
from fund.operations.disbursements import approve_disbursement
from fund.operations.refunds import pay_refund
from fund.operations.screenings import clear_match, record_screening
from tests.deeds import reverse
from tests.shorthand import check


@pytest.fixture
def paid(disbursement: Disbursement, officer: User, approver: User) -> Payee:
    """Wings, with a match before the payment was approved that was cleared before it, too."""
    payee = disbursement.payee
    record_screening(payee, screened_on=date(2026, 6, 1), list_name="L", result="possible", note="Name", by=officer)
    clear_match(payee, on=date(2026, 6, 2), reason="Another country", by=approver)
    approve_disbursement(disbursement, by=approver)
    return payee


def test_sound_payees_have_no_problem(details: BankDetails, approver: User, obligation: Obligation) -> None:
    approve_bank_details(details, by=approver)
    assert check() == []


def test_a_contract_of_another_name_is_found(obligation: Obligation) -> None:
    Payee.objects.update(name="Else")
    assert check() == [
        "SECURETRAIN-SA has another name than the audit record says.",
        "OBL-2026-0001 names Else, its entry JE-2026-000004 SecureTrain SA.",
    ]


@pytest.mark.parametrize(
    "changed",
    [{"account": "DE89370400440532013000"}, {"holder": "Else"}, {"valid_from": date(2026, 2, 1)}, {"currency": "EUR"}],
)
def test_a_changed_account_is_found(details: BankDetails, approver: User, changed: dict[str, object]) -> None:
    approve_bank_details(details, by=approver)
    BankDetails.objects.update(**changed)
    found = {line.partition(":")[0] for line in check()}
    assert found >= {
        "BNK-2026-0001 is not what its audit record of “prepare bank details” says",
        "BNK-2026-0001 is not what its audit record of “approve bank details” says",
    }


def test_details_that_nobody_approved_are_found(details: BankDetails, approver: User) -> None:
    BankDetails.objects.update(state="approved", decided_by=approver)
    found = check()
    assert "BNK-2026-0001 has no audit record of “approve bank details”." in found
    assert "BNK-2026-0001 was decided by somebody who did not approve it." in found


def test_details_that_are_gone_are_found(details: BankDetails) -> None:
    BankDetails.objects.all().delete()
    assert "BNK-2026-0001 is missing." in check()


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (lambda: Screening.objects.all().delete(), ["is there"]),
        (lambda: Screening.objects.update(result="no_match"), ["has", "is there"]),
        (lambda: AuditRecord.objects.filter(act="screen payee").delete(), ["has"]),
    ],
)
def test_a_changed_screening_is_found(match: Screening, change: Callable[[], object], problems: list[str]) -> None:
    triggers.remove(connection)
    change()
    triggers.install(connection)
    found = check()
    assert sorted(line.rstrip(".").rsplit(" such result ")[-1].rsplit("record ")[-1] for line in found) == problems


def test_a_missing_trigger_on_screenings_is_found(db: None) -> None:
    triggers.SCREENINGS.remove(connection)
    try:
        assert any("lacks the trigger fund_screening_" in line for line in check())
    finally:
        triggers.SCREENINGS.install(connection)


def test_a_payment_approved_while_its_payee_was_blocked_is_named(paid: Payee) -> None:
    assert check() == []
    first, clearing = Screening.objects.order_by("pk")
    Disbursement.objects.update(decided_at=first.created_at)
    assert check() == ["DSB-2026-0001 was approved while Wings had an uncleared match on “L” of 2026-06-01."]
    Disbursement.objects.update(decided_at=datetime(2026, 6, 14, tzinfo=UTC))
    assert "DSB-2026-0001 has 2026-06-14 00:00 as the minute of “approve disbursement”" in "".join(check())
    assert clearing.created_at > first.created_at


def test_an_advance_approved_while_its_partner_was_blocked_is_named(sent: Advance, officer: User) -> None:
    facts: dict[str, Any] = {"list_name": "L", "result": "possible", "note": "Name"}
    record_screening(sent.partner, screened_on=date(2026, 6, 1), by=officer, **facts)
    assert check() == []
    Advance.objects.update(decided_at=Screening.objects.get().created_at)
    assert check() == [f"ADV-2026-0001 was approved while {sent.partner} had an uncleared match on “L” of 2026-06-01."]


def test_a_refund_approved_while_its_donor_was_blocked_is_named(agreed: Refund, officer: User) -> None:
    facts: dict[str, Any] = {"list_name": "L", "result": "possible", "note": "Name"}
    record_screening(agreed.agreement.donor, screened_on=date(2026, 6, 1), by=officer, **facts)
    assert check() == []
    Refund.objects.update(decided_at=Screening.objects.get().created_at)
    assert check() == ["RFD-2026-0001 was approved while Canada had an uncleared match on “L” of 2026-06-01."]


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Software that pays whom it must not."""
    monkeypatch.setattr(limits, "check_payee", lambda *_, **__: None)


def block(recipient: Payee | Donor, by: User) -> None:
    record_screening(recipient, screened_on=date(2026, 6, 1), list_name="L", result="possible", note="Name", by=by)


def test_a_refund_paid_while_its_donor_was_blocked_is_named(
    unchecked: None, agreed: Refund, bank: BankAccount, officer: User, approver: User
) -> None:
    donor = agreed.agreement.donor
    block(donor, officer)
    pay_refund(agreed, bank_account=bank, paid_on=date(2026, 4, 1), by=officer)
    clear_match(donor, on=date(2026, 6, 2), reason="Another country", by=approver)
    assert check() == ["RFD-2026-0001 was paid while Canada had an uncleared match on “L” of 2026-06-01."]


@pytest.mark.parametrize(("fixture", "path"), [("disbursement", "payee"), ("advance", "partner")])
def test_a_payment_made_while_blocked_is_named_whatever_it_says_of_its_approval(
    unchecked: None, fixture: str, path: str, officer: User, approver: User, request: pytest.FixtureRequest
) -> None:
    document: Decided = request.getfixturevalue(fixture)
    block(getattr(document, path), officer)
    approve(document, by=approver)
    assert [line.partition(" while ")[0] for line in check()] == [f"{document} was approved", f"{document} was paid"]
    type(document)._default_manager.update(decided_at=datetime(2026, 6, 14, tzinfo=UTC))
    assert [line.partition(" while ")[0] for line in check()][1:] == [f"{document} was paid"]


def test_what_came_back_while_blocked_is_no_payment(paid: Payee, officer: User) -> None:
    block(paid, officer)
    reverse(Disbursement.objects.get(), on=date(2026, 6, 1), reason="Came back", by=officer)
    assert check() == []
