"""Refunds: agreed by two people on the donor's word, owed until they are paid, and never more than can go back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    FundsFirst,
    NotPermitted,
    RefundTooLarge,
    SamePerson,
    StateUnfit,
    UnappliedExceeded,
    ValueInvalid,
)
from fund.models import Agreement, Allocation, Application, BankAccount, Receipt, Refund
from fund.operations.agreements import Due, Earmark
from fund.operations.applications import Word
from fund.operations.approvals import delegate
from fund.operations.people import add_person, change_person
from fund.operations.receipts import Facts, record_receipt
from fund.operations.refunds import approve_refund, pay_refund, prepare_refund
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from fund.operations.treasury import add_rate
from fund.queries.statements import make_statement
from fund.queries.sub_funds import fund_standings
from fund.queries.unapplied import unapplied_balances
from fund.roles import FINANCE_OFFICER
from ledger.causes import entries_caused_by
from ledger.money import Amount, parse_amount
from ledger.queries import get_draft
from tests.deeds import make_approvers, reverse, sign_agreement
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 1)
LATER = date(2026, 4, 3)
WORD = Word("Note 77", date(2026, 3, 30))


def prepare(agreement: Agreement, amount: Amount, by: User, **more: Any) -> Refund:
    facts: dict[str, Any] = {"dated_on": DAY, "word": WORD, "grounds": "The donor asks for it", "by": by} | more
    return prepare_refund(agreement, amount=amount, **facts)


def legs_of(number: str, place: int = 0) -> list[tuple[str, int, int, str]]:
    """Account, amount, functional, instalment of one of a document's entries."""
    draft = get_draft(entries_caused_by(number)[place])
    return [(leg.account, leg.amount, leg.functional, leg.instalment) for leg in draft.legs]


def no_problems() -> None:
    assert run_checks(lambda *_: None) == []


@pytest.fixture
def cad_refund(rates: int, canada: Any, cad_bank: BankAccount, officer: User, approver: User) -> Refund:
    """RFD-2026-0001: CAD 100.00 of an agreement that received CAD 1,000.00 at 0.74, approved at 0.75."""
    amount = parse_amount("1000", "CAD")
    signed: dict[str, Any] = {"donor": canada, "signed_on": date(2026, 1, 15), "amount": amount, "earmark": Earmark()}
    agreement = sign_agreement(**signed, instalments=[Due(date(2026, 2, 15), amount)], by=officer)
    record_receipt(agreement=agreement, facts=Facts(cad_bank, date(2026, 2, 15), amount, "B-1"), by=officer)
    refund = prepare(agreement, parse_amount("100", "CAD"), officer)
    approve_refund(refund, by=approver)
    return refund


def test_a_prepared_refund_posts_nothing(refund: Refund) -> None:
    assert (str(refund), entries_caused_by("RFD-2026-0001").exists()) == ("RFD-2026-0001", False)
    no_problems()


def test_an_approved_refund_is_owed_to_the_donor_and_no_more_to_be_spent(refund: Refund, approver: User) -> None:
    assert approve_refund(refund, by=approver)
    assert legs_of("RFD-2026-0001") == [
        ("Income:Contributions:CAN", 100000, 100000, ""),
        ("Liabilities:Refundable:CAN", -100000, -100000, "RFD-2026-0001"),
    ]
    assert fund_standings(["AGR-2026-0001"])["AGR-2026-0001"].available == 500000
    no_problems()


def test_a_paid_refund_leaves_the_bank_and_is_owed_no_more(
    refund: Refund, bank: BankAccount, officer: User, approver: User
) -> None:
    approve_refund(refund, by=approver)
    pay_refund(refund, bank_account=bank, paid_on=date(2026, 4, 3), by=officer)
    assert legs_of("RFD-2026-0001", 1) == [
        ("Liabilities:Refundable:CAN", 100000, 100000, "RFD-2026-0001"),
        ("Assets:Bank:CITI-USD", -100000, -100000, ""),
    ]
    assert fund_standings(["AGR-2026-0001"])["AGR-2026-0001"].available == 500000
    no_problems()


def test_the_donors_statement_takes_a_refund_off_what_was_paid_in(
    refund: Refund, agreement: Agreement, approver: User
) -> None:
    approve_refund(refund, by=approver)
    statement = make_statement(agreement.donor, as_of=DAY)
    assert (statement.refunded, statement.funds[0].paid_in, statement.funds[0].other) == (100000, 500000, 0)
    assert make_statement(agreement.donor, as_of=date(2026, 3, 31)).refunded == 0


