"""Two people press at the same moment to get past a control together: real threads, on either engine."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.checks import run_checks
from fund.errors import (
    AllocationExceeded,
    FundsFirst,
    OutsideEarmark,
    PayeeBlocked,
    ReceiptTooLarge,
    ReceiptTwice,
    StateUnfit,
    ValueInvalid,
)
from fund.models import (
    Advance,
    Agreement,
    Allocation,
    Approval,
    BankAccount,
    Cancellation,
    Disbursement,
    Donor,
    Payee,
    Project,
    Receipt,
    Refund,
    Refusal,
    Screening,
)
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import approve_advance
from fund.operations.amendments import approve_amendment, prepare_amendment
from fund.operations.approvals import delegate
from fund.operations.cancellations import approve_cancellation
from fund.operations.decided_reversals import approve_reversal, prepare_reversal
from fund.operations.deposits import record_deposit
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.obligations import record_obligation
from fund.operations.people import add_person
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.refunds import pay_refund
from fund.operations.reversals import reverse_receipt
from fund.operations.screenings import clear_match, record_screening
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account
from imports.errors import FileRefused
from imports.operations.batches import Years
from imports.operations.receipts import ReceiptOptions, import_receipts
from imports.parsers.contributions import parse_receipts
from ledger.errors import Refused
from ledger.queries import Scope, entries, get_total
from tests.deeds import allocate, make_approvers
from tests.fund.advances import prepare
from tests.fund.controls.attempts import FUND, make_approver
from tests.fund.presses import only_one, press_at_once
from tests.shorthand import usd

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 20)
Act = Callable[[], Any]


def press_each(*acts: Act) -> list[Refused]:
    """Each act in a thread of its own, all at once; what was refused."""
    left = list(acts)
    return [refusal for refusal in press_at_once(lambda: left.pop()(), times=len(acts)) if refusal]


def is_sound() -> bool:
    return run_checks(lambda _: None) == []


def pay(project: Project, bank: BankAccount, amount: str, by: User) -> Disbursement:
    """A payment that waits."""
    line = Line(FUND, project, "Travel", usd(amount))
    return prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[line], by=by)


def block(recipient: Payee | Donor, by: User) -> Screening:
    facts: dict[str, Any] = {"screened_on": date(2026, 6, 1), "list_name": "L", "result": "possible", "note": "Name"}
    return record_screening(recipient, **facts, by=by)


def test_a_payment_and_an_advance_do_not_take_the_same_cash(
    allocation: Allocation, bank: BankAccount, partner: Payee, officer: User, approver: User
) -> None:
    second = add_bank_account(code="BANK-2", name="Second", currency="USD", by=officer)
    facts = TransferFacts(bank, second, date(2026, 3, 12), usd("1000"), usd("1000"), fund=FUND)
    record_transfer(facts=facts, by=officer)
    payment = pay(allocation.project, second, "800", officer)
    advance = prepare(partner, second, allocation.project, officer, usd("800"))
    [refused] = press_each(
        lambda: approve_disbursement(payment, by=approver), lambda: approve_advance(advance, by=approver)
    )
    assert isinstance(refused, FundsFirst)
    assert "has USD 200.00 in BANK-2" in refused.message
    assert get_total(Scope(accounts=("Assets:Bank:BANK-2",))).functional == 200_00
    assert is_sound()


def test_a_payment_a_contract_and_an_advance_do_not_take_the_same_allocation(
    allocation: Allocation, bank: BankAccount, partner: Payee, officer: User, approver: User
) -> None:
    project = allocation.project
    payment, advance = pay(project, bank, "3000", officer), prepare(partner, bank, project, officer, usd("3000"))
    contract: dict[str, Any] = {"payee": "Firm", "purpose": "Work", "category": "Travel", "let_on": DAY}
    contract |= {"ends_on": DAY, "lines": {FUND: usd("3000")}, "by": officer}
    refused = press_each(
        lambda: approve_disbursement(payment, by=approver),
        lambda: approve_advance(advance, by=approver),
        lambda: record_obligation(project=project, **contract),
    )
    assert [type(one) for one in refused] == [AllocationExceeded] * 2
    assert all("has USD 2,000.00 of AGR-2026-0001 left" in one.message for one in refused)
    assert is_sound()


def test_an_agreement_is_cancelled_or_paid_and_never_both(
    prepared_cancellation: Cancellation, agreement: Agreement, bank: BankAccount, officer: User, approver: User
) -> None:
    facts = Facts(bank, DAY, usd("5"), "B-1")
    [refused] = press_each(
        lambda: approve_cancellation(prepared_cancellation, by=approver),
        lambda: record_receipt(agreement=agreement, facts=facts, by=officer),
    )
    agreement.refresh_from_db()
    assert isinstance(refused, ValueInvalid if agreement.cancelled_on else StateUnfit)
    assert Receipt.objects.exists() == (not agreement.cancelled_on)
    assert is_sound()


def test_an_allocation_is_taken_back_or_spent_and_never_both(
    allocation: Allocation, bank: BankAccount, officer: User, approver: User
) -> None:
    reversal = prepare_reversal(allocation, on=DAY, reason="Another project", by=officer)
    payment = pay(allocation.project, bank, "100", officer)
    [refused] = press_each(
        lambda: approve_reversal(reversal, by=approver), lambda: approve_disbursement(payment, by=approver)
    )
    allocation.refresh_from_db()
    assert isinstance(refused, AllocationExceeded if allocation.reversed_on else StateUnfit)
    assert Disbursement.objects.filter(state="paid").exists() == (not allocation.reversed_on)
    assert is_sound()


def test_money_is_taken_back_or_allocated_and_never_both(receipt: Receipt, project: Project, officer: User) -> None:
    make_approvers()
    facts: dict[str, Any] = {"project": project, "decided_on": DAY, "lines": {FUND: usd("1")}, "by": officer}
    [refused] = press_each(
        lambda: reverse_receipt(receipt, on=DAY, reason="Taken back by the bank", by=officer),
        lambda: allocate(**facts),
    )
    assert isinstance(refused, FundsFirst)
    assert bool(Receipt.objects.get().reversed_on) != Allocation.objects.filter(state="approved").exists()
    assert is_sound()


def test_money_is_spent_or_its_last_day_moved_before_that(
    disbursement: Disbursement, agreement: Agreement, officer: User, approver: User
) -> None:
    facts: dict[str, Any] = {"amended_on": date(2026, 3, 15), "note": "Shorter", "terms": []}
    shorter = prepare_amendment(agreement, **facts, ends_on=date(2026, 3, 19), by=officer)
    [refused] = press_each(
        lambda: approve_disbursement(disbursement, by=approver), lambda: approve_amendment(shorter, by=approver)
    )
    agreement.refresh_from_db()
    # Whoever comes first: what is spent later than the last day is never both.
    assert isinstance(refused, OutsideEarmark if agreement.ends_on else ValueInvalid)
    assert entries().filter(kind="disbursement").exists() == (not agreement.ends_on)


def test_an_advance_is_approved_or_its_partner_blocked_first(advance: Advance, officer: User, approver: User) -> None:
    refused = press_each(lambda: block(advance.partner, officer), lambda: approve_advance(advance, by=approver))
    assert all(isinstance(one, PayeeBlocked) for one in refused)
    assert entries().filter(kind="advance").count() == 1 - len(refused)
    assert is_sound()


def test_a_refund_is_paid_or_its_donor_blocked_first(agreed: Refund, bank: BankAccount, officer: User) -> None:
    facts: dict[str, Any] = {"bank_account": bank, "paid_on": date(2026, 4, 3), "by": officer}
    refused = press_each(lambda: block(agreed.agreement.donor, officer), lambda: pay_refund(agreed, **facts))
    assert all(isinstance(one, PayeeBlocked) for one in refused)
    assert entries().filter(kind="refund").count() == 2 - len(refused)


def test_a_match_is_cleared_once(match: Screening, payee: Payee, approver: User) -> None:
    on = date(2026, 6, 2)
    only_one(press_at_once(lambda: clear_match(payee, on=on, reason="Another", by=approver)), StateUnfit)
    assert Screening.objects.count() == 2


def test_who_prepared_it_gains_nothing_by_pressing_with_the_approver(
    disbursement: Disbursement, officer: User, approver: User, sign_in: Callable[[User], Client]
) -> None:
    people = [make_approver(officer, approver), approver]
    clients, codes = [sign_in(one) for one in people * 2], []
    url = "/disbursements/DSB-2026-0001/approve/"
    press_at_once(lambda: codes.append(clients.pop().post(url).status_code))
    assert sorted(codes) == [302, 422, 422, 422]
    disbursement.refresh_from_db()
    assert disbursement.decided_by == approver
    assert Refusal.objects.filter(user=officer, message__contains="another person decides on it").count() == 2
    assert entries().filter(kind="disbursement").count() == 1


def test_an_approver_and_their_deputy_count_once_at_the_same_moment(
    disbursement: Disbursement, approver: User, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 700
    deputy = add_person("deputy", role="Finance officer")[0]
    leave: dict[str, Any] = {"since": date(2026, 6, 15), "until": date(2026, 6, 30), "reason": "Leave"}
    delegate(receiver=deputy, **leave, by=approver)
    people = [approver, deputy] * 2
    only_one(press_at_once(lambda: approve_disbursement(disbursement, by=people.pop())), StateUnfit)
    assert Approval.objects.filter(document="DSB-2026-0001").count() == 1
    assert not entries().filter(kind="disbursement").exists()


def test_two_receipts_do_not_settle_one_instalment(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    references = [f"B-{number}" for number in range(4)]

    def receive() -> None:
        facts = Facts(bank, DAY, usd("10000"), references.pop())
        record_receipt(agreement=agreement, facts=facts, by=officer, accept_twin=True)

    only_one(press_at_once(receive), ReceiptTooLarge)
    assert get_total(Scope(accounts=("Assets:Receivable:",))).functional == 0
    assert get_total(Scope(accounts=("Liabilities:",))).functional == 0


def test_one_bank_line_under_four_names_is_recorded_once(
    sent: Advance, agreement: Agreement, canada: Donor, bank: BankAccount, officer: User
) -> None:
    facts, before = Facts(bank, DAY, usd("50"), "LINE-7"), Receipt.objects.count()
    back, lines = Back(bank, DAY, "line-7"), {"ADV-2026-0001/1": usd("50")}
    refused = press_each(
        lambda: record_receipt(agreement=agreement, facts=facts, by=officer),
        lambda: record_gift(donor=canada, facts=facts, by=officer),
        lambda: record_deposit(facts=facts, by=officer),
        lambda: record_return(sent, back=back, lines=lines, by=officer),
    )
    assert [type(one) for one in refused] == [ReceiptTwice] * 3
    assert all("it is the same money" in one.message for one in refused)
    assert Receipt.objects.count() - before + sent.returns.count() == 1


def test_an_import_and_an_officer_do_not_both_record_the_same_money(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    text = f"reference,date,agreement,currency,amount\nCITI/77,2026-03-20,{FUND},USD,50"
    options = ReceiptOptions(Years(latest=2026), bank)
    [refused] = press_each(
        lambda: import_receipts(parse_receipts(text.encode()), by=officer, options=options),
        lambda: record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("50"), "D-1"), by=officer),
    )
    assert isinstance(refused, FileRefused | ReceiptTwice)
    assert Receipt.objects.count() == 1
