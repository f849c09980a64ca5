"""Conditional agreements: income is deferred until what it is for is spent, or a milestone accepted."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import MilestoneTooLarge, NotPermitted, OutsideEarmark, StateUnfit, ValueInvalid
from fund.models import Agreement, AuditRecord, BankAccount, Disbursement, Donor, Milestone, Project
from fund.operations.agreements import Due, Earmark
from fund.operations.amendments import Term
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.milestones import accept_milestone, plan_milestone, reverse_milestone
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.reversals import (
    reverse_receipt,
    reverse_run,
)
from fund.queries.donors import donor_standings
from fund.queries.figures import contributions
from fund.queries.overview import get_position
from fund.queries.statements import make_statement
from fund.queries.sub_funds import fund_standings
from ledger.causes import entries_caused_by
from ledger.money import Amount, parse_amount
from ledger.queries import Scope, entries, get_draft, totals
from tests.deeds import allocate, amend_agreement, cancel_agreement, reverse, sign_agreement
from tests.lifted import lifted
from tests.shorthand import check, usd

DAY = date(2026, 3, 10)
FUND = "AGR-2026-0001"


def sign(donor: Donor, by: User, **changes: Any) -> Agreement:
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("1000"), "earmark": Earmark()}
    facts |= {"instalments": [Due(date(2026, 3, 1), usd("1000"))], "recognition": "as_conditions_met"}
    return sign_agreement(donor=donor, by=by, **(facts | changes))


@pytest.fixture
def funded(conditional: Agreement, bank: BankAccount, project: Project, officer: User) -> Agreement:
    """The same, received and allocated to CYB-01."""
    facts = Facts(bank, date(2026, 3, 1), usd("1000"), "BANK-1")
    record_receipt(agreement=conditional, facts=facts, by=officer)
    allocate(project=project, decided_on=DAY, lines={FUND: usd("1000")}, by=officer)
    return conditional


def pay(amount: str, officer: User, approver: User, on: date = DAY) -> Disbursement:
    line = Line(FUND, Project.objects.get(), "Travel", usd(amount))
    bank = BankAccount.objects.get()
    paid = prepare_disbursement(payee="Wings", bank_account=bank, paid_on=on, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    return paid


def accept(milestone: Milestone, by: User, on: date = DAY) -> None:
    accept_milestone(milestone, on=on, note="The report of 9 March", by=by)


def legs(document: object) -> list[tuple[str, int, str]]:
    drafts = [get_draft(entry) for entry in entries_caused_by(str(document))]
    return [(leg.account, leg.functional, leg.fund) for draft in drafts for leg in draft.legs]


def balances() -> dict[str, int]:
    found = totals(Scope(accounts=("Liabilities:", "Income:", "Assets:Receivable:")), by=("account",))
    return {total.account: total.functional for total in found if total.functional}


def test_the_income_of_a_conditional_agreement_is_deferred(conditional: Agreement) -> None:
    assert legs(conditional) == [
        ("Assets:Receivable:CAN", 100000, FUND),
        ("Liabilities:Deferred:CAN", -100000, FUND),
    ]
    assert check() == []


def test_a_receipt_settles_the_receivable_and_is_no_income(funded: Agreement) -> None:
    assert balances() == {"Liabilities:Deferred:CAN": -100000}
    assert fund_standings([FUND])[FUND].held == 0


def test_spending_makes_as_much_income_in_the_same_entry(funded: Agreement, officer: User, approver: User) -> None:
    assert legs(pay("300", officer, approver)) == [
        ("Expenses:Projects:CYB-01:Travel", 30000, FUND),
        ("Assets:Bank:CITI-USD", -30000, FUND),
        ("Liabilities:Deferred:CAN", 30000, FUND),
        ("Income:Contributions:CAN", -30000, FUND),
    ]
    assert check() == []


def test_a_reversed_payment_takes_its_income_back(funded: Agreement, officer: User, approver: User) -> None:
    reverse(pay("300", officer, approver), on=DAY, reason="Came back", by=officer)
    assert balances() == {"Liabilities:Deferred:CAN": -100000}
    assert check() == []


def test_no_more_becomes_income_than_is_deferred(
    funded: Agreement, milestone: Milestone, officer: User, approver: User
) -> None:
    accept(milestone, officer)
    pay("700", officer, approver)
    pay("300", officer, approver)
    assert balances() == {"Income:Contributions:CAN": -100000}
    assert check() == []


def test_a_payment_dated_back_leaves_what_later_acts_released(
    funded: Agreement, milestone: Milestone, officer: User, approver: User
) -> None:
    accept(milestone, officer, on=date(2026, 6, 1))
    pay("900", officer, approver)
    assert balances() == {"Income:Contributions:CAN": -100000}
    assert check() == []


def test_of_other_agreements_nothing_is_released(disbursement: Disbursement, approver: User) -> None:
    approve_disbursement(disbursement, by=approver)
    assert [account for account, _, _ in legs(disbursement)] == [
        "Expenses:Projects:CYB-01:Travel",
        "Assets:Bank:CITI-USD",
    ]


def test_indirect_cost_makes_as_much_income_and_what_it_gives_back_is_deferred_again(
    funded: Agreement, officer: User, approver: User
) -> None:
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(10), "expenditure"), by=officer)
    paid = pay("200", officer, approver)
    charged = legs(run_recovery(month="2026-03", by=officer))
    assert charged[2:] == [
        ("Liabilities:Deferred:CAN", 2000, FUND),
        ("Income:Contributions:CAN", -2000, FUND),
    ]
    reverse(paid, on=date(2026, 4, 2), reason="it came back", by=officer)
    given_back = run_recovery(month="2026-04", by=officer)
    assert legs(given_back) == [(account, -minor, fund) for account, minor, fund in charged]
    reverse_run(given_back, on=date(2026, 5, 2), reason="a slip", by=officer)
    assert check() == []


def test_a_conditional_agreement_is_earmarked(fund_year: int, canada: Donor, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="A conditional agreement is earmarked"):
        sign(canada, officer, earmark=None)
    assert not Agreement.objects.exists()


def test_a_conditional_agreement_of_which_nothing_was_received_is_cancelled(
    conditional: Agreement, officer: User
) -> None:
    cancel_agreement(conditional, on=DAY, reason="Withdrawn", by=officer)
    assert balances() == {}
    assert check() == []


def test_an_accepted_milestone_is_income_of_its_amount(milestone: Milestone, officer: User) -> None:
    accept(milestone, officer)
    assert str(milestone) == "AGR-2026-0001/M1"
    assert legs(milestone) == [("Liabilities:Deferred:CAN", 40000, FUND), ("Income:Contributions:CAN", -40000, FUND)]
    assert entries_caused_by(str(milestone)).get().narration == "Milestone AGR-2026-0001/M1 accepted: Course held"
    found = Milestone.objects.get()
    assert (found.accepted_on, found.acceptance) == (DAY, "The report of 9 March")
    assert check() == []


def test_a_milestone_that_is_taken_back_is_deferred_again(milestone: Milestone, officer: User) -> None:
    accept(milestone, officer)
    reverse_milestone(milestone, on=date(2026, 3, 11), reason="The report was another's", by=officer)
    assert balances()["Liabilities:Deferred:CAN"] == -100000
    with pytest.raises(StateUnfit, match="was taken back on 2026-03-11: plan another one"):
        accept(milestone, officer)
    assert check() == []


def test_a_planned_milestone_is_dropped_without_an_entry(milestone: Milestone, officer: User) -> None:
    before = entries().count()
    reverse_milestone(milestone, on=DAY, reason="Not agreed", by=officer)
    assert entries().count() == before
    assert check() == []


def test_a_milestone_beyond_what_is_deferred_is_refused(
    funded: Agreement, milestone: Milestone, officer: User, approver: User
) -> None:
    pay("700", officer, approver, on=date(2026, 4, 1))
    before = entries().count()
    with pytest.raises(MilestoneTooLarge, match=r"has USD 300\.00 deferred on 2026-04-01; USD 400\.00 is more"):
        accept(milestone, officer)
    assert entries().count() == before
    assert Milestone.objects.get().accepted_on is None


def test_an_accepted_milestone_keeps_its_agreement_from_being_cancelled(milestone: Milestone, officer: User) -> None:
    accept(milestone, officer)
    with pytest.raises(StateUnfit, match="AGR-2026-0001/M1 is accepted, and its income recognised: reverse it first"):
        cancel_agreement(milestone.agreement, on=DAY, reason="Withdrawn", by=officer)
    reverse_milestone(milestone, on=DAY, reason="No", by=officer)
    cancel_agreement(milestone.agreement, on=DAY, reason="Withdrawn", by=officer)
    assert balances() == {}
    assert check() == []


def test_what_is_taken_off_beyond_the_deferred_income_was_income(milestone: Milestone, officer: User) -> None:
    accept(milestone, officer)
    terms = [Term(date(2026, 3, 1), usd("100"), f"{FUND}/1")]
    amendment = amend_agreement(milestone.agreement, amended_on=DAY, note="Less", terms=terms, by=officer)
    assert legs(amendment) == [
        ("Assets:Receivable:CAN", -90000, FUND),
        ("Liabilities:Deferred:CAN", 60000, FUND),
        ("Income:Contributions:CAN", 30000, FUND),
    ]
    assert check() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": parse_amount("5", "CAD")}, "Deferred income is in USD, and so are milestones"),
        ({"amount": Amount(0, "USD")}, "The amount is more than zero"),
        ({"title": " "}, "This is needed"),
        ({"due_on": date(2026, 1, 14)}, "Choose 2026-01-15 or later"),
    ],
)
def test_a_wrong_milestone_is_refused(
    conditional: Agreement, officer: User, changes: dict[str, Any], message: str
) -> None:
    facts: dict[str, Any] = {"title": "Course", "due_on": DAY, "amount": usd("1"), "by": officer}
    with pytest.raises(ValueInvalid, match=message):
        plan_milestone(conditional, **(facts | changes))
    assert not Milestone.objects.exists()


def test_without_conditions_there_are_no_milestones(agreement: Agreement, officer: User) -> None:
    with pytest.raises(StateUnfit, match="its income is recognised on signature"):
        plan_milestone(agreement, title="Course", due_on=DAY, amount=usd("1"), by=officer)


def test_a_milestone_is_accepted_once_and_on_a_day_of_the_agreement(milestone: Milestone, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="Choose 2026-01-15 or later"):
        accept(milestone, officer, on=date(2026, 1, 14))
    accept(milestone, officer)
    with pytest.raises(StateUnfit, match="was accepted on 2026-03-10 already"):
        accept(milestone, officer)


def test_an_auditor_plans_and_accepts_nothing(milestone: Milestone, auditor: User) -> None:
    with pytest.raises(NotPermitted):
        accept(milestone, auditor)
    with pytest.raises(NotPermitted):
        reverse_milestone(milestone, on=DAY, reason="No", by=auditor)
    with pytest.raises(NotPermitted):
        plan_milestone(milestone.agreement, title="Course", due_on=DAY, amount=usd("1"), by=auditor)


def test_figures_say_what_is_deferred(funded: Agreement, canada: Donor, officer: User, approver: User) -> None:
    pay("300", officer, approver)
    statement = make_statement(canada, as_of=date(2026, 6, 15))
    assert statement.figures.deferred == statement.agreements[0].figures.deferred == 70000
    # What is deferred is the donor's own money: it is left, not owed.
    assert (statement.balance, statement.whole.other) == (70000, 0)
    assert make_statement(canada, as_of=date(2026, 3, 9)).figures.deferred == 100000
    assert contributions()[0].functional.deferred == 70000
    position = get_position()
    assert (position.deferred, position.held, position.available) == (70000, 0, 0)
    assert donor_standings([canada])["CAN"].deferred == 70000


def test_everything_taken_back_leaves_nothing(funded: Agreement, officer: User, approver: User) -> None:
    reverse(pay("300", officer, approver), on=DAY, reason="Came back", by=officer)
    allocation = Project.objects.get().allocations.get()
    reverse(allocation, on=DAY, reason="Back", by=officer)
    reverse_receipt(funded.receipts.get(), on=DAY, reason="Back", by=officer)
    cancel_agreement(funded, on=DAY, reason="Back", by=officer)
    assert balances() == {}
    assert check() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda: Milestone.objects.update(amount=5), "AGR-2026-0001/M1: Liabilities:Deferred:CAN in AGR-2026-0001"),
        (lambda: Milestone.objects.update(accepted_on=date(2026, 3, 11)), "AGR-2026-0001/M1 is dated 2026-03-11"),
        (lambda: Milestone.objects.update(accepted_on=None), "AGR-2026-0001/M1 must have caused 0 entries"),
        (lambda: Milestone.objects.update(reversed_on=DAY), "AGR-2026-0001/M1 must have caused 1 reversal: none."),
        (lambda: Milestone.objects.update(position=2), "AGR-2026-0001/M1 is not numbered as a part"),
        (lambda: Milestone.objects.update(number="AGR-2026-0001/M2"), "AGR-2026-0001/M2 is not numbered as a part"),
        (lambda: Milestone.objects.all().delete(), "AGR-2026-0001/M1 is gone"),
        (lambda: AuditRecord.objects.filter(act="accept milestone").delete(), "no audit record of “accept milestone”"),
        (lambda: Agreement.objects.update(recognition="on_signature"), "AGR-2026-0001 has deferred income, and is no"),
    ],
)
def test_a_changed_milestone_is_found(
    milestone: Milestone, officer: User, change: Callable[[], object], problem: str
) -> None:
    accept(milestone, officer)
    with lifted():
        change()
    assert any(problem in found for found in check()), check()


EARMARKS = [
    (Earmark(themes=[1]), r"recommendations 1 to 13 \(Measures to implement the Convention\); CYB-01 serves 15, 16"),
    (Earmark(countries=["HND"]), "AGR-2026-0001 is for Honduras; CYB-01 works in Guatemala"),
]


@pytest.mark.parametrize(("earmark", "message"), EARMARKS)
def test_money_is_kept_to_its_theme_and_country(
    fund_year: int,
    canada: Donor,
    bank: BankAccount,
    project: Project,
    officer: User,
    earmark: Earmark,
    message: str,
) -> None:
    agreement = sign(canada, officer, earmark=earmark)
    record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("1000"), "B"), by=officer)
    with pytest.raises(OutsideEarmark, match=message):
        allocate(project=project, decided_on=DAY, lines={FUND: usd("1")}, by=officer)
    line = Line(FUND, project, "Travel", usd("1"))
    with pytest.raises(OutsideEarmark, match=message):
        prepare_disbursement(payee="Wings", bank_account=bank, paid_on=DAY, lines=[line], by=officer)


def test_a_project_of_the_theme_gets_its_money(
    fund_year: int, canada: Donor, bank: BankAccount, project: Project, officer: User
) -> None:
    agreement = sign(canada, officer, earmark=Earmark(themes=[2, 1]))
    assert agreement.earmark_themes == [1, 2]
    record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("1000"), "B"), by=officer)
    allocate(project=project, decided_on=DAY, lines={FUND: usd("1")}, by=officer)


def test_a_theme_is_a_section_of_the_recommendations(fund_year: int, canada: Donor, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="6 is not a section of the recommendations: 1 to 5"):
        sign(canada, officer, earmark=Earmark(themes=[6]))