def test_unapplied_money_goes_back_at_its_own_carrying_amount(
    overpaid: Receipt, agreement: Agreement, officer: User, approver: User
) -> None:
    source = agreement.instalments.get(position=2)
    approve_refund(prepare(agreement, usd("100"), officer, source=source), by=approver)
    assert legs_of("RFD-2026-0001") == [
        ("Liabilities:Unapplied:CAN", 10000, 10000, "AGR-2026-0001/2"),
        ("Liabilities:Refundable:CAN", -10000, -10000, "RFD-2026-0001"),
    ]
    assert unapplied_balances() == []
    assert make_statement(agreement.donor, as_of=DAY).funds[0].paid_in == 1000000
    with pytest.raises(StateUnfit, match="reverse first what used the rest"):
        reverse_receipt(overpaid, on=DAY, reason="bounced", by=officer)
    no_problems()


def test_a_conditional_agreement_gives_back_what_is_still_deferred_first(
    conditional: Agreement, bank: BankAccount, officer: User, approver: User
) -> None:
    facts = Facts(bank, date(2026, 3, 1), usd("1000"), "B-1")
    record_receipt(agreement=conditional, facts=facts, by=officer)
    approve_refund(prepare(conditional, usd("250"), officer), by=approver)
    assert legs_of("RFD-2026-0001")[0] == ("Liabilities:Deferred:CAN", 25000, 25000, "")
    no_problems()


def test_foreign_money_leaves_at_its_average_and_the_rest_is_realised(
    cad_refund: Refund, cad_bank: BankAccount, officer: User
) -> None:
    assert legs_of("RFD-2026-0001")[1] == ("Liabilities:Refundable:CAN", -10000, -7500, "RFD-2026-0001")
    pay_refund(cad_refund, bank_account=cad_bank, paid_on=DAY, by=officer)
    assert legs_of("RFD-2026-0001", 1) == [
        ("Liabilities:Refundable:CAN", 10000, 7500, "RFD-2026-0001"),
        ("Assets:Bank:RBC-CAD", -10000, -7400, ""),
        ("Income:Exchange:Realised", -100, -100, ""),
    ]
    no_problems()


def test_a_refund_that_was_revalued_leaves_nothing_behind_when_it_is_reversed(
    cad_refund: Refund, officer: User
) -> None:
    add_rate(currency="CAD", effective_on=date(2026, 4, 30), rate=Decimal("0.80"), by=officer)
    run_revaluation(month="2026-04", by=officer)
    reverse(cad_refund, on=date(2026, 5, 1), reason="they keep it here", by=officer)
    cleared = entries_caused_by("RFD-2026-0001").order_by("-id")[0]
    assert [leg.functional for leg in get_draft(cleared).legs] == [8000, -7500, -500]
    no_problems()


def test_a_refund_is_paid_in_another_currency_at_about_the_rate_of_the_day(
    refund: Refund, cad_agreement: Agreement, cad_bank: BankAccount, officer: User, approver: User
) -> None:
    approve_refund(refund, by=approver)
    for amount, refusal, said in (
        (None, ValueInvalid, "RBC-CAD holds CAD"),
        (parse_amount("2000", "CAD"), ValueInvalid, "more than 10 per cent away"),
        (parse_amount("1333.33", "CAD"), FundsFirst, "AGR-2026-0001 has CAD 0.00 in RBC-CAD"),
    ):
        with pytest.raises(refusal, match=said):
            pay_refund(refund, bank_account=cad_bank, paid_on=DAY, amount=amount, by=officer)
    assert entries_caused_by("RFD-2026-0001").count() == 1


def test_a_rate_that_one_person_enters_pays_no_more_than_was_agreed(
    agreement: Agreement, receipt: Receipt, cad_refund: Refund, bank: BankAccount, officer: User, approver: User
) -> None:
    refund = prepare(agreement, parse_amount("40", "CAD"), officer)
    approve_refund(refund, by=approver)
    add_rate(currency="CAD", effective_on=LATER, rate=Decimal("100"), by=officer, confirmed=True)
    with pytest.raises(ValueInvalid, match=r"USD 4,000\.00, more than a tenth above the USD 30\.00 of RFD-2026-0002"):
        pay_refund(refund, bank_account=bank, paid_on=LATER, amount=usd("4000"), by=officer)


def test_no_more_than_is_unspent_and_unallocated_goes_back(
    allocation: Allocation, agreement: Agreement, officer: User
) -> None:
    with pytest.raises(RefundTooLarge, match=r"has USD 1,000.00 on 2026-04-01 that is neither spent, allocated nor"):
        prepare(agreement, usd("1000.01"), officer)
    prepare(agreement, usd("1000"), officer)
    with pytest.raises(RefundTooLarge, match=r"USD 0.00 on 2026-02-01"):
        prepare(agreement, usd("1"), officer, dated_on=date(2026, 2, 1), word=Word("N", date(2026, 2, 1)))


