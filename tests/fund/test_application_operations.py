"""Applications: unapplied money that finds its use on the donor's word."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import FundsFirst, NotPermitted, ReceiptTooLarge, StateUnfit, UnappliedExceeded, ValueInvalid
from fund.models import Agreement, Application, BankAccount, Donor, Project, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.applications import Word, apply_unapplied, reverse_application
from fund.operations.receipts import Facts, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.queries.contributions import instalment_standings
from fund.queries.figures import Grouping, group_contributions
from fund.queries.statements import make_statement
from fund.queries.unapplied import unapplied_balances
from ledger.money import Amount
from ledger.queries import Scope, entries, totals
from tests.deeds import allocate, cancel_agreement, sign_agreement
from tests.fund.deposits import legs_of_last
from tests.shorthand import cad, check, usd

DAY = date(2026, 3, 9)
WORD = Word("L-1", date(2026, 3, 8))


def sign(donor: Donor, amount: Amount, by: User, **options: Any) -> Agreement:
    due = [Due(date(2026, 4, 1), amount)]
    return sign_agreement(donor=donor, signed_on=date(2026, 2, 1), amount=amount, instalments=due, by=by, **options)


def apply(agreement: Agreement, amount: Amount, by: User, **options: Any) -> Application:
    """Applies what came beyond the last instalment of an agreement."""
    source = agreement.instalments.latest("position")
    facts: dict[str, Any] = {"on": DAY, "word": WORD} | options
    return apply_unapplied(source=source, amount=amount, by=by, **facts)


@pytest.fixture
def other(overpaid: Receipt, canada: Donor, officer: User) -> Agreement:
    """AGR-2026-0002: USD 70.00 of Canada, unearmarked."""
    return sign(canada, usd("70"), officer)


def test_applied_in_another_sub_fund_the_cash_goes_with_it(
    agreement: Agreement, other: Agreement, bank: BankAccount, officer: User
) -> None:
    target = other.instalments.get()
    found = apply(agreement, usd("70"), officer, instalment=target, bank_account=bank)
    assert legs_of_last() == [
        ("Liabilities:Unapplied:CAN", 7000, 7000, "AGR-2026-0001"),
        ("Assets:Bank:CITI-USD", -7000, -7000, "AGR-2026-0001"),
        ("Assets:Bank:CITI-USD", 7000, 7000, "POOL"),
        ("Assets:Receivable:CAN", -7000, -7000, "POOL"),
    ]
    assert (found.number, found.word, found.word_on) == ("APL-2026-0001", "L-1", date(2026, 3, 8))
    standing = instalment_standings([target])[target.reference]
    assert (standing.received, standing.outstanding) == (7000, 0)
    assert [(one.instalment.reference, one.amount) for one in unapplied_balances()] == [("AGR-2026-0001/2", usd("30"))]
    assert check() == []


def test_applied_within_its_sub_fund_no_cash_moves(acme: Donor, bank: BankAccount, officer: User) -> None:
    first, second = sign(acme, usd("100"), officer), sign(acme, usd("60"), officer)
    facts = Facts(bank, date(2026, 3, 1), usd("150"), "B-1")
    record_receipt(agreement=first, facts=facts, by=officer, accept_excess=True)
    apply(first, usd("50"), officer, instalment=second.instalments.get())
    assert legs_of_last() == [
        ("Liabilities:Unapplied:ACME", 5000, 5000, "POOL"),
        ("Assets:Receivable:ACME", -5000, -5000, "POOL"),
    ]
    assert check() == []


def test_applied_to_a_conditional_agreement_it_is_no_income(acme: Donor, bank: BankAccount, officer: User) -> None:
    first, second = (
        sign(acme, usd("100"), officer, earmark=Earmark(), recognition="as_conditions_met") for _ in range(2)
    )
    facts = Facts(bank, date(2026, 3, 1), usd("150"), "B-1")
    record_receipt(agreement=first, facts=facts, by=officer, accept_excess=True)
    apply(first, usd("50"), officer, instalment=second.instalments.get(), bank_account=bank)
    assert legs_of_last()[-1] == ("Assets:Receivable:ACME", -5000, -5000, "AGR-2026-0002")
    assert check() == []


def test_as_a_gift_it_is_income_of_the_pool(application: Application) -> None:
    assert legs_of_last() == [
        ("Liabilities:Unapplied:CAN", 4000, 4000, "AGR-2026-0001"),
        ("Assets:Bank:CITI-USD", -4000, -4000, "AGR-2026-0001"),
        ("Assets:Bank:CITI-USD", 4000, 4000, "POOL"),
        ("Income:Contributions:CAN", -4000, -4000, "POOL"),
    ]
    assert check() == []


def test_foreign_money_leaves_at_its_carrying_amounts(
    cad_agreement: Agreement, cad_bank: BankAccount, canada: Donor, officer: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 10), cad("1100"), "B-1")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer, accept_excess=True)
    target = sign(canada, cad("100"), officer, earmark=Earmark())
    facts = Facts(cad_bank, date(2026, 3, 1), cad("1100"), "B-2")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer, accept_excess=True)
    apply(cad_agreement, cad("100"), officer, instalment=target.instalments.get(), bank_account=cad_bank)
    assert legs_of_last() == [
        ("Liabilities:Unapplied:CAN", 10000, 7492, "POOL"),
        ("Assets:Bank:RBC-CAD", -10000, -7450, "POOL"),
        ("Income:Exchange:Realised", -42, -42, "POOL"),
        ("Assets:Bank:RBC-CAD", 10000, 7450, "AGR-2026-0002"),
        ("Assets:Receivable:CAN", -10000, -7400, "AGR-2026-0002"),
        ("Income:Exchange:Realised", -50, -50, "AGR-2026-0002"),
    ]
    assert check() == []


def test_the_figures_follow_the_money(application: Application, agreement: Agreement, canada: Donor) -> None:
    (whole,) = group_contributions(Grouping.DONOR)
    assert (whole.functional.received, whole.functional.unapplied, whole.gifts) == (1010000, 6000, 1)
    statement = make_statement(canada, as_of=DAY)
    assert {line.fund: (line.paid_in, line.balance) for line in statement.funds} == {
        "AGR-2026-0001": (1000000, 1000000),
        "POOL": (4000, 4000),
    }
    before = make_statement(canada, as_of=date(2026, 3, 8))
    assert (before.figures.received, before.figures.unapplied, len(before.funds)) == (1010000, 10000, 1)


REFUSALS: dict[str, tuple[str, dict[str, Any], type[Exception], str]] = {
    "more": ("100.01", {}, UnappliedExceeded, r"USD 100\.00 of what came beyond AGR-2026-0001/2 is unapplied"),
    "nothing": ("0", {}, ValueInvalid, "more than zero"),
    "more than is owed": ("71", {}, ReceiptTooLarge, r"is owed USD 70\.00: USD 71\.00 is more"),
    "no account": ("70", {"bank_account": None}, ValueInvalid, "choose the USD account that it is in"),
    "a word to come": ("70", {"word": Word("L-1", date(2026, 3, 10))}, ValueInvalid, "is of 2026-03-09 or earlier"),
    "no word": ("70", {"word": Word(" ", DAY)}, ValueInvalid, "This is needed"),
    "too early": (
        "70",
        {"on": date(2026, 2, 28), "word": Word("L", date(2026, 2, 1))},
        UnappliedExceeded,
        r"USD 0\.00",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_the_control_refuses_writes_nothing(
    name: str, agreement: Agreement, other: Agreement, bank: BankAccount, officer: User
) -> None:
    amount, options, error, message = REFUSALS[name]
    before = entries().count()
    with pytest.raises(error, match=message):
        apply(
            agreement, usd(amount), officer, **({"instalment": other.instalments.get(), "bank_account": bank} | options)
        )
    assert (entries().count(), Application.objects.count()) == (before, 0)


def test_another_donors_instalment_is_refused(
    agreement: Agreement, overpaid: Receipt, acme: Donor, bank: BankAccount, officer: User
) -> None:
    target = sign(acme, usd("50"), officer).instalments.get()
    with pytest.raises(ValueInvalid, match=r"is of ACME Inc\.: choose one of Canada"):
        apply(agreement, usd("50"), officer, instalment=target, bank_account=bank)


def test_the_instalment_itself_and_a_cancelled_one_are_refused(
    agreement: Agreement, other: Agreement, bank: BankAccount, officer: User
) -> None:
    with pytest.raises(ValueInvalid, match="choose another instalment, or a gift"):
        apply(agreement, usd("5"), officer, instalment=agreement.instalments.get(position=2))
    cancel_agreement(other, on=DAY, reason="slip", by=officer)
    with pytest.raises(ValueInvalid, match="AGR-2026-0002 was cancelled"):
        apply(agreement, usd("5"), officer, instalment=other.instalments.get(), bank_account=bank)


def test_reversed_it_waits_for_the_donors_word_again(application: Application, officer: User) -> None:
    reverse_application(application, on=DAY, reason="another letter", by=officer)
    assert [one.amount for one in unapplied_balances()] == [usd("100")]
    with pytest.raises(StateUnfit, match="reversed on 2026-03-09 already"):
        reverse_application(application, on=DAY, reason="again", by=officer)
    assert check() == []


def test_money_that_is_allocated_since_stays(application: Application, project: Project, officer: User) -> None:
    allocate(project=project, decided_on=DAY, lines={"POOL": usd("39")}, by=officer)
    with pytest.raises(FundsFirst, match=r"POOL has USD 1\.00 to allocate"):
        reverse_application(application, on=DAY, reason="another letter", by=officer)


def test_a_receipt_whose_rest_was_applied_is_not_reversed(
    application: Application, overpaid: Receipt, officer: User
) -> None:
    with pytest.raises(StateUnfit, match=r"Only USD 60\.00 of what it left unapplied still waits"):
        reverse_receipt(overpaid, on=DAY, reason="slip", by=officer)


def test_an_agreement_that_something_was_applied_to_is_not_cancelled(
    agreement: Agreement, other: Agreement, bank: BankAccount, officer: User
) -> None:
    apply(agreement, usd("70"), officer, instalment=other.instalments.get(), bank_account=bank)
    with pytest.raises(StateUnfit, match="reverse them first"):
        cancel_agreement(other, on=DAY, reason="slip", by=officer)


def test_only_who_may_applies_and_reverses(application: Application, agreement: Agreement, approver: User) -> None:
    with pytest.raises(NotPermitted):
        apply(agreement, usd("5"), approver)
    with pytest.raises(NotPermitted):
        reverse_application(application, on=DAY, reason="no", by=approver)


def test_both_sums_of_the_ledger_agree_with_the_donors(application: Application) -> None:
    received = totals(Scope(accounts=("Assets:Bank:",), kinds=("receipt",)), by=("party",))
    assert [(total.party, total.functional) for total in received] == [("CAN", 1010000)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: Application.objects.update(amount=41), "41.00 on the document"),
        (lambda: Application.objects.update(applied_on=date(2026, 3, 10)), "is dated 2026-03-10"),
        (lambda: Application.objects.update(reversed_on=DAY), "must have caused 1 reversal"),
        (lambda: Application.objects.update(bank_account=None), "0.00 on the document, USD 40.00 in the books"),
        (lambda: Application.objects.all().delete(), "APL-2026-0001 is missing"),
    ],
)
def test_an_application_that_was_changed_past_the_operations_is_found(
    change: Callable[[], Any], message: str, application: Application
) -> None:
    change()
    assert message in " ".join(check())
