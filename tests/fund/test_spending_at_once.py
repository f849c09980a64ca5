"""Two people press at the same moment on what is allocated, spent and advanced: real threads, on either engine."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    AdvanceExceeded,
    AllocationExceeded,
    FundsFirst,
    NothingToPost,
    ObligationUnfit,
    PayeeBlocked,
    ProjectClosed,
    ProjectUnfinished,
    RunTwice,
    StateUnfit,
)
from fund.models import (
    Advance,
    AdvanceReport,
    Agreement,
    Allocation,
    BankAccount,
    BankDetails,
    Disbursement,
    Obligation,
    Payee,
    Project,
    Receipt,
    State,
)
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import approve_advance
from fund.operations.bank_details import Account, approve_bank_details, prepare_bank_details
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.interest import record_interest
from fund.operations.obligations import cancel_obligation, record_obligation
from fund.operations.project_closures import close_accounts, close_operations
from fund.operations.recoveries import run_recovery
from fund.operations.revaluations import run_revaluation
from fund.operations.screenings import record_screening
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.queries.recoveries import due_to_secretariat
from ledger.money import parse_amount
from ledger.queries import Scope, entries, get_total
from tests.deeds import allocate, return_allocation, reverse
from tests.fund.advances import accept, prepare
from tests.fund.presses import only_one, press_at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)


def test_the_last_money_is_allocated_once(receipt: Receipt, project: Project, officer: User) -> None:
    lines = {"AGR-2026-0001": parse_amount("6000", "USD")}
    outcomes = press_at_once(lambda: allocate(project=project, decided_on=DAY, lines=lines, by=officer))
    only_one(outcomes, FundsFirst)
    assert Allocation.objects.filter(state=State.APPROVED).count() == 1


def test_a_disbursement_approved_at_once_is_paid_once(
    receipt: Receipt, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    amount = parse_amount("6000", "USD")
    allocate(project=project, decided_on=DAY, lines={"AGR-2026-0001": amount}, by=officer)
    line = Line("AGR-2026-0001", project, "Travel", amount)
    prepared = prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[line], by=officer)
    only_one(press_at_once(lambda: approve_disbursement(prepared, by=approver)), StateUnfit)
    assert Disbursement.objects.get().state == "paid"
    assert entries().filter(kind="disbursement").count() == 1


def test_what_is_left_is_obligated_once(allocation: Allocation, officer: User) -> None:
    facts: dict[str, Any] = {"payee": "Firm", "purpose": "Work", "category": "Travel"}
    facts |= {"let_on": date(2026, 4, 1), "ends_on": date(2026, 4, 2)}
    facts |= {"lines": {"AGR-2026-0001": parse_amount("3000", "USD")}, "by": officer}
    only_one(press_at_once(lambda: record_obligation(project=allocation.project, **facts)), AllocationExceeded)
    assert Obligation.objects.count() == entries().filter(kind="obligation").count() == 1


def test_a_contract_is_cancelled_once(obligation: Obligation, officer: User) -> None:
    cancel = {"on": date(2026, 4, 1), "reason": "Over", "by": officer}
    only_one(press_at_once(lambda: cancel_obligation(obligation, **cancel)), ObligationUnfit)  # type: ignore[arg-type]
    assert get_total(Scope(accounts=("Equity:Memorandum:Obligated:CYB-01",))).functional == 0


def test_two_payments_approved_at_once_release_a_contract_once(
    obligation: Obligation, bank: BankAccount, officer: User, approver: User
) -> None:
    amount = parse_amount("2000", "USD")
    lines = [Line("AGR-2026-0001", obligation.project, "Contractual", amount, obligation)]
    facts: dict[str, Any] = {"payee": "X", "bank_account": bank, "paid_on": date(2026, 4, 1), "by": officer}
    waiting = [prepare_disbursement(lines=lines, **facts) for _ in range(4)]
    only_one(press_at_once(lambda: approve_disbursement(waiting.pop(), by=approver)), ObligationUnfit)
    assert get_total(Scope(accounts=("Equity:Memorandum:Obligated:CYB-01",))).functional == 0


def test_a_project_closes_or_gets_money_and_never_both(receipt: Receipt, project: Project, officer: User) -> None:
    close_operations(project, on=DAY, by=officer)
    acts: list[Callable[[], Any]] = [
        lambda: close_accounts(project, on=DAY, by=officer),
        lambda: allocate(
            project=project, decided_on=DAY, lines={"AGR-2026-0001": parse_amount("1", "USD")}, by=officer
        ),
    ]
    [refused] = [outcome for outcome in press_at_once(lambda: acts.pop()(), times=2) if outcome]
    assert isinstance(refused, ProjectClosed | ProjectUnfinished)
    assert bool(Project.objects.get().accounts_closed_on) != Allocation.objects.filter(state=State.APPROVED).exists()


def test_what_is_left_is_returned_once(allocation: Allocation, officer: User) -> None:
    lines = {"AGR-2026-0001": parse_amount("5000", "USD")}
    give_back: dict[str, Any] = {"decided_on": date(2026, 4, 1), "lines": lines, "by": officer}
    outcomes = press_at_once(lambda: return_allocation(project=allocation.project, **give_back))
    only_one(outcomes, AllocationExceeded)
    assert Allocation.objects.filter(state=State.APPROVED).count() == 2


def test_indirect_cost_is_charged_once(spent_by_terms: None, officer: User) -> None:
    only_one(press_at_once(lambda: run_recovery(month="2026-03", by=officer)), NothingToPost)
    assert due_to_secretariat() == {"AGR-2026-0001": 8400}


def test_what_is_owed_to_the_secretariat_is_paid_once(
    spent_by_terms: None, bank: BankAccount, officer: User, approver: User
) -> None:
    run_recovery(month="2026-03", by=officer)
    lines = {"AGR-2026-0001": parse_amount("84", "USD")}
    waiting = [prepare_payment(bank_account=bank, paid_on=date(2026, 4, 1), lines=lines, by=officer) for _ in range(4)]
    only_one(press_at_once(lambda: approve_payment(waiting.pop(), by=approver)), FundsFirst)
    assert due_to_secretariat() == {}


def test_a_month_is_revalued_once_and_its_interest_recorded_once(
    cad_agreement: Agreement, receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    only_one(press_at_once(lambda: run_revaluation(month="2026-03", by=officer)), NothingToPost)
    amount = parse_amount("10", "USD")
    outcomes = press_at_once(lambda: record_interest(bank_account=bank, month="2026-03", amount=amount, by=officer))
    only_one(outcomes, RunTwice)
    assert entries().filter(kind__in=("interest", "revaluation")).count() == 2


def test_a_payment_is_approved_or_its_payee_blocked_first(
    allocation: Allocation, bank: BankAccount, officer: User, approver: User
) -> None:
    line = Line("AGR-2026-0001", allocation.project, "Travel", parse_amount("1", "USD"))
    prepared = prepare_disbursement(payee="X", bank_account=bank, paid_on=date(2026, 4, 1), lines=[line], by=officer)
    facts: dict[str, Any] = {"screened_on": DAY, "list_name": "L", "result": "possible", "note": "Name", "by": officer}
    acts: list[Callable[[], Any]] = [
        lambda: record_screening(prepared.payee, **facts),
        lambda: approve_disbursement(prepared, by=approver),
    ]
    outcomes = [outcome for outcome in press_at_once(lambda: acts.pop()(), times=2) if outcome]
    assert all(isinstance(outcome, PayeeBlocked) for outcome in outcomes)
    assert entries().filter(kind="disbursement").count() == 1 - len(outcomes)
    assert run_checks(lambda _: None) == []


def test_a_change_of_bank_details_is_asked_for_and_approved_once(
    fund_year: int, payee: Payee, officer: User, approver: User
) -> None:
    facts = Account("Wings", "GB82WEST12345698765432", "West", "GBR", "USD")
    only_one(press_at_once(lambda: prepare_bank_details(payee, facts=facts, valid_from=DAY, by=officer)), StateUnfit)
    details = BankDetails.objects.get()
    only_one(press_at_once(lambda: approve_bank_details(details, by=approver)), StateUnfit)
    assert run_checks(lambda _: None) == []


def test_a_new_name_paid_at_once_is_one_payee(allocation: Allocation, bank: BankAccount, officer: User) -> None:
    line = Line("AGR-2026-0001", allocation.project, "Travel", parse_amount("1", "USD"))
    facts: dict[str, Any] = {"bank_account": bank, "paid_on": date(2026, 4, 1), "lines": [line], "by": officer}
    assert press_at_once(lambda: prepare_disbursement(payee="New", **facts)) == [None] * 4
    assert Payee.objects.get().disbursements.count() == 4


def test_an_advance_is_approved_once(advance: Advance, approver: User) -> None:
    only_one(press_at_once(lambda: approve_advance(advance, by=approver)), StateUnfit)
    assert entries().filter(kind="advance").count() == 1


def test_two_advances_at_once_do_not_take_more_than_is_left(
    advance: Advance, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    others = [prepare(advance.partner, bank, project, officer, parse_amount("3000", "USD")) for _ in range(2)]
    outcomes = press_at_once(lambda: approve_advance(others.pop(), by=approver), times=2)
    only_one(outcomes, AllocationExceeded)
    assert get_total(Scope(accounts=("Assets:Advances:",))).functional == 300000


def test_a_report_is_accepted_once(report: AdvanceReport, approver: User) -> None:
    whole = parse_amount("600", "USD")
    only_one(press_at_once(lambda: accept(report, approver, whole)), StateUnfit)
    assert get_total(Scope(accounts=("Assets:Advances:",))).functional == 40000


def test_what_is_returned_is_not_accepted_or_reversed_at_the_same_moment(
    report: AdvanceReport, bank: BankAccount, officer: User, approver: User
) -> None:
    back, whole = Back(bank, date(2026, 4, 10), "BACK-1"), parse_amount("600", "USD")
    acts: list[Callable[[], Any]] = [
        lambda: accept(report, approver, whole),
        lambda: record_return(report.advance, back=back, lines={"ADV-2026-0001/1": whole}, by=officer),
        lambda: reverse(report.advance, on=date(2026, 4, 10), reason="Came back", by=officer),
    ]
    outcomes = press_at_once(lambda: acts.pop()(), times=3)
    # Whoever comes first settles 600.00 of 1,000.00: the other is refused, and so is the reversal.
    assert {type(outcome) for outcome in outcomes if outcome} == {AdvanceExceeded, StateUnfit}
    assert get_total(Scope(accounts=("Assets:Advances:",))).functional == 40000