def test_two_prepared_refunds_cannot_both_be_approved_of_the_same_money(
    refund: Refund, agreement: Agreement, officer: User, approver: User
) -> None:
    approve_refund(prepare(agreement, usd("5500"), officer), by=approver)
    with pytest.raises(RefundTooLarge, match=r"USD 500.00"):
        approve_refund(refund, by=approver)


def test_no_more_than_is_unapplied_goes_back(application: Application, agreement: Agreement, officer: User) -> None:
    source = agreement.instalments.get(position=2)
    with pytest.raises(UnappliedExceeded, match=r"USD 60.00 of what came beyond"):
        prepare(agreement, usd("61"), officer, source=source)


def test_money_of_the_pool_and_a_word_of_later_are_refused(
    refund: Refund, cad_agreement: Agreement, agreement: Agreement, officer: User
) -> None:
    with pytest.raises(RefundTooLarge, match="in the pool, which is everybody's"):
        prepare(cad_agreement, parse_amount("1", "CAD"), officer)
    with pytest.raises(ValueInvalid, match="or earlier: money waits"):
        prepare(agreement, usd("1"), officer, word=Word("N", date(2026, 4, 2)))
    with pytest.raises(ValueInvalid, match="This is needed"):
        prepare(agreement, usd("1"), officer, word=Word(" ", DAY))


def test_its_preparer_never_approves_it_nor_its_approver_pays_it(
    refund: Refund, bank: BankAccount, officer: User, approver: User
) -> None:
    officer.is_superuser = approver.is_superuser = True
    for person in (officer, approver):
        person.save()
    both = {person: User.objects.get(pk=person.pk) for person in (officer, approver)}
    with pytest.raises(SamePerson):
        approve_refund(refund, by=both[officer])
    approve_refund(refund, by=both[approver])
    with pytest.raises(SamePerson, match="another person pays it"):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=both[approver])


def test_a_refund_is_paid_once_and_only_when_approved(
    refund: Refund, bank: BankAccount, officer: User, approver: User, auditor: User
) -> None:
    with pytest.raises(NotPermitted):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=auditor)
    with pytest.raises(StateUnfit, match="awaiting approval: only what is approved"):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=officer)
    approve_refund(refund, by=approver)
    pay_refund(refund, bank_account=bank, paid_on=DAY, by=officer)
    with pytest.raises(StateUnfit, match="paid on 2026-04-01 already"):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=officer)
    reverse(refund, on=date(2026, 4, 5), reason="the bank returned it", by=officer)
    assert fund_standings(["AGR-2026-0001"])["AGR-2026-0001"].available == 600000
    no_problems()


@pytest.mark.parametrize(
    "change", [{"amount": 999}, {"dated_on": date(2026, 5, 2)}, {"state": "prepared"}, {"paid": 1}, {"paid_on": None}]
)
def test_a_refund_that_was_tampered_with_is_found(
    refund: Refund, bank: BankAccount, officer: User, approver: User, change: dict[str, Any]
) -> None:
    approve_refund(refund, by=approver)
    pay_refund(refund, bank_account=bank, paid_on=DAY, by=officer)
    Refund.objects.update(**change)
    assert any("RFD-2026-0001" in problem for problem in run_checks(lambda *_: None))


def test_the_first_of_two_approvers_does_not_pay_either(
    refund: Refund, bank: BankAccount, settings: Any, officer: User
) -> None:
    settings.TWO_APPROVERS_FROM = "100"
    first, second = make_approvers()
    assert [approve_refund(refund, by=one) for one in (first, second)] == [False, True]
    first = change_person(first.username, role=FINANCE_OFFICER)
    with pytest.raises(SamePerson, match="You approved RFD-2026-0001"):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=first)
    pay_refund(refund, bank_account=bank, paid_on=DAY, by=officer)


def test_who_gave_the_right_to_approve_does_not_pay(refund: Refund, bank: BankAccount) -> None:
    giver, deputy = make_approvers()[0], add_person("deputy", role=FINANCE_OFFICER)[0]
    days: dict[str, Any] = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    delegate(receiver=deputy, reason="Leave", by=giver, **days)
    assert approve_refund(refund, by=deputy)
    giver = change_person(giver.username, role=FINANCE_OFFICER)
    with pytest.raises(SamePerson, match="or gave who did the right"):
        pay_refund(refund, bank_account=bank, paid_on=DAY, by=giver)


def test_what_is_worth_nothing_is_not_refunded(receipt: Receipt, agreement: Agreement, officer: User) -> None:
    add_rate(currency="IDR", effective_on=date(2026, 3, 30), rate=Decimal("0.00006"), by=officer)
    with pytest.raises(ValueInvalid, match=r"IDR 1.00 is worth nothing in USD on 2026-04-01"):
        prepare(agreement, parse_amount("1", "IDR"), officer)
