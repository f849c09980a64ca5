"""The two closures of a project: what each stops, what it waits for, how it is taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from fund.checks import run_checks
from fund.errors import NotPermitted, ProjectClosed, ProjectUnfinished, StateUnfit, ValueInvalid
from fund.models import (
    Agreement,
    Allocation,
    AuditRecord,
    BankAccount,
    Disbursement,
    Donor,
    InKind,
    Obligation,
    Project,
)
from fund.operations.approvals import reject
from fund.operations.budgets import Planned, set_budget
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.obligations import cancel_obligation, record_obligation
from fund.operations.project_closures import close_accounts, close_operations, reopen_project
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.reversals import reverse_run
from ledger.queries import entries
from tests.deeds import allocate, reallocate, return_allocation, reverse
from tests.shorthand import usd

FUND = "AGR-2026-0001"
DAY = date(2026, 4, 1)
END = date(2026, 5, 1)


def let(project: Project, by: User, on: date) -> Obligation:
    return record_obligation(
        project=project,
        payee="Firm",
        purpose="Work",
        category="Contractual",
        let_on=on,
        ends_on=on,
        lines={FUND: usd("1")},
        by=by,
    )


def prepare(project: Project, bank: BankAccount, by: User, amount: str = "1") -> Disbursement:
    line = Line(FUND, project, "Travel", usd(amount))
    return prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[line], by=by)


@pytest.fixture
def returned(allocation: Allocation, bank: BankAccount, officer: User, approver: User) -> Project:
    """CYB-01: 1,000.00 paid, 4,000.00 returned, its operations closed on 1 May."""
    project = allocation.project
    approve_disbursement(prepare(project, bank, officer, "1000"), by=approver)
    return_allocation(project=project, decided_on=END, lines={FUND: usd("4000")}, by=officer)
    close_operations(project, on=END, by=officer)
    return project


@pytest.fixture
def closed(returned: Project, officer: User) -> Project:
    """The same with its accounts closed, and INK-2026-0001 for it."""
    record_in_kind(gift=Gift(Donor.objects.get(), returned, DAY, usd("1"), "Laptop", "Price"), by=officer)
    close_accounts(returned, on=END, by=officer)
    return returned


def test_after_its_operations_closed_no_contract_is_let(
    obligation: Obligation, project: Project, bank: BankAccount, officer: User, approver: User
) -> None:
    close_operations(project, on=DAY, by=officer)
    with pytest.raises(ProjectClosed, match=r"CYB-01 closed its operations on 2026-04-01.* Reopen the project"):
        let(project, officer, date(2026, 4, 2))
    let(project, officer, DAY)
    approve_disbursement(prepare(project, bank, officer), by=approver)
    cancel_obligation(obligation, on=DAY, reason="Over", by=officer)
    assert run_checks(lambda _: None) == []


def test_operations_do_not_close_before_a_contract_that_was_let(
    obligation: Obligation, project: Project, officer: User
) -> None:
    with pytest.raises(ProjectUnfinished, match="OBL-2026-0001 was let on 2026-03-15: choose that day or later"):
        close_operations(project, on=date(2026, 3, 14), by=officer)
    with pytest.raises(ValueInvalid, match="Choose 2026-01-01 or later"):
        close_operations(project, on=date(2025, 12, 31), by=officer)


def test_accounts_do_not_close_while_anything_is_open_and_it_says_what_to_do(
    obligation: Obligation, project: Project, bank: BankAccount, officer: User, approver: User
) -> None:
    waiting = prepare(project, bank, officer)
    with pytest.raises(StateUnfit, match="close its operations first"):
        close_accounts(project, on=END, by=officer)
    close_operations(project, on=END, by=officer)
    for message in (
        r"OBL-2026-0001 has USD 2,000\.00 open: pay it or cancel it\.",
        r"DSB-2026-0001 awaits approval: approve or reject it\.",
        r"USD 3,000\.00 of AGR-2026-0001 is left: return it or move it to another project\.",
    ):
        with pytest.raises(ProjectUnfinished, match=message):
            close_accounts(project, on=END, by=officer)
    cancel_obligation(obligation, on=END, reason="Over", by=officer)
    reject(waiting, reason="Over", by=approver)
    return_allocation(project=project, decided_on=END, lines={FUND: usd("5000")}, by=officer)
    close_accounts(project, on=END, by=officer)
    assert run_checks(lambda _: None) == []


def test_accounts_do_not_close_before_indirect_cost_is_charged(returned: Project, officer: User) -> None:
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(7), "expenditure"), by=officer)
    message = r"USD 70\.00 of indirect cost of AGR-2026-0001 is not charged yet: run indirect cost first, and allocate"
    with pytest.raises(ProjectUnfinished, match=rf"^{message} USD 70\.00 for it\.$"):
        close_accounts(returned, on=END, by=officer)
    allocate(project=returned, decided_on=DAY, lines={FUND: usd("70")}, by=officer)
    run_recovery(month="2026-04", by=officer)
    close_accounts(returned, on=END, by=officer)
    assert run_checks(lambda _: None) == []


def test_indirect_cost_goes_on_without_a_project_whose_accounts_closed(
    returned: Project, bank: BankAccount, officer: User
) -> None:
    """7 per cent of the 6,000.00 received, all of it borne by CYB-01; of the 100.00 that come then, by the other."""
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(7), "receipt"), by=officer)
    allocate(project=returned, decided_on=DAY, lines={FUND: usd("420")}, by=officer)
    run_recovery(month="2026-04", by=officer)
    close_accounts(returned, on=END, by=officer)
    other = add_project(code="BOR", facts=ProjectFacts("Borders", [1], [], date(2026, 1, 1)), by=officer)
    allocate(project=other, decided_on=END, lines={FUND: usd("50")}, by=officer)
    record_receipt(agreement=Agreement.objects.get(), facts=Facts(bank, END, usd("100"), "B-2"), by=officer)
    [line] = run_recovery(month="2026-05", by=officer).lines.all()
    assert (line.project, line.amount.amount) == (other, 7)


def test_accounts_do_not_close_on_a_day_when_something_was_left(returned: Project, officer: User) -> None:
    reopen_project(returned, reason="The day was wrong", by=officer)
    close_operations(returned, on=DAY, by=officer)
    with pytest.raises(ProjectUnfinished, match="AGR-2026-0001 was not settled yet on 2026-04-30: choose a later"):
        close_accounts(returned, on=date(2026, 4, 30), by=officer)
    with pytest.raises(ValueInvalid, match="Choose 2026-04-01 or later"):
        close_accounts(returned, on=date(2026, 3, 30), by=officer)


def test_after_its_accounts_closed_no_money_moves(closed: Project, bank: BankAccount, officer: User) -> None:
    other = add_project(code="BOR", facts=ProjectFacts("Borders", [1], [], date(2026, 1, 1)), by=officer)
    lines = {FUND: usd("1")}
    allocate(project=other, decided_on=END, lines=lines, by=officer)
    paid, given = Disbursement.objects.get(), Allocation.objects.get(number="ALC-2026-0001")
    acts: list[Any] = [
        lambda: allocate(project=closed, decided_on=DAY, lines=lines, by=officer),
        lambda: reallocate(source=other, project=closed, decided_on=END, lines=lines, by=officer),
        lambda: reallocate(source=closed, project=other, decided_on=END, lines=lines, by=officer),
        lambda: return_allocation(project=closed, decided_on=END, lines=lines, by=officer),
        lambda: prepare(closed, bank, officer),
        lambda: reverse(paid, on=END, reason="Back", by=officer),
        lambda: reverse(given, on=END, reason="Back", by=officer),
        lambda: record_in_kind(gift=Gift(Donor.objects.get(), closed, DAY, usd("1"), "Laptop", "Price"), by=officer),
        lambda: reverse_run(InKind.objects.get(), on=END, reason="Back", by=officer),
        lambda: set_budget(closed, decided_on=END, lines=[Planned("O", 2026, "Travel", usd("1"))], by=officer),
    ]
    before = entries().count()
    for act in acts:
        with pytest.raises(ProjectClosed, match=r"CYB-01 closed its accounts on 2026-05-01.* Reopen the project first"):
            act()
    assert entries().count() == before


def test_a_payment_that_waited_is_not_approved_after_the_closure(
    closed: Project, bank: BankAccount, officer: User, approver: User
) -> None:
    Project.objects.update(accounts_closed_on=None)
    reopen_project(closed, reason="One more", by=officer)
    allocate(project=closed, decided_on=END, lines={FUND: usd("1")}, by=officer)
    line = Line(FUND, closed, "Travel", usd("1"))
    waiting = prepare_disbursement(payee="X", bank_account=bank, paid_on=END, lines=[line], by=officer)
    Project.objects.update(operations_closed_on=END, accounts_closed_on=END)
    with pytest.raises(ProjectClosed):
        approve_disbursement(waiting, by=approver)


def test_a_stale_project_is_read_again_under_the_lock(closed: Project, officer: User) -> None:
    stale = Project.objects.get(code="CYB-01")
    stale.accounts_closed_on = None
    with pytest.raises(ProjectClosed):
        allocate(project=stale, decided_on=END, lines={FUND: usd("1")}, by=officer)


def test_closures_are_taken_back_one_by_one(closed: Project, officer: User) -> None:
    for days in ((END, None), (None, None)):
        reopen_project(closed, reason="A late invoice", by=officer)
        closed.refresh_from_db()
        assert (closed.operations_closed_on, closed.accounts_closed_on) == days
        assert run_checks(lambda _: None) == []
    with pytest.raises(StateUnfit, match="CYB-01 is open"):
        reopen_project(closed, reason="Again", by=officer)
    assert AuditRecord.objects.filter(act="reopen project", detail="A late invoice").count() == 2


def test_what_is_closed_is_not_closed_again(closed: Project, officer: User) -> None:
    with pytest.raises(StateUnfit, match="closed its operations on 2026-05-01 already"):
        close_operations(closed, on=END, by=officer)
    with pytest.raises(StateUnfit, match="closed its accounts on 2026-05-01 already"):
        close_accounts(closed, on=END, by=officer)


def test_only_officers_close_and_reopen(project: Project, auditor: User) -> None:
    acts: list[Any] = [
        lambda: close_operations(project, on=END, by=auditor),
        lambda: close_accounts(project, on=END, by=auditor),
        lambda: reopen_project(project, reason="No", by=auditor),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()


def test_accounts_never_close_before_operations(project: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(accounts_closed_on=END)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"accounts_closed_on": None}, "CYB-01: the day its accounts closed is not that of the audit records."),
        ({"operations_closed_on": DAY}, "CYB-01: the day its operations closed is not that of the audit records."),
    ],
)
def test_a_day_that_was_tampered_with_is_found(closed: Project, values: dict[str, Any], problem: str) -> None:
    Project.objects.update(**values)
    assert run_checks(lambda _: None) == [problem]


def test_money_left_at_a_closed_project_is_found(obligation: Obligation) -> None:
    Project.objects.update(operations_closed_on=date(2026, 3, 14), accounts_closed_on=DAY)
    assert run_checks(lambda _: None)[:2] == [
        "CYB-01 closed its accounts and has USD 5,000.00 of AGR-2026-0001 left, obligated or advanced.",
        "OBL-2026-0001 was let on 2026-03-15, after CYB-01 closed its operations on 2026-03-14.",
    ]


def test_the_page_leads_to_the_next_step(
    obligation: Obligation, disbursement: Disbursement, officer_client: Client
) -> None:
    assert "Close its operations…" in officer_client.get("/projects/CYB-01/").content.decode()
    answer = officer_client.post("/projects/CYB-01/close-operations/", {"on": "2026-05-01"}, follow=True)
    page = answer.content.decode()
    for text in ("OBL-2026-0001 has USD 2,000.00 open", "DSB-2026-0001 awaits approval", "Return what is left…"):
        assert text in page
    for absent in ("Close its accounts…", "Record an obligation"):
        assert absent not in page
    refused = officer_client.post("/projects/CYB-01/close-accounts/", {"on": "2026-05-01"})
    assert (refused.status_code, Project.objects.get().accounts_closed_on) == (422, None)
    assert "pay it or cancel it" in refused.content.decode()


def test_the_page_of_a_closed_project_offers_only_to_reopen_it(closed: Project, officer_client: Client) -> None:
    page = officer_client.get("/projects/CYB-01/").content.decode()
    for text in ("Accounts closed", "2026-05-01", "Reopen…", "It is closed"):
        assert text in page
    for absent in ("/allocations/new/?project", "/disbursements/new/?project", "/budgets/new/"):
        assert absent not in page
    done = officer_client.post("/projects/CYB-01/reopen/", {"reason": "A late invoice"}, follow=True)
    assert "A late invoice" in done.content.decode()


def test_others_cannot_close(project: Project, auditor_client: Client, donor_client: Client) -> None:
    for client in (auditor_client, donor_client):
        for path in ("close-operations", "close-accounts", "reopen", "budgets/new"):
            url = f"/projects/CYB-01/{path}/"
            assert client.get(url).status_code == client.post(url, {}).status_code == 403
    assert "Close its" not in auditor_client.get("/projects/CYB-01/").content.decode()
