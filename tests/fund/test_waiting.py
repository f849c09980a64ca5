"""Agreements and allocations that wait for approval: nothing rests on them, and nothing offers them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.errors import StateUnfit
from fund.models import Agreement, Allocation, BankAccount, Donor, Project, Receipt
from fund.operations.agreements import Due, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term, prepare_amendment
from fund.operations.applications import Word, apply_unapplied
from fund.operations.approvals import reject
from fund.operations.bank_charges import record_bank_charge
from fund.operations.deposits import Part, record_parts
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.milestones import plan_milestone
from fund.operations.obligations import record_obligation
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, set_recovery_terms
from fund.queries.ageing import find_ageing
from fund.queries.overview import find_owing
from fund.queries.statements import make_statement
from ledger.queries import entries
from tests.deeds import cancel_agreement, reverse
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

DAY, TODAY = date(2026, 3, 20), date(2026, 6, 15)


def acts_that_rest_on(agreement: Agreement, bank: BankAccount, project: Project, by: User) -> dict[str, Any]:
    """Everything that would rest on an agreement."""
    fund, facts = agreement.number, Facts(bank, DAY, usd("5"), "B-7")
    first = agreement.instalments.get()
    lines = {fund: usd("5")}
    return {
        "receipt": lambda: record_receipt(agreement=agreement, facts=facts, by=by),
        "part": lambda: record_parts(facts=facts, parts=[Part(agreement.donor, usd("5"), first)], by=by),
        "amendment": lambda: prepare_amendment(agreement, amended_on=DAY, note="x", terms=[Term(DAY, usd("5"))], by=by),
        "milestone": lambda: plan_milestone(agreement, title="x", due_on=DAY, amount=usd("5"), by=by),
        "terms": lambda: set_recovery_terms(fund=fund, terms=Terms(DAY, Decimal(7), "expenditure"), by=by),
        "allocation": lambda: prepare_allocation(project=project, decided_on=DAY, lines=lines, by=by),
        "charge": lambda: record_bank_charge(
            bank_account=bank, charged_on=DAY, amount=usd("5"), description="x", fund=fund, by=by
        ),
        "obligation": lambda: record_obligation(
            project=project, payee="x", purpose="x", category="Travel", let_on=DAY, ends_on=DAY, lines=lines, by=by
        ),
        "payment": lambda: prepare_disbursement(
            payee="x", bank_account=bank, paid_on=DAY, lines=[Line(fund, project, "Travel", usd("5"))], by=by
        ),
    }


@pytest.mark.parametrize("state", ["waits", "rejected"])
def test_nothing_rests_on_an_agreement_that_waits_or_was_rejected(
    state: str, prepared_agreement: Agreement, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    if state == "rejected":
        reject(prepared_agreement, reason="No", by=approver)
    message = "awaits approval: nothing rests on it" if state == "waits" else "was rejected: nothing rests on it"
    for act in acts_that_rest_on(prepared_agreement, bank, project, officer).values():
        with pytest.raises(StateUnfit, match=message):
            act()
    with pytest.raises(StateUnfit, match=r"reject it instead|nothing to reverse"):
        cancel_agreement(prepared_agreement, on=DAY, reason="No", by=officer)
    assert entries().count() == 0


def test_unapplied_money_does_not_go_to_an_agreement_that_waits(
    overpaid: Receipt, agreement: Agreement, canada: Donor, officer: User
) -> None:
    dues = [Due(DAY, usd("40"))]
    other = prepare_agreement(donor=canada, signed_on=DAY, amount=usd("40"), instalments=dues, by=officer)
    facts: dict[str, Any] = {"source": agreement.instalments.get(position=2), "word": Word("L", DAY), "by": officer}
    with pytest.raises(StateUnfit, match="AGR-2026-0002 awaits approval"):
        apply_unapplied(amount=usd("40"), on=DAY, instalment=other.instalments.get(), **facts)


def test_an_allocation_that_waits_is_rejected_and_not_reversed(
    prepared_allocation: Allocation, officer: User, approver: User
) -> None:
    with pytest.raises(StateUnfit, match="reject it instead"):
        reverse(prepared_allocation, on=DAY, reason="No", by=officer)
    reject(prepared_allocation, reason="No", by=approver)
    with pytest.raises(StateUnfit, match="nothing to reverse"):
        reverse(prepared_allocation, on=DAY, reason="No", by=officer)


def test_an_agreement_that_waits_is_owed_nowhere_and_shown_as_waiting(
    prepared_agreement: Agreement, canada: Donor, officer_client: Client
) -> None:
    assert (find_owing(today=TODAY, most=5).count, find_ageing(as_of=TODAY)) == (0, [])
    assert make_statement(canada, as_of=TODAY).agreements == ()
    for path in ("/agreements/", "/agreements/?state=prepared", "/donors/CAN/"):
        page = officer_client.get(path).content.decode()
        assert "AGR-2026-0001" in page
        assert "Awaiting approval" in page
    for state in ("overdue", "open", "settled", "cancelled", "rejected"):
        assert "No agreement is like that" in officer_client.get(f"/agreements/?state={state}").content.decode()


def test_what_waits_is_offered_nowhere(
    prepared_agreement: Agreement, bank: BankAccount, project: Project, officer_client: Client
) -> None:
    paths = ("/allocations/new/", "/disbursements/new/", "/obligations/new/", "/receipts/new/", "/receipts/new/parts/")
    for path in (*paths, "/sub-funds/"):
        assert "AGR-2026-0001" not in officer_client.get(path).content.decode()
    page = officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    for text in ("Record a receipt", "Cancel the agreement", ">Amend<", "/sub-funds/AGR-2026-0001/", "Set the terms"):
        assert text not in page


def test_a_forged_receipt_of_what_waits_says_what_comes_first(
    prepared_agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    sent = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-9", "amount": "50"}
    for answer in (
        officer_client.get("/receipts/new/?agreement=AGR-2026-0001"),
        officer_client.post("/receipts/new/?agreement=AGR-2026-0001", sent),
    ):
        assert (answer.status_code, "awaits approval: receipts of it" in answer.content.decode()) == (404, True)
    assert not Receipt.objects.exists()
