from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from djmoney.money import Money

from fund.models import (
    Advance,
    Agreement,
    Allocation,
    BankAccount,
    Disbursement,
    Donor,
    Pledge,
    Receipt,
    Refund,
    WriteOff,
)
from fund.operations.agreements import Due
from fund.operations.approvals import reject
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.operations.write_offs import prepare_write_off
from fund.queries.chains import LONGEST, chain_of, state_of
from ledger.money import Amount
from tests.deeds import allocate, sign_agreement

WHOLE = ["AGR-2026-0001", "RCT-2026-0001", "ALC-2026-0001", "DSB-2026-0001"]


def numbers(document: Any) -> list[str]:
    return [step.number for step in chain_of(document)]


def pay(agreement: Agreement, bank: BankAccount, reference: str, by: User) -> Receipt:
    facts = Facts(bank, date(2026, 4, 1), Amount(100, "USD"), reference)
    return record_receipt(agreement=agreement, facts=facts, by=by, accept_twin=True)


def test_every_document_of_a_chain_shows_the_whole_of_it(
    agreement: Agreement, receipt: Receipt, allocation: Allocation, disbursement: Disbursement
) -> None:
    assert [numbers(document) for document in (agreement, receipt, allocation, disbursement)] == [WHOLE] * 4


def test_the_document_itself_is_marked(receipt: Receipt, disbursement: Disbursement) -> None:
    assert [step.is_current for step in chain_of(receipt)] == [False, True, False, False]


def test_a_step_has_its_day_its_address_and_the_amount_that_concerns_the_chain(disbursement: Disbursement) -> None:
    step = chain_of(disbursement)[2]
    assert (step.kind, step.date, step.url) == ("Allocation", date(2026, 3, 10), "/allocations/ALC-2026-0001/")
    assert step.amount == Money(5000, "USD")


def test_a_pledge_comes_before_what_is_signed_of_it(pledge: Pledge, officer: User) -> None:
    amount = Amount(100, "USD")
    facts: Any = {"donor": pledge.donor, "signed_on": date(2026, 2, 1), "pledge": pledge, "amount": amount}
    signed = sign_agreement(**facts, instalments=[Due(date(2026, 4, 1), amount)], by=officer)
    assert numbers(signed) == numbers(pledge) == ["PLG-2026-0001", "AGR-2026-0001", "POOL"]


def test_money_of_the_pool_runs_through_the_pool(
    allocation: Allocation, bank: BankAccount, acme: Donor, officer: User
) -> None:
    facts = Facts(bank, date(2026, 3, 1), Amount(1000, "USD"), "G")
    gift = record_gift(donor=acme, facts=facts, by=officer)
    lines = {"POOL": Amount(500, "USD")}
    allocate(project=allocation.project, decided_on=date(2026, 3, 2), lines=lines, by=officer)
    assert numbers(gift) == ["RCT-2026-0002", "POOL", "ALC-2026-0002"]
    assert numbers(allocation) == WHOLE[:3]


def test_a_long_chain_shows_the_newest_and_counts_the_rest(
    receipt: Receipt, agreement: Agreement, officer: User
) -> None:
    for number in range(LONGEST + 2):
        pay(agreement, receipt.bank_account, f"B{number}", officer)
    newest = [f"RCT-2026-000{number}" for number in (4, 5, 6, 7)]
    assert numbers(agreement) == ["AGR-2026-0001", *newest, "and 3 more"]
    assert numbers(receipt) == ["AGR-2026-0001", "RCT-2026-0001", *newest[1:], "and 3 more"]


def test_a_chain_takes_as_many_queries_however_long_it_is(
    receipt: Receipt, agreement: Agreement, officer: User, officer_client: Client, count_queries: Any
) -> None:
    few = count_queries(officer_client, agreement.get_absolute_url())
    for number in range(3):
        pay(agreement, receipt.bank_account, f"B{number}", officer)
    assert count_queries(officer_client, agreement.get_absolute_url()) == few


@pytest.fixture
def unpaid(agreed: Refund, agreement: Agreement, officer: User) -> WriteOff:
    """WOF-2026-0001: USD 1,000.00 of the second instalment, prepared."""
    lines = {"AGR-2026-0001/2": Amount(100000, "USD")}
    return prepare_write_off(agreement, dated_on=date(2026, 5, 1), grounds="Wound up", lines=lines, by=officer)


def test_what_is_written_off_and_refunded_stands_with_the_agreement_and_its_receipt(
    unpaid: WriteOff, agreed: Refund, agreement: Agreement
) -> None:
    steps = [(step.kind, step.number, step.status) for step in chain_of(agreement)]
    assert steps == [
        ("Agreement", "AGR-2026-0001", ""),
        ("Write-off", "WOF-2026-0001", "Awaiting approval"),
        ("Receipt", "RCT-2026-0001", ""),
        ("Refund", "RFD-2026-0001", "To be paid"),
    ]
    assert numbers(unpaid) == numbers(agreed) == numbers(agreement)
    assert chain_of(agreed)[-1].date == date(2026, 4, 1)


@pytest.mark.usefixtures("unpaid")
def test_the_agreements_page_lists_its_write_offs_and_refunds(agreed: Refund, officer_client: Client) -> None:
    page = officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    for text in ("/write-offs/WOF-2026-0001/", "Wound up", "/refunds/RFD-2026-0001/", "To be paid"):
        assert text in page.partition("<h2>Write-offs</h2>")[2].partition("<h2>History</h2>")[0]


def test_an_advance_is_a_step_of_the_agreement_that_paid_for_it(sent: Advance, agreement: Agreement) -> None:
    assert chain_of(agreement)[-1].number == sent.number
    assert numbers(sent) == [*WHOLE[:3], sent.number]


def test_a_rejected_disbursement_says_so(disbursement: Disbursement, approver: User) -> None:
    reject(disbursement, reason="r", by=approver)
    assert chain_of(disbursement)[-1].status == "Rejected"


def test_a_reversed_receipt_says_so(receipt: Receipt, officer: User) -> None:
    assert state_of(receipt) == ("", "quiet")
    reverse_receipt(receipt, on=date(2026, 4, 2), reason="r", by=officer)
    assert [(step.status, step.tone) for step in chain_of(receipt)] == [("", "quiet"), ("Reversed", "bad")]
