"""What was spent and moved on since does not come back to where it is no longer: the reversal would allocate alone."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import AllocationExceeded
from fund.models import AdvanceReport, BankAccount, Disbursement, ManualEntry, Project
from fund.operations.disbursements import Line as Paid
from fund.operations.disbursements import approve_disbursement, prepare_disbursement
from fund.operations.manual_entries import Line, approve_manual_entry, prepare_manual_entry
from fund.operations.projects import ProjectFacts, add_project
from tests.deeds import allocate, reverse
from tests.fund.advances import accept
from tests.shorthand import usd

DAY, LATER, FUND = date(2026, 4, 1), date(2026, 5, 4), "AGR-2026-0001"


@pytest.fixture
def other(receipt: object, officer: User) -> Project:
    """CYB-02, with the USD 1,000.00 that CYB-01 has not."""
    facts = ProjectFacts("Forensics", [15], ["GTM"], date(2026, 1, 1))
    made = add_project(code="CYB-02", facts=facts, by=officer)
    allocate(project=made, decided_on=date(2026, 3, 10), lines={FUND: usd("1000")}, by=officer)
    return made


def move(officer: User, approver: User, *charges: tuple[Project, str, str], on: date = DAY) -> ManualEntry:
    """Moves expense: by project, category and amount, debit positive."""
    lines = []
    for project, category, text in charges:
        amount = usd(text)
        account = f"Expenses:Projects:{project.code}:{category}"
        lines.append(Line(account, FUND, amount, amount.minor, project))
    entry = prepare_manual_entry(dated_on=on, grounds="Another project's", lines=lines, by=officer)
    assert approve_manual_entry(entry, by=approver)
    return entry


def test_a_payment_whose_expense_was_moved_on_is_not_reversed(
    disbursement: Disbursement, other: Project, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    project = Project.objects.get(code="CYB-01")
    moved = move(officer, approver, (project, "Travel", "-700"), (other, "Travel", "700"))
    with pytest.raises(AllocationExceeded, match=r"CYB-01 spent USD 0\.00 of AGR-2026-0001"):
        reverse(disbursement, on=LATER, reason="It came back", by=officer)
    reverse(moved, on=LATER, reason="A slip", by=officer)
    reverse(disbursement, on=LATER, reason="It came back", by=officer)
    assert run_checks(lambda *_: None) == []


def test_a_report_whose_expense_was_moved_on_is_not_reversed(
    report: AdvanceReport, other: Project, officer: User, approver: User
) -> None:
    accept(report, approver, usd("450"))
    project = Project.objects.get(code="CYB-01")
    move(officer, approver, (project, "Travel", "-450"), (other, "Travel", "450"), on=date(2026, 4, 20))
    with pytest.raises(AllocationExceeded, match=r"CYB-01 spent USD 0\.00 of AGR-2026-0001"):
        reverse(report, on=LATER, reason="Withdrawn", by=officer)


def test_expense_that_was_moved_twice_comes_back_in_the_order_in_which_it_went(
    disbursement: Disbursement, other: Project, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    project = Project.objects.get(code="CYB-01")
    first = move(officer, approver, (project, "Travel", "-700"), (other, "Travel", "700"))
    move(officer, approver, (other, "Travel", "-700"), (project, "Personnel", "700"))
    with pytest.raises(AllocationExceeded, match=r"CYB-02 spent USD 0\.00"):
        reverse(first, on=LATER, reason="A slip", by=officer)


def test_the_categories_of_an_entry_come_back_together_within_the_allocation(
    disbursement: Disbursement, other: Project, bank: BankAccount, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    project = Project.objects.get(code="CYB-01")
    move(officer, approver, (project, "Travel", "-350"), (project, "Personnel", "350"))
    moved = move(
        officer, approver, (project, "Travel", "-350"), (project, "Personnel", "-350"), (other, "Travel", "700")
    )
    # Of CYB-01's 5,000.00 only 400.00 are left: enough for each category by itself, and not for both.
    line = Paid(FUND, project, "Travel", usd("4600"))
    paid = prepare_disbursement(payee="Wings", bank_account=bank, paid_on=DAY, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    with pytest.raises(AllocationExceeded, match=r"CYB-01 has USD 400\.00 of AGR-2026-0001 left"):
        reverse(moved, on=LATER, reason="A slip", by=officer)
