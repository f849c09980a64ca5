"""Who approves a payment sees the others of the days around it, and whether only together they need two approvers."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import (
    Advance,
    Allocation,
    BankAccount,
    Decided,
    Disbursement,
    Obligation,
    Payee,
    Refund,
    SecretariatPayment,
)
from fund.money import to_money
from fund.operations.advances import Line as Taken
from fund.operations.advances import prepare_advance
from fund.operations.applications import Word
from fund.operations.approvals import reject
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.refunds import prepare_refund
from fund.queries import nearby
from fund.queries.nearby import find_nearby
from ledger.money import Amount
from tests.deeds import reverse
from tests.shorthand import usd

FUND = "AGR-2026-0001"
DAY = date(2026, 3, 20)
REMARK = "be sure that this is not one payment in parts"


@pytest.fixture
def pay(allocation: Allocation, bank: BankAccount, officer: User) -> Any:
    """Prepares a payment of so many dollars, by default to Wings on 20 March."""

    def pay(amount: str, payee: str = "Wings", on: date = DAY, obligation: Obligation | None = None) -> Disbursement:
        category = "Contractual" if obligation else "Travel"
        line = Line(FUND, allocation.project, category, usd(amount), obligation)
        return prepare_disbursement(payee=payee, bank_account=bank, paid_on=on, lines=[line], by=officer)

    return pay


def numbers(document: Decided) -> list[str]:
    found = find_nearby(document)
    return [payment.number for payment in found.payments] if found else []


def test_a_payment_alone_has_none(disbursement: Disbursement, approver_client: Client) -> None:
    assert find_nearby(disbursement) is None
    assert "Other payments" not in approver_client.get(disbursement.get_absolute_url()).content.decode()


def test_thirty_days_count_on_either_side_and_another_payee_does_not(disbursement: Disbursement, pay: Any) -> None:
    for on in (date(2026, 3, 19), date(2026, 4, 19), date(2026, 4, 20)):
        pay("100", on=on)
    pay("100", payee="Somebody else")
    found = find_nearby(disbursement)
    assert found
    assert [(one.number, one.on, one.status[0]) for one in found.payments] == [
        ("DSB-2026-0003", date(2026, 4, 19), "Awaiting approval"),
        ("DSB-2026-0002", date(2026, 3, 19), "Awaiting approval"),
    ]
    assert (found.others, found.together, found.is_cut) == (usd("200"), usd("900"), False)


def test_what_was_rejected_or_came_back_does_not_count(
    disbursement: Disbursement, pay: Any, officer: User, approver: User
) -> None:
    first, second, third = pay("1"), pay("2"), pay("3")
    reject(first, reason="No", by=approver)
    for document in (second, third):
        approve_disbursement(document, by=approver)
    reverse(second, on=date(2026, 6, 1), reason="Came back", by=officer)
    found = find_nearby(disbursement)
    assert found
    assert [(one.number, one.status) for one in found.payments] == [("DSB-2026-0004", ("Paid", "good"))]


def test_an_advance_to_the_payee_and_a_payment_of_the_same_contract_count(
    obligation: Obligation, allocation: Allocation, bank: BankAccount, pay: Any, officer: User
) -> None:
    document = pay("500", payee="SecureTrain SA", obligation=obligation)
    pay("400", payee="Its agent", obligation=obligation)
    payee = Payee.objects.get(name="SecureTrain SA")
    lines = [Taken(FUND, allocation.project, usd("300"))]
    advance: Advance = prepare_advance(partner=payee, bank_account=bank, paid_on=DAY, lines=lines, by=officer)
    assert numbers(document) == ["DSB-2026-0002", "ADV-2026-0001"]
    assert numbers(advance) == ["DSB-2026-0001"]


def test_refunds_to_the_same_donor_count(refund: Refund, officer: User, approver_client: Client) -> None:
    facts: dict[str, Any] = {"word": Word("Note 78", DAY), "grounds": "More", "dated_on": date(2026, 4, 2)}
    prepare_refund(refund.agreement, amount=usd("5"), by=officer, **facts)
    assert numbers(refund) == ["RFD-2026-0002"]
    assert "/refunds/RFD-2026-0002/" in approver_client.get(refund.get_absolute_url()).content.decode()


def test_payments_to_the_secretariat_count(bank: BankAccount, officer: User, approver_client: Client) -> None:
    facts: dict[str, Any] = {
        "bank_account": bank,
        "dated_on": DAY,
        "amount": to_money(usd("84")),
        "created_by": officer,
    }
    first, _ = (SecretariatPayment.objects.create(number=f"SEC-2026-000{place}", **facts) for place in (1, 2))
    assert numbers(first) == ["SEC-2026-0002"]
    page = approver_client.get(first.get_absolute_url()).content.decode()
    assert "/secretariat-payments/SEC-2026-0002/" in page


@pytest.mark.parametrize(("threshold", "is_said"), [("1000", True), ("1000.01", False), ("700", False)])
def test_the_page_says_where_only_together_they_pass_the_threshold(
    disbursement: Disbursement, pay: Any, settings: Any, approver_client: Client, threshold: str, is_said: bool
) -> None:
    settings.TWO_APPROVERS_FROM = threshold
    pay("300")
    page = approver_client.get(disbursement.get_absolute_url()).content.decode()
    assert "Other payments to the same receiver" in page
    assert (REMARK in page) == is_said


def test_what_is_decided_shows_none(disbursement: Disbursement, pay: Any, approver: User, approver_client: Client):
    pay("300")
    approve_disbursement(disbursement, by=approver)
    assert "Other payments" not in approver_client.get(disbursement.get_absolute_url()).content.decode()


def test_it_is_one_query_and_of_many_payments_the_latest(
    disbursement: Disbursement,
    pay: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    for day in (1, 2, 3):
        pay("10", on=date(2026, 4, day))
    monkeypatch.setattr(nearby, "MOST", 2)
    with django_assert_num_queries(1):
        found = find_nearby(disbursement)
    assert found
    assert ([one.number for one in found.payments], found.is_cut) == (["DSB-2026-0004", "DSB-2026-0003"], True)


def test_amounts_of_several_currencies_are_added_at_the_rates_of_the_day_or_not_at_all(rates: int) -> None:
    amounts = [usd("10"), Amount(10000, "CAD"), Amount(10000, "CAD")]
    assert nearby._add_up(amounts, DAY) == usd("160")
    assert nearby._add_up([Amount(10000, "GBP")], DAY) is None
