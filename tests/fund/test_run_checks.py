"""The check of the books finds each run and bank event that was changed past its operation."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model

from fund.models import (
    Agreement,
    AuditRecord,
    BankAccount,
    BankCharge,
    BankChargeLine,
    Disbursement,
    InKind,
    Interest,
    InterestLine,
    Project,
    Recovery,
    RecoveryLine,
    Revaluation,
    RevaluationLine,
    SecretariatPayment,
    SecretariatPaymentLine,
    Transfer,
    TransferLine,
)
from fund.operations.bank_charges import record_bank_charge
from fund.operations.disbursements import approve_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account
from ledger.money import parse_amount
from tests.lifted import lifted
from tests.shorthand import check, usd

DAY = date(2026, 4, 2)


@pytest.fixture
def everything(
    disbursement: Disbursement,
    cad_agreement: Agreement,
    cad_bank: BankAccount,
    bank: BankAccount,
    project: Project,
    officer: User,
    approver: User,
) -> None:
    """One of each kind, posted; CAD 500.00 at the second bank."""
    approve_disbursement(disbursement, by=approver)
    cad = parse_amount("500", "CAD")
    record_receipt(agreement=cad_agreement, facts=Facts(cad_bank, date(2026, 2, 15), cad, "C"), by=officer)
    fund = "AGR-2026-0001"
    set_recovery_terms(fund=fund, terms=Terms(date(2026, 1, 15), Decimal(12), "expenditure"), by=officer)
    run_recovery(month="2026-03", by=officer)
    run_revaluation(month="2026-03", by=officer)
    record_interest(bank_account=bank, month="2026-03", amount=usd("10"), by=officer)
    record_interest(bank_account=cad_bank, month="2026-03", amount=parse_amount("10", "CAD"), by=officer)
    payment = prepare_payment(bank_account=bank, paid_on=DAY, lines={fund: usd("84")}, by=officer)
    approve_payment(payment, by=approver)
    record_bank_charge(bank_account=bank, charged_on=DAY, amount=usd("5"), description="Fees", by=officer)
    other = add_bank_account(code="B-2", name="Bank", currency="USD", by=officer)
    facts = TransferFacts(bank, other, DAY, usd("100"), usd("98"), charges=usd("2"))
    record_transfer(facts=facts, by=officer)
    gift = Gift(cad_agreement.donor, project, DAY, usd("2500"), "Laptops", "Prices")
    record_in_kind(gift=gift, by=officer)


def test_a_sound_fund_has_no_problem(everything: None) -> None:
    assert check() == []


def update(model: type[Model], **values: Any) -> Callable[[], int]:
    """Changes the oldest row of a table past the operations."""

    def change() -> int:
        rows = model._default_manager.order_by("pk")
        return rows.filter(pk=rows[0].pk).update(**values)

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (update(Revaluation, dated_on=date(2026, 3, 30)), "REV-2026-03 is dated 2026-03-30, its entry"),
        (update(Revaluation, dated_on=date(2026, 4, 30)), "REV-2026-03 is dated in 2026-04: its number is of another"),
        (update(Revaluation, reversed_on=DAY), "REV-2026-03 must have caused 1 reversal: none."),
        (update(Revaluation, number="REV-2026-03-3"), "REV-2026-03-2 is missing."),
        (update(Revaluation, number="REV-2026-03-2"), "REV-2026-03 is missing."),
        (update(Revaluation, number="REV-2026-0001"), "REV-2026-0001 is not a number of its kind"),
        (update(RevaluationLine, after=Decimal(1)), "REV-2026-03: Its items are not those of"),
        (update(RevaluationLine, amount=Decimal(1)), "REV-2026-03: Its items are not those of"),
        (
            update(RecoveryLine, amount=Decimal(1)),
            "ICR-2026-03: Liabilities:DueToSecretariat in AGR-2026-0001 is",
        ),
        (update(RecoveryLine, fund="POOL"), "ICR-2026-03: Expenses:Projects:CYB-01:IndirectCost in POOL"),
        (update(Recovery, reversed_on=DAY), "ICR-2026-03 must have caused 1 reversal: none."),
        (update(Interest, amount=Decimal(9)), "INT-2026-03: Its shares are not those of its balances."),
        (update(Interest, dated_on=DAY), "INT-2026-03 is dated 2026-04-02, its entry"),
        (update(Interest, month=date(2026, 4, 1)), "INT-2026-03 is dated in 2026-04"),
        (update(InterestLine, amount=Decimal(9)), "INT-2026-03: Its shares are not those of its balances."),
        (update(InterestLine, fund="POOL"), "INT-2026-03: Assets:Bank:CITI-USD in POOL is USD 10.00 on the document"),
        (update(SecretariatPayment, amount=Decimal(1)), "SEC-2026-0001 is of USD 1.00, its lines add up to USD 84.00"),
        (update(SecretariatPayment, state="prepared"), "SEC-2026-0001 must have caused 0 entries"),
        (update(SecretariatPayment, decided_by=None), "SEC-2026-0001 names another person"),
        (update(SecretariatPaymentLine, fund="POOL"), "SEC-2026-0001: Assets:Bank:CITI-USD in POOL is USD -84.00"),
        (update(BankCharge, amount=Decimal(6)), "BCH-2026-0001 is of USD 6.00, its lines add up to USD 5.00"),
        (
            update(BankChargeLine, amount=Decimal(6)),
            "Assets:Bank:CITI-USD in AGR-2026-0001 is USD -6.00",
        ),
        (update(Transfer, arrived=Decimal(99)), "TRF-2026-0001: What arrived is not what its lines add up to."),
        (update(Transfer, charges=Decimal(1)), "TRF-2026-0001: Its charges are USD 1.00, not those of"),
        (update(TransferLine, amount=Decimal(99)), "TRF-2026-0001 is of USD 100.00, its lines add up to USD 99.00"),
        (update(TransferLine, fund="POOL"), "TRF-2026-0001: Assets:Bank:B-2 in POOL is USD 98.00 on the document"),
        (
            update(InKind, amount=Decimal(1)),
            "Expenses:Projects:CYB-01:InKind in POOL for CYB-01 is USD 1",
        ),
        (update(InKind, reversed_on=DAY), "INK-2026-0001 must have caused 1 reversal: none."),
        (lambda: AuditRecord.objects.filter(act="revalue").delete(), "REV-2026-03 has no audit record of “revalue”."),
        (lambda: RevaluationLine.objects.all().delete(), "REV-2026-03: Its items are not those of"),
        (lambda: (RecoveryLine.objects.all().delete(), Recovery.objects.all().delete()), "which is no document"),
    ],
)
def test_what_was_changed_in_a_run_is_found(change: Callable[[], object], problem: str, everything: None) -> None:
    with lifted():
        change()
    assert any(problem in found for found in check()), check()
