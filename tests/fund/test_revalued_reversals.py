"""What was revalued and then taken back leaves nothing behind: what the rates made of it is realised."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.models import Agreement, BankAccount, Donor, Receipt
from fund.operations.deposits import Part, identify_deposit, record_deposit, undo_placement
from fund.operations.receipts import Facts, record_receipt
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from ledger.queries import Scope, totals
from tests.deeds import cancel_agreement
from tests.fund.deposits import first_of, legs_of_last
from tests.shorthand import cad, check

CAME, LATER = date(2026, 2, 15), date(2026, 4, 2)


@pytest.fixture
def deposit(rates: int, cad_bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001: CAD 1,100.00 at 0.74, of nobody knows whom."""
    return record_deposit(facts=Facts(cad_bank, CAME, cad("1100"), "C-1"), by=officer)


def carried_on(*accounts: str) -> dict[str, tuple[int, int]]:
    """What accounts hold, in Canadian dollars and as it is carried."""
    found = totals(Scope(accounts=accounts), by=("account", "currency"))
    return {total.account: (total.amount, total.functional) for total in found if total.amount or total.functional}


def test_a_cancelled_agreement_is_owed_and_carried_at_nothing(cad_agreement: Agreement, officer: User) -> None:
    run_revaluation(month="2026-03", by=officer)
    assert carried_on("Assets:") == {"Assets:Receivable:CAN": (100000, 75000)}
    cancel_agreement(cad_agreement, on=LATER, reason="never ratified", by=officer)
    assert carried_on("Assets:") == {}
    assert legs_of_last() == [
        ("Assets:Receivable:CAN", -100000, -75000, "POOL"),
        ("Assets:Receivable:CAN", 100000, 73000, "POOL"),
        ("Income:Exchange:Realised", 2000, 2000, "POOL"),
    ]
    assert check() == []


def test_what_was_unapplied_of_a_reversed_receipt_is_carried_at_nothing(
    cad_agreement: Agreement, cad_bank: BankAccount, officer: User
) -> None:
    facts = Facts(cad_bank, CAME, cad("1100"), "C-1")
    receipt = record_receipt(agreement=cad_agreement, facts=facts, by=officer, accept_excess=True)
    run_revaluation(month="2026-03", by=officer)
    reverse_receipt(receipt, on=LATER, reason="taken back", by=officer)
    assert carried_on("Assets:", "Liabilities:") == {"Assets:Receivable:CAN": (100000, 73000)}
    assert check() == []


def test_a_reversed_deposit_is_carried_at_nothing(deposit: Receipt, officer: User) -> None:
    run_revaluation(month="2026-03", by=officer)
    reverse_receipt(deposit, on=LATER, reason="taken back", by=officer)
    assert carried_on("Assets:", "Liabilities:") == {}
    assert check() == []


def test_what_was_unapplied_of_an_undone_identification_is_carried_at_nothing(
    deposit: Receipt, cad_agreement: Agreement, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, cad("1100"), first_of(cad_agreement))]
    identify_deposit(deposit, on=date(2026, 3, 2), parts=parts, by=officer, accept_excess=True)
    run_revaluation(month="2026-03", by=officer)
    undo_placement(deposit, on=LATER, reason="somebody else's", by=officer)
    assert "Liabilities:Unapplied:CAN" not in carried_on("Liabilities:")
    assert check() == []
    run_revaluation(month="2026-04", by=officer)
    reverse_receipt(deposit, on=date(2026, 5, 4), reason="taken back", by=officer)
    assert carried_on("Liabilities:") == {}
    assert check() == []
