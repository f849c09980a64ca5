"""Two people press at the same moment: real threads, real connections, on either engine."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.errors import (
    FundsFirst,
    LetterUnfit,
    MilestoneTooLarge,
    ReceiptTwice,
    RunTwice,
    StateUnfit,
    UnappliedExceeded,
)
from fund.models import (
    Agreement,
    Allocation,
    Amendment,
    Application,
    BankAccount,
    BankReconciliation,
    Decided,
    DepositReturn,
    Donor,
    Letter,
    Milestone,
    Placement,
    Pledge,
    Project,
    Receipt,
    State,
)
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term
from fund.operations.applications import Word, apply_unapplied
from fund.operations.approvals import reject
from fund.operations.decisions import approve
from fund.operations.deposit_returns import approve_deposit_return, prepare_deposit_return
from fund.operations.deposits import Part, identify_deposit
from fund.operations.letters import record_letter, withdraw_letter
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.pledges import lapse_pledge
from fund.operations.receipts import Facts, record_receipt
from fund.operations.reconciliations import BankStatement, record_reconciliation, withdraw_reconciliation
from fund.policy import DEFERRED
from ledger.money import Amount, parse_amount
from ledger.queries import Scope, entries, get_total
from tests.deeds import amend_agreement, make_approvers
from tests.fund.presses import only_one, press_at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)


def test_the_same_bank_line_posted_at_once_is_one_receipt(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, DAY, parse_amount("6000", "USD"), "BANK-7")
    outcomes = press_at_once(lambda: record_receipt(agreement=agreement, facts=facts, by=officer))
    only_one(outcomes, ReceiptTwice)
    assert (Receipt.objects.count(), entries().filter(kind="receipt").count()) == (1, 1)


def test_the_same_form_sent_at_once_is_one_receipt_and_every_sender_is_led_to_it(
    canada: Donor, bank: BankAccount, officer: User, sign_in: Callable[[User], Client]
) -> None:
    sent = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-7", "amount": "6000"}
    sent["retry_key"] = str(uuid4())
    clients = [sign_in(officer) for _ in range(4)]
    led: list[str] = []
    press_at_once(lambda: led.append(clients.pop().post("/receipts/new/?donor=CAN", sent)["Location"]))
    assert led == ["/receipts/RCT-2026-0001/"] * 4
    assert Receipt.objects.count() == 1


def test_a_milestone_is_accepted_once(milestone: Milestone, officer: User) -> None:
    outcomes = press_at_once(lambda: accept_milestone(milestone, on=DAY, note="Held", by=officer))
    only_one(outcomes, StateUnfit)
    assert entries().filter(kind="milestone").count() == 1


def test_two_milestones_at_once_do_not_release_more_than_is_deferred(
    milestone: Milestone, conditional: Agreement, officer: User
) -> None:
    facts: dict[str, Any] = {"due_on": DAY, "amount": parse_amount("400", "USD"), "by": officer}
    found = [milestone, *(plan_milestone(conditional, title=title, **facts) for title in ("B", "C"))]
    outcomes = press_at_once(lambda: accept_milestone(found.pop(), on=DAY, note="Held", by=officer), times=3)
    assert [type(outcome) for outcome in outcomes if outcome] == [MilestoneTooLarge]
    assert get_total(Scope(accounts=(DEFERRED,))).functional == -20000


def test_two_amendments_of_one_form_are_not_both_recorded(agreement: Agreement, officer: User) -> None:
    terms = [Term(DAY, parse_amount("3000", "USD"), "AGR-2026-0001/2")]
    facts: dict[str, Any] = {"amended_on": DAY, "note": "Less", "terms": terms, "after": 0, "by": officer}
    only_one(press_at_once(lambda: amend_agreement(agreement, **facts)), StateUnfit)
    assert Amendment.objects.get().number == "AGR-2026-0001/A1"


@pytest.mark.parametrize("kind", ["agreement", "amendment", "allocation"])
def test_two_who_approve_at_once_post_it_once(kind: str, request: pytest.FixtureRequest, approver: User) -> None:
    document: Decided = request.getfixturevalue(f"prepared_{kind}")
    only_one(press_at_once(lambda: approve(document, by=approver)), StateUnfit)
    assert entries().filter(links__position=0, links__document=document.number).count() == 1


def test_what_is_approved_is_not_rejected_at_the_same_moment(
    prepared_allocation: Allocation, approver: User, sign_in: Callable[[User], Client]
) -> None:
    acts: list[Callable[[], Any]] = [lambda: approve(prepared_allocation, by=approver)] * 2
    acts += [lambda: reject(prepared_allocation, reason="No", by=approver)] * 2
    only_one(press_at_once(lambda: acts.pop()()), StateUnfit)
    prepared_allocation.refresh_from_db()
    is_posted = entries().filter(links__position=0, links__document="ALC-2026-0001").exists()
    assert is_posted == (prepared_allocation.state == State.APPROVED)


def test_two_allocations_that_wait_for_the_same_money_are_not_both_approved(
    prepared_allocation: Allocation, project: Project, officer: User, approver: User
) -> None:
    lines = {"AGR-2026-0001": parse_amount("1500", "USD")}
    other = prepare_allocation(project=project, decided_on=date(2026, 3, 10), lines=lines, by=officer)
    found = [prepared_allocation, other]
    only_one(press_at_once(lambda: approve(found.pop(), by=approver), times=2), FundsFirst)


def test_what_is_received_is_not_amended_away_at_the_same_moment(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, DAY, parse_amount("6000", "USD"), "BANK-7")
    less: dict[str, Any] = {
        "amended_on": DAY,
        "note": "Less",
        "terms": [Term(DAY, Amount(0, "USD"), "AGR-2026-0001/1")],
    }
    acts: list[Callable[[], Any]] = [
        lambda: record_receipt(agreement=agreement, facts=facts, lines={"AGR-2026-0001/1": facts.amount}, by=officer),
        lambda: amend_agreement(agreement, **less, by=officer),
    ]
    outcomes = press_at_once(lambda: acts.pop()(), times=2)
    # Whoever comes first: one of them is refused.
    assert len([outcome for outcome in outcomes if outcome]) == 1
    assert get_total(Scope(accounts=("Assets:Receivable:",))).functional == 400000


def test_a_deposit_identified_at_once_is_identified_once(deposit: Receipt, canada: Donor, officer: User) -> None:
    parts = [Part(canada, parse_amount("50", "USD"))]
    outcomes = press_at_once(lambda: identify_deposit(deposit, on=DAY, parts=parts, by=officer))
    only_one(outcomes, StateUnfit)
    assert Placement.objects.count() == 1
    assert entries().filter(kind="receipt").count() == 2


def test_a_deposit_returned_and_identified_at_once_has_one_fate(deposit: Receipt, canada: Donor, officer: User) -> None:
    parts = [Part(canada, parse_amount("50", "USD"))]
    acts: list[Callable[[], Any]] = [
        lambda: identify_deposit(deposit, on=DAY, parts=parts, by=officer),
        lambda: prepare_deposit_return(deposit, on=DAY, reason="asked for", by=officer),
    ]
    only_one(press_at_once(lambda: acts.pop()(), times=2), StateUnfit)
    assert Placement.objects.count() + DepositReturn.objects.count() == 1


def test_a_return_approved_at_once_goes_back_once(prepared_return: DepositReturn) -> None:
    acts = [partial(approve_deposit_return, prepared_return, by=approver) for approver in make_approvers()]
    only_one(press_at_once(lambda: acts.pop()(), times=2), StateUnfit)
    assert Placement.objects.count() == 1


def test_an_unapplied_balance_applied_at_once_is_applied_once(
    overpaid: Receipt, agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    source, amount = agreement.instalments.get(position=2), parse_amount("100", "USD")
    word = Word("L-1", DAY)
    outcomes = press_at_once(
        lambda: apply_unapplied(source=source, amount=amount, on=DAY, word=word, bank_account=bank, by=officer)
    )
    only_one(outcomes, UnappliedExceeded)
    assert Application.objects.count() == 1


def test_a_pledge_lapses_once(pledge: Pledge, officer: User) -> None:
    only_one(press_at_once(lambda: lapse_pledge(pledge, on=DAY, reason="Silence", by=officer)), StateUnfit)
    assert entries().filter(kind="pledge").count() == 2


def test_a_statement_is_reconciled_once_and_withdrawn_once(bank: BankAccount, officer: User) -> None:
    facts: dict[str, Any] = {"statement": BankStatement(bank, DAY, "3", parse_amount("0", "USD")), "lines": []}
    only_one(press_at_once(lambda: record_reconciliation(**facts, by=officer)), RunTwice)
    found = BankReconciliation.objects.get()
    only_one(press_at_once(lambda: withdraw_reconciliation(found, on=DAY, reason="Slip", by=officer)), StateUnfit)


def test_a_donor_is_reminded_once_a_day_and_a_letter_withdrawn_once(agreement: Agreement, officer: User) -> None:
    facts = {"donor": agreement.donor, "sent_on": date(2026, 6, 1), "way": "mail", "by": officer}
    only_one(press_at_once(lambda: record_letter(**facts)), LetterUnfit)  # type: ignore[arg-type]
    letter = Letter.objects.get()
    only_one(
        press_at_once(lambda: withdraw_letter(letter, on=date(2026, 6, 2), reason="Never sent", by=officer)), StateUnfit
    )
