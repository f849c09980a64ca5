"""Funds first, and the limit of an allocation: on the pages, by forged forms and by commands."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Advance, Allocation, BankAccount, Disbursement, Obligation, Payee, Project, Receipt
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.treasury import add_bank_account
from tests.deeds import allocate
from tests.fund.controls.attempts import FUND, lines, mistype, run, send
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

ROW = {"fund": FUND, "project": "CYB-01", "category": "Travel", "amount": "1"}
PAYMENT = {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-20"}
ADVANCE = {"partner": "UNODC", "bank_account": "CITI-USD", "paid_on": "2026-03-20"}
CONTRACT = {"project": "CYB-01", "payee": "Firm", "purpose": "Work", "category": "Travel"}
CONTRACT |= {"let_on": "2026-03-20", "ends_on": "2026-12-31"}
DECISION = {"project": "CYB-01", "decided_on": "2026-03-20"}
NO_CASH = "AGR-2026-0001 has USD 0.00 in EMPTY on 2026-03-20; USD 1.00 is more. It has USD 6,000.00 in CITI-USD."
LEFT = "CYB-01 has USD 5,000.00 of AGR-2026-0001 left on 2026-03-20"
ALLOCATE_MORE = "Allocate more to it, or charge another sub-fund."


@pytest.fixture
def empty(bank: BankAccount, officer: User) -> BankAccount:
    """Another bank account, without any money."""
    return add_bank_account(code="EMPTY", name="Second bank", currency="USD", by=officer)


def spend(project: Project, bank: BankAccount, amount: str, officer: User, approver: User) -> Disbursement:
    """A payment that came first."""
    line = Line(FUND, project, "Travel", usd(amount))
    facts: dict[str, Any] = {"payee": "First", "bank_account": bank, "paid_on": date(2026, 3, 20)}
    paid = prepare_disbursement(**facts, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    return paid


@pytest.mark.parametrize(
    ("url", "facts"), [("/disbursements/new/", PAYMENT), ("/advances/new/", ADVANCE)], ids=["payment", "advance"]
)
def test_a_page_spends_no_cash_that_the_bank_account_has_not(
    allocation: Allocation, empty: BankAccount, partner: Payee, officer_client: Client, url: str, facts: dict[str, str]
) -> None:
    send(officer_client, url, facts | lines(ROW) | {"bank_account": "EMPTY"}, said=NO_CASH)


def test_a_command_spends_no_cash_that_the_bank_account_has_not(
    allocation: Allocation, empty: BankAccount, partner: Payee
) -> None:
    run("prepare_advance", "UNODC", "EMPTY", f"{FUND}/CYB-01=1", "--on=2026-03-20", said=NO_CASH)
    run("record_bank_charge", "EMPTY", "2026-03-20", "1", "Fees", f"--fund={FUND}", said=NO_CASH)


@pytest.mark.parametrize("url", ["/allocations/new/", "/obligations/new/"])
@pytest.mark.parametrize("amount", ["-1", "0", "0.00"])
def test_a_forged_amount_that_is_not_positive_is_refused(
    allocation: Allocation, officer_client: Client, url: str, amount: str
) -> None:
    sent = CONTRACT | DECISION | lines({"fund": FUND, "amount": amount})
    send(officer_client, url, sent, said="The amount is more than zero.")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("9" * 30, "is too large: at most 12 digits before the point."),
        ("1e3", "is not an amount"),
        ("NaN", "is not an amount"),
        ("٩", "is not an amount"),
    ],
)
def test_a_forged_amount_that_is_none_is_refused(
    allocation: Allocation, officer_client: Client, amount: str, said: str
) -> None:
    sent = DECISION | lines({"fund": FUND, "amount": amount})
    mistype(officer_client, "/allocations/new/", sent, said=said)


@pytest.mark.parametrize("fund", ["GENERAL", "AGR-2026-0077", "pool"])
def test_a_forged_source_is_none_of_the_choices(allocation: Allocation, officer_client: Client, fund: str) -> None:
    for url, facts in (("/allocations/new/", DECISION), ("/disbursements/new/", PAYMENT), ("/advances/new/", ADVANCE)):
        sent = facts | lines(ROW | {"fund": fund})
        send(officer_client, url, sent, said=f"Select a valid choice. {fund} is not one of the available choices.")


@pytest.mark.parametrize("fund", ["GENERAL", "AGR-2026-0077"])
def test_a_command_names_no_source_that_is_none(allocation: Allocation, partner: Payee, fund: str) -> None:
    said = f"{fund} is not a sub-fund whose money can be used. Use POOL, or the number of an earmarked agreement"
    run("prepare_advance", "UNODC", "CITI-USD", f"{fund}/CYB-01=1", "--on=2026-03-20", said=said)


def test_a_swapped_source_pays_nothing_out_of_another_sub_fund(
    allocation: Allocation, partner: Payee, officer_client: Client
) -> None:
    said = "CYB-01 has USD 0.00 of POOL left on 2026-03-20; USD 1.00 is more. " + ALLOCATE_MORE
    send(officer_client, "/obligations/new/", CONTRACT | lines({"fund": "POOL", "amount": "1"}), said=said)
    sent = DECISION | lines({"fund": FUND, "amount": "1"}, {}, {"fund": "POOL", "amount": "1"})
    send(officer_client, "/allocations/new/", sent, said="Line 3: POOL has USD 0.00 to allocate on 2026-03-20")
    # Of an advance and a manual entry the cash is asked for first.
    said = "POOL has USD 0.00 in CITI-USD on 2026-03-20; USD 1.00 is more. It has no money"
    send(officer_client, "/advances/new/", ADVANCE | lines(ROW | {"fund": "POOL"}), said=said)


def test_lines_of_one_forged_form_exceed_the_allocation_together(
    allocation: Allocation, officer_client: Client
) -> None:
    rows = [ROW | {"amount": "2500"}, ROW | {"amount": "2500", "category": "Personnel"}, ROW | {"amount": "0.01"}]
    send(
        officer_client,
        "/disbursements/new/",
        PAYMENT | lines(*rows),
        said=f"Lines 1, 2, 3: {LEFT}; USD 5,000.01 is more.",
    )
    sent = PAYMENT | lines(ROW, ROW | {"DELETE": "on"}, {}, ROW | {"fund": "POOL"})
    send(officer_client, "/disbursements/new/", sent, said="Line 4: CYB-01 has USD 0.00 of POOL left")


def test_an_advance_names_a_sub_fund_once(allocation: Allocation, partner: Payee, officer_client: Client) -> None:
    said = "Name each sub-fund once for a project, with all that it takes of it."
    sent = ADVANCE | lines(ROW | {"amount": "3000"}, ROW | {"amount": "3000"})
    send(officer_client, "/advances/new/", sent, said=said)


def test_money_that_is_allocated_since_is_not_approved_again_by_a_command(
    prepared_allocation: Allocation, project: Project, officer: User, approver: User
) -> None:
    allocate(project=project, decided_on=date(2026, 3, 11), lines={FUND: usd("1001")}, by=officer)
    said = "ALC-2026-0001: AGR-2026-0001 has USD 4,999.00 to allocate on 2026-03-11; USD 5,000.00 is more."
    run("approve", "ALC-2026-0001", by="approver", said=said)


@pytest.mark.parametrize("kind", ["disbursement", "advance"])
def test_what_is_spent_since_is_not_approved_by_a_command_or_a_page(
    kind: str,
    request: pytest.FixtureRequest,
    bank: BankAccount,
    project: Project,
    officer: User,
    approver: User,
    approver_client: Client,
) -> None:
    waiting: Disbursement | Advance = request.getfixturevalue(kind)
    spend(project, bank, "4500", officer, approver)
    said = "CYB-01 has USD 500.00 of AGR-2026-0001 left on 2026-03-20"
    run("approve", waiting.number, by="approver", said=f"{waiting}: {said}")
    send(approver_client, f"/{kind}s/{waiting}/approve/", said=said)


@pytest.mark.parametrize("url", ["/allocations/return/", "/allocations/move/"])
def test_a_page_gives_back_or_moves_no_more_than_is_left(
    url: str, obligation: Obligation, officer: User, officer_client: Client
) -> None:
    add_project(code="CYB-02", facts=ProjectFacts("Second", [15], ["GTM"], date(2026, 1, 1)), by=officer)
    where = {"project": "CYB-01"} if url == "/allocations/return/" else {"source": "CYB-01", "project": "CYB-02"}
    said = "CYB-01 has USD 3,000.00 of AGR-2026-0001 left on 2026-03-20; USD 3,000.01 is more. What is spent is not"
    send(officer_client, url, DECISION | where | lines({"fund": FUND, "amount": "3000.01"}), said=said)
    # The page offers a project what it has; a forged one names a sub-fund that gave it nothing.
    said = "CYB-01 has USD 0.00 of POOL left on 2026-03-20; USD 1.00 is more. What is spent is not taken back;"
    send(officer_client, url, DECISION | where | lines({"fund": "POOL", "amount": "1"}), said=said)


def test_a_command_moves_no_more_than_is_left(allocation: Allocation, obligation: Obligation) -> None:
    said = "CYB-01 has USD 3,000.00 of AGR-2026-0001 left on 2026-03-20; USD 3,000.01 is more. What is spent is not"
    run("return_allocation", "CYB-01", f"{FUND}=3000.01", "--on=2026-03-20", said=said)


def test_a_manual_entry_is_no_way_around_the_allocation_or_the_cash(
    allocation: Allocation, bank: BankAccount, officer: User, approver: User
) -> None:
    spend(allocation.project, bank, "1", officer, approver)
    add_project(code="CYB-02", facts=ProjectFacts("Second", [15], ["GTM"], date(2026, 1, 1)), by=officer)
    facts = ("--on=2026-03-20", "--why=Slip")
    entry = (f"Expenses:Projects:CYB-02:Travel,{FUND},1", f"Expenses:Projects:CYB-01:Travel,{FUND},-1")
    said = "Line 1: CYB-02 has USD 0.00 of AGR-2026-0001 left on 2026-03-20; USD 1.00 is more. " + ALLOCATE_MORE
    run("prepare_manual_entry", *facts, *(f"--line={one}" for one in entry), said=said)
    entry = (f"Expenses:BankCharges,{FUND},1000.01", f"Assets:Bank:CITI-USD,{FUND},-1000.01")
    said = "AGR-2026-0001 has USD 1,000.00 to allocate on 2026-03-20; USD 1,000.01 is more. Money is allocated when"
    run("prepare_manual_entry", *facts, *(f"--line={one}" for one in entry), said=said)


def test_a_receipt_whose_money_is_allocated_is_not_taken_back(
    receipt: Receipt, project: Project, officer: User
) -> None:
    facts: dict[str, Any] = {"project": project, "decided_on": date(2026, 3, 10), "lines": {FUND: usd("6000")}}
    allocate(**facts, by=officer)
    run("reverse", "RCT-2026-0001", "--on=2026-03-12", "--reason=Slip", said="Money is allocated when it has been rec")
