"""Each check finds what was changed past the operations, and nothing in a sound fund."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from fund.checks import run_checks
from fund.models import (
    Agreement,
    Allocation,
    AllocationLine,
    Approval,
    AuditRecord,
    BankAccount,
    Delegation,
    Disbursement,
    DisbursementLine,
    Donor,
    Instalment,
    NumberSeries,
    Obligation,
    ObligationCancellation,
    ObligationLine,
    Payee,
    Pledge,
    Project,
    Receipt,
    ReceiptLine,
    Refund,
)
from fund.operations.agreements import Due
from fund.operations.approvals import delegate, end_delegation, reject
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.obligations import cancel_obligation
from fund.operations.pledges import withdraw_pledge
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.policy import account_currency
from ledger.entries import Draft, Leg
from ledger.money import parse_amount
from ledger.operations import open_account, post_entry
from tests.deeds import allocate, cancel_agreement, reverse, sign_agreement
from tests.lifted import lifted
from tests.shorthand import check, usd

DAY = date(2026, 4, 1)


@pytest.fixture
def spent(receipt: Receipt, bank: BankAccount, project: Project, officer: User, approver: User) -> list[Disbursement]:
    """Of AGR-2026-0001: 5,000.00 allocated; 1,000.00 paid, 400.00 paid and reversed, one prepared, one rejected."""
    fund = "AGR-2026-0001"
    allocate(project=project, decided_on=DAY, lines={fund: usd("5000")}, by=officer)
    found = []
    for parts in (("700", "300"), ("400",), ("50",), ("60",)):
        lines = [Line(fund, project, "Travel", usd(part)) for part in parts]
        found.append(prepare_disbursement(payee="Hotel", bank_account=bank, paid_on=DAY, lines=lines, by=officer))
    approve_disbursement(found[0], by=approver)
    approve_disbursement(found[1], by=approver)
    reverse(found[1], on=DAY, reason="Came back", by=officer)
    reject(found[3], reason="Not ours", by=approver)
    return found


@pytest.fixture
def everything(
    spent: list[Disbursement],
    pledge: Pledge,
    cad_agreement: Agreement,
    cad_bank: BankAccount,
    canada: Donor,
    acme: Donor,
    project: Project,
    officer: User,
    approver: User,
) -> None:
    """Every kind of document in every state, in two currencies."""
    sign_agreement(
        donor=canada,
        signed_on=DAY,
        amount=usd("40000"),
        instalments=[Due(DAY, usd("40000"))],
        pledge=pledge,
        recognition="on_receipt",
        by=officer,
    )
    withdraw_pledge(pledge, on=DAY, reason="Budget", by=officer)
    gift = Facts(cad_bank, DAY, parse_amount("90.01", "CAD"), "GIFT-1")
    record_gift(donor=acme, facts=gift, by=officer)
    paid = Facts(cad_bank, DAY, parse_amount("1100", "CAD"), "BANK-2", charges=parse_amount("3", "CAD"))
    record_receipt(agreement=cad_agreement, facts=paid, by=officer, accept_excess=True)
    allocate(project=project, decided_on=DAY, lines={"POOL": usd("100")}, by=officer)
    lines = [Line("POOL", project, kind, parse_amount("33.33", "CAD")) for kind in ("Travel", "Travel", "Supplies")]
    abroad = prepare_disbursement(payee="Hotel", bank_account=cad_bank, paid_on=DAY, lines=lines, by=officer)
    approve_disbursement(abroad, by=approver)
    cancelled = sign_agreement(donor=acme, signed_on=DAY, amount=usd("5"), instalments=[Due(DAY, usd("5"))], by=officer)
    cancel_agreement(cancelled, on=DAY, reason="Twice", by=officer)
    back = allocate(project=project, decided_on=DAY, lines={"POOL": usd("1")}, by=officer)
    reverse(back, on=DAY, reason="Twice", by=officer)
    reverse_receipt(Receipt.objects.get(reference="GIFT-1"), on=DAY, reason="Taken back", by=officer)


def test_a_sound_fund_has_no_problem(everything: None):
    assert check() == []


def test_an_empty_fund_has_no_problem(db: None):
    assert check() == []


Change = Callable[[], object]


def update(model: type[Model], **values: object) -> Change:
    """Changes the oldest row of a table past the operations."""

    def change() -> int:
        rows: QuerySet[Model] = model._default_manager.order_by("pk")
        return rows.filter(pk=rows[0].pk).update(**values)

    return change


RECEIPT = "RCT-2026-0001: Assets:Bank:CITI-USD in AGR-2026-0001"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            update(Receipt, amount=Decimal(5999)),
            f"{RECEIPT} is USD 5,999.00 on the document, USD 6,000.00 in the books",
        ),
        (update(Receipt, amount=Decimal("5.001")), "RCT-2026-0001: 5.001 has too many decimals"),
        (update(Receipt, received_on=date(2026, 3, 2)), "RCT-2026-0001 is dated 2026-03-02, its entry JE-2026-000002"),
        (update(Receipt, reversed_on=DAY), "RCT-2026-0001 must have caused 1 reversal: none."),
        (
            update(Receipt, charges=Decimal(1)),
            "RCT-2026-0001: Expenses:BankCharges in AGR-2026-0001 is USD 1.00 on the",
        ),
        (update(Receipt, excess=Decimal(1)), "RCT-2026-0001: Liabilities:Unapplied:CAN in AGR-2026-0001 is USD -1.00"),
        (
            update(ReceiptLine, amount=Decimal(1)),
            "RCT-2026-0001: Assets:Receivable:CAN in AGR-2026-0001 for AGR-2026-0001/1 is USD -1.00 on the document",
        ),
        (update(Instalment, amount=Decimal(1)), "AGR-2026-0001/1 is USD 1.00 on the document, USD 6,000.00 in the"),
        (update(Agreement, amount=Decimal(1)), "AGR-2026-0001 is of USD 1.00, its instalments add up to USD 10,000.00"),
        (update(Agreement, earmarked=False), "Assets:Receivable:CAN in POOL for AGR-2026-0001/1 is USD 6,000.00"),
        (update(Agreement, recognition="on_receipt"), "Equity:Memorandum:Committed:CAN in AGR-2026-0001"),
        (update(Agreement, cancelled_on=DAY), "AGR-2026-0001 must have caused 1 reversal: none."),
        (update(Agreement, signed_on=date(2025, 1, 15)), "AGR-2026-0001 is dated in 2025: its number is of another"),
        (update(AllocationLine, amount=Decimal(1)), "ALC-2026-0001: Equity:Unallocated in AGR-2026-0001 is USD 1.00"),
        (update(Allocation, reversed_on=DAY), "ALC-2026-0001 must have caused 1 reversal: none."),
        (update(Payee, name="Else"), "DSB-2026-0001 names Else, its entry JE-2026-000004 Hotel."),
        (update(Disbursement, state="prepared"), "DSB-2026-0001 must have caused 0 entries: JE-2026-000004."),
        (update(Disbursement, state="odd"), "DSB-2026-0001 must have caused 0 entries: JE-2026-000004."),
        (
            update(DisbursementLine, amount=Decimal(1)),
            "DSB-2026-0001: Assets:Bank:CITI-USD in AGR-2026-0001 is USD -301",
        ),
        (
            update(DisbursementLine, category="Supplies"),
            "Expenses:Projects:CYB-01:Supplies in AGR-2026-0001 for CYB-01",
        ),
        (update(DisbursementLine, fund="POOL"), "DSB-2026-0001: Assets:Bank:CITI-USD in POOL is USD -700.00"),
        (update(Disbursement, amount=Decimal(1)), "DSB-2026-0001 is of USD 1.00, its lines add up to USD 1,000.00"),
        (update(NumberSeries, last=3), "AGR-2026-0002 is missing."),
        (update(NumberSeries, last=0), "AGR-2026-0001 was never given out."),
        (update(AuditRecord, subject="?"), "has no audit record of"),
    ],
)
def test_what_was_changed_in_a_document_is_found(change: Change, problem: str, spent: list[Disbursement]):
    with lifted():
        AuditRecord.objects.exclude(subject__contains="-2026-").delete()
        change()
    assert any(problem in found for found in check()), check()


def test_a_changed_pledge_is_found(pledge: Pledge):
    update(Pledge, amount=Decimal(5), announced_on=date(2026, 1, 6))()
    assert [line.partition(":")[0] for line in check()] == [
        "PLG-2026-0001 is dated 2026-01-06, its entry JE-2026-000001 2026-01-05.",
        "PLG-2026-0001",
    ]


def test_a_withdrawn_pledge_with_something_open_is_found(pledge: Pledge):
    update(Pledge, withdrawn_on=DAY)()
    assert "PLG-2026-0001 has USD 100,000.00 open, which it must not have." in check()


def test_a_document_without_an_entry_is_found(receipt: Receipt):
    receipt.pk, receipt.number, receipt.reference = None, "RCT-2026-0002", "BANK-2"
    receipt.save(force_insert=True)
    assert "RCT-2026-0002 must have caused 1 entry: none." in check()


def post(document: str, amount: int, *accounts: str) -> None:
    for account in accounts:
        open_account(account, currency=account_currency(account, "USD"))
    legs = tuple(
        Leg(name, sign * amount, "USD", sign * amount, "POOL") for name, sign in zip(accounts, (1, -1), strict=True)
    )
    post_entry(Draft(DAY, "receipt", "", "Past the operations", (document,), legs), by="somebody")


def test_an_entry_without_a_document_is_found(receipt: Receipt):
    post("RCT-2026-0099", 5, "Assets:Bank:X", "Income:Interest")
    post("ODD-1", 5, "Assets:Bank:X", "Income:Interest")
    assert check() == [
        "JE-2026-000003 is caused by RCT-2026-0099, which is no document.",
        "JE-2026-000004 is caused by ODD-1, which is no document.",
    ]


def test_a_second_entry_of_a_document_is_found(receipt: Receipt):
    post("RCT-2026-0001", 5, "Assets:Bank:X", "Income:Interest")
    assert check() == ["RCT-2026-0001 must have caused 1 entry: JE-2026-000002, JE-2026-000003."]


def test_cash_below_zero_is_found_even_where_it_rose_again(receipt: Receipt):
    post("RCT-2026-0099", 5, "Income:Interest", "Assets:Bank:X")
    assert "POOL has USD -0.05 in Assets:Bank:X at the end of 2026-04." in check()


def test_spending_beyond_the_allocation_is_found(receipt: Receipt):
    post("RCT-2026-0099", 5, "Expenses:Projects:CYB-01:Travel", "Income:Interest")
    assert "CYB-01 has spent USD 0.05 of POOL beyond its allocation at the end of 2026-04." in check()


def test_another_person_than_the_audit_records_name_is_found(
    spent: list[Disbursement], auditor: User, receipt: Receipt
):
    Disbursement.objects.filter(pk=spent[0].pk).update(created_by=auditor)
    Disbursement.objects.filter(pk__in=(spent[1].pk, spent[3].pk)).update(decided_by=auditor)
    Receipt.objects.update(created_by=auditor)
    assert check() == [
        "RCT-2026-0001 names another person than the audit record of “record receipt”.",
        "DSB-2026-0001 names another person than the audit record of “prepare disbursement”.",
        "DSB-2026-0002 names another person than the audit record of “approve disbursement”.",
        "DSB-2026-0004 names another person than the audit record of “reject disbursement”.",
        "DSB-2026-0002 was decided by somebody who did not approve it.",
    ]


def test_an_approval_by_who_prepared_it_is_found(spent: list[Disbursement], officer: User):
    with lifted():
        Approval.objects.filter(document="DSB-2026-0001").update(on_behalf_of=officer)
    assert check() == [
        "DSB-2026-0001 was approved by who prepared it, or in their place.",
        "DSB-2026-0001 was approved in the place of somebody who did not delegate that.",
    ]


def test_a_missing_act_is_named(spent: list[Disbursement]):
    with lifted():
        AuditRecord.objects.filter(act="approve disbursement").delete()
    problems = (
        "no audit record of “approve disbursement”",
        "approvals of other people, or times, than its audit records",
    )
    assert check() == [f"DSB-2026-000{n} has {problem}." for problem in problems for n in (1, 2)]


def test_of_many_problems_of_a_kind_the_first_are_listed(receipt: Receipt):
    with lifted():
        AuditRecord.objects.all().delete()
    NumberSeries.objects.filter(prefix="RCT").update(last=100)
    found = check()
    assert len(found) == 61
    assert "There are more of the same; the first 50 are listed." in found


def test_an_instant_up_to_the_last_millionth_of_its_second_is_sound(receipt: Receipt):
    Receipt.objects.update(created_at=receipt.created_at.replace(microsecond=999_999))
    assert check() == []


def test_progress_names_the_check_at_work(receipt: Receipt):
    said: list[str] = []
    run_checks(said.append)
    assert "Every entry names a document that exists as its cause." in said
    assert "1 receipts" in said


@pytest.fixture
def obligated(obligation: Obligation, bank: BankAccount, officer: User, approver: User) -> Obligation:
    """Of OBL-2026-0001, 700.00 paid and 500.00 cancelled."""
    line = Line("AGR-2026-0001", obligation.project, "Contractual", usd("700"), obligation)
    paid = prepare_disbursement(payee="Hotel", bank_account=bank, paid_on=DAY, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    cancel_obligation(obligation, on=DAY, reason="Less", lines={"AGR-2026-0001": usd("500")}, by=officer)
    return obligation


OBLIGATED = "Equity:Memorandum:Obligated:CYB-01 in AGR-2026-0001 for OBL-2026-0001/1"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (update(ObligationLine, amount=Decimal(1)), f"OBL-2026-0001: {OBLIGATED} is USD 1.00 on the document"),
        (update(Obligation, amount=Decimal(1)), "OBL-2026-0001 is of USD 1.00, its lines add up to USD 2,000.00."),
        (update(Obligation, let_on=DAY), "OBL-2026-0001 is dated 2026-04-01, its entry JE-2026-000004 2026-03-15."),
        (update(Obligation, let_on=date(2025, 4, 1)), "OBL-2026-0001 is dated in 2025: its number is of another"),
        (update(ObligationCancellation, amount=Decimal(1)), f"OBL-2026-0001: {OBLIGATED} is USD -1.00 on the"),
        (update(ObligationCancellation, cancelled_on=date(2026, 4, 2)), "OBL-2026-0001 is dated 2026-04-02, its entry"),
        (lambda: ObligationCancellation.objects.all().delete(), "OBL-2026-0001 must have caused 1 entry"),
        (update(ObligationLine, reference="OBL-2026-0001/2"), "OBL-2026-0001/1 is no line of an obligation."),
        (update(DisbursementLine, obligation=None), f"DSB-2026-0001: {OBLIGATED} is USD 0.00 on the document"),
        (update(Allocation, direction="return"), "ALC-2026-0001: Equity:Unallocated in AGR-2026-0001 is USD -5,000.00"),
        (
            lambda: AuditRecord.objects.filter(act="cancel obligation").delete(),
            "OBL-2026-0001 has no audit record of “cancel obligation”.",
        ),
    ],
)
def test_a_contract_that_was_tampered_with_is_found(obligated: Obligation, change: Change, problem: str):
    assert check() == []
    with lifted():
        change()
    assert any(problem in found for found in check()), check()


def test_more_released_than_was_obligated_is_found(obligation: Obligation):
    account = "Equity:Memorandum:Obligated:CYB-01"
    legs = [Leg(account, -200001, "USD", -200001, "AGR-2026-0001", instalment="OBL-2026-0001/1")]
    legs.append(Leg("Equity:Memorandum:Obligations", 200001, "USD", 200001, "AGR-2026-0001"))
    post_entry(Draft(DAY, "obligation", "", "", ("OBL-2026-0001",), tuple(legs)), by="officer")
    assert "More of OBL-2026-0001/1 is paid and cancelled than was obligated." in check()


@pytest.mark.parametrize(
    ("model", "changed", "name"),
    [
        (Refund, {"grounds": "Another"}, "grounds"),
        (Refund, {"word_on": date(2026, 3, 1)}, "word_on"),
        (Agreement, {"reference": "CAN/2026/8"}, "reference"),
        (Receipt, {"note": "Nobody wrote this"}, "note"),
    ],
)
def test_words_that_were_changed_past_the_audit_trail_are_found(
    agreed: Refund, model: type[Model], changed: dict[str, object], name: str
) -> None:
    assert check() == []
    model._default_manager.update(**changed)
    [found] = check()
    assert found.endswith(f" has another {name} than the audit record says.")


def test_an_approver_whom_nobody_asked_is_found(agreed: Refund, auditor: User) -> None:
    Approval.objects.create(document="RFD-2026-0001", by=auditor)
    assert check() == ["RFD-2026-0001 has approvals of other people, or times, than its audit records."]


def test_a_delegation_that_nobody_gave_is_found(approver: User, officer: User) -> None:
    days: dict[str, date] = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    delegate(receiver=officer, reason="Leave", by=approver, **days)
    assert check() == []
    Delegation.objects.update(until=date(2026, 7, 31))
    assert check() == [
        "No audit record has the delegation to officer (2026-06-01 to 2026-07-31: Leave).",
        "The delegation to officer (2026-06-01 to 2026-06-30: Leave) is gone: an audit record has it.",
    ]


def test_delegations_that_were_ended_shortly_after_one_another_are_told_apart(approver: User, officer: User) -> None:
    days: dict[str, date] = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    for minute in (0, 8, 16):
        with time_machine.travel(datetime(2026, 6, 15, 12, minute, tzinfo=UTC)):
            end_delegation(delegate(receiver=officer, reason="Leave", by=approver, **days), by=approver)
    assert check() == []
