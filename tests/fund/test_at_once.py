"""Two people press at the same moment: real threads, real connections, on either engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from fund.errors import FundsFirst, NothingToPost, ReceiptTwice, RunTwice, StateUnfit
from fund.models import Agreement, Allocation, BankAccount, Disbursement, Donor, Project, Receipt
from fund.operations.allocations import allocate
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.interest import record_interest
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.queries.recoveries import due_to_secretariat
from ledger.errors import Refused
from ledger.money import parse_amount
from ledger.queries import entries

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)


def press_at_once(act: Callable[[], Any], times: int = 4) -> list[Refused | None]:
    """Runs `act` in several threads that begin together; what each was refused, or None."""
    barrier = Barrier(times)

    def press(_: int) -> Refused | None:
        try:
            barrier.wait(timeout=10)
            act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))


def only_one(outcomes: list[Refused | None], refused: type[Refused]) -> None:
    assert [type(outcome) for outcome in outcomes if outcome] == [refused] * (len(outcomes) - 1)


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


def test_the_last_money_is_allocated_once(receipt: Receipt, project: Project, officer: User) -> None:
    lines = {"AGR-2026-0001": parse_amount("6000", "USD")}
    outcomes = press_at_once(lambda: allocate(project=project, decided_on=DAY, lines=lines, by=officer))
    only_one(outcomes, FundsFirst)
    assert Allocation.objects.count() == 1


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


@pytest.fixture
def spent(receipt: Receipt, bank: BankAccount, project: Project, officer: User, approver: User) -> None:
    """USD 1,000.00 of AGR-2026-0001 spent in March, which bears 12 per cent of indirect cost."""
    amount = parse_amount("1000", "USD")
    allocate(project=project, decided_on=DAY, lines={"AGR-2026-0001": parse_amount("5000", "USD")}, by=officer)
    line = Line("AGR-2026-0001", project, "Travel", amount)
    prepared = prepare_disbursement(payee="X", bank_account=bank, paid_on=DAY, lines=[line], by=officer)
    approve_disbursement(prepared, by=approver)
    terms = Terms(date(2026, 1, 15), Decimal(12), "expenditure")
    set_recovery_terms(fund="AGR-2026-0001", terms=terms, by=officer)


def test_indirect_cost_is_charged_once(spent: None, officer: User) -> None:
    only_one(press_at_once(lambda: run_recovery(month="2026-03", by=officer)), NothingToPost)
    assert due_to_secretariat() == {"AGR-2026-0001": 12000}


def test_what_is_owed_to_the_secretariat_is_paid_once(
    spent: None, bank: BankAccount, officer: User, approver: User
) -> None:
    run_recovery(month="2026-03", by=officer)
    lines = {"AGR-2026-0001": parse_amount("120", "USD")}
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
