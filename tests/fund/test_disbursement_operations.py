from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    AllocationExceeded,
    FundsFirst,
    NotPermitted,
    OutsideEarmark,
    SamePerson,
    StateUnfit,
    ValueInvalid,
)
from fund.models import Agreement, Allocation, BankAccount, Disbursement, Donor, Project, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.approvals import reject
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.queries.sub_funds import bank_cash, fund_standings, lowest_allocation_left
from ledger.money import parse_amount
from ledger.queries import Scope, entries, get_total
from tests.deeds import allocate, reverse, sign_agreement
from tests.shorthand import usd

DAY = date(2026, 3, 10)


def give(project: Project, fund: str, amount: str, by: User, on: date = DAY) -> Allocation:
    return allocate(project=project, decided_on=on, lines={fund: usd(amount)}, by=by)


def prepare(bank: BankAccount, by: User, *lines: Line, **changes: Any) -> Disbursement:
    facts: dict[str, Any] = {"payee": "SecureTrain SA", "paid_on": DAY}
    return prepare_disbursement(bank_account=bank, lines=lines, by=by, **(facts | changes))


def left(fund: str) -> int:
    """What CYB-01 has left of a sub-fund."""
    return lowest_allocation_left("CYB-01", fund, since=date(2026, 12, 31)).balance


@pytest.fixture
def funded(receipt: Receipt, project: Project, officer: User) -> str:
    """The sub-fund AGR-2026-0001 with 6,000.00 USD of cash, 5,000.00 of it allocated to CYB-01."""
    give(project, "AGR-2026-0001", "5000", officer)
    return "AGR-2026-0001"


def test_more_than_was_received_is_not_allocated(receipt: Receipt, project: Project, officer: User) -> None:
    with pytest.raises(FundsFirst, match=r"AGR-2026-0001 has USD 6,000\.00 to allocate on 2026-03-10"):
        give(project, "AGR-2026-0001", "6000.01", officer)
    assert not Allocation.objects.exists()
    give(project, "AGR-2026-0001", "6000", officer)


def test_money_is_not_allocated_on_a_day_before_it_came(receipt: Receipt, project: Project, officer: User) -> None:
    with pytest.raises(FundsFirst, match=r"USD 0\.00 to allocate on 2026-02-28"):
        give(project, "AGR-2026-0001", "1", officer, on=date(2026, 2, 28))


def test_what_is_unapplied_is_not_allocated(
    agreement: Agreement, bank: BankAccount, project: Project, officer: User
) -> None:
    facts = Facts(bank, DAY, usd("10500"), "B")
    record_receipt(agreement=agreement, facts=facts, by=officer, accept_excess=True)
    with pytest.raises(FundsFirst):
        give(project, agreement.number, "10000.01", officer)
    give(project, agreement.number, "10000", officer)


def test_one_sub_funds_money_cannot_be_allocated_out_of_another(
    receipt: Receipt, project: Project, officer: User
) -> None:
    with pytest.raises(FundsFirst, match="POOL has"):
        give(project, "POOL", "1", officer)


def test_a_disbursement_is_posted_when_another_person_approves_it(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    before = entries().count()
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("1200")))
    assert entries().count() == before
    approve_disbursement(paid, by=approver)
    assert left(funded) == 380000
    assert fund_standings([funded])[funded].cash == 480000


def test_who_prepares_does_not_approve(funded: str, bank: BankAccount, project: Project, officer: User) -> None:
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("1200")))
    with pytest.raises(NotPermitted):
        approve_disbursement(paid, by=officer)


def test_even_an_approver_does_not_approve_what_they_prepared(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    officer.groups.add(*approver.groups.all())
    both = User.objects.get(pk=officer.pk)
    paid = prepare(bank, both, Line(funded, project, "Travel", usd("1200")))
    with pytest.raises(SamePerson, match="another person decides"):
        approve_disbursement(paid, by=both)
    with pytest.raises(SamePerson):
        reject(paid, reason="no", by=both)


def test_a_disbursement_is_decided_once(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("1200")))
    approve_disbursement(paid, by=approver)
    with pytest.raises(StateUnfit, match="paid already"):
        approve_disbursement(paid, by=approver)
    with pytest.raises(StateUnfit):
        reject(paid, reason="too late", by=approver)


def test_a_rejected_disbursement_posts_nothing(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    before = entries().count()
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("1200")))
    reject(paid, reason="no invoice", by=approver)
    assert entries().count() == before


def test_spending_beyond_the_allocation_is_refused(
    funded: str, bank: BankAccount, project: Project, officer: User
) -> None:
    with pytest.raises(AllocationExceeded, match=r"CYB-01 has USD 5,000\.00 of AGR-2026-0001 left"):
        prepare(bank, officer, Line(funded, project, "Travel", usd("5000.01")))
    assert not Disbursement.objects.exists()


def test_lines_of_one_sub_fund_share_its_allocation(
    funded: str, bank: BankAccount, project: Project, officer: User
) -> None:
    lines = [Line(funded, project, category, usd("2500.01")) for category in ("Travel", "Personnel")]
    with pytest.raises(AllocationExceeded):
        prepare(bank, officer, *lines)


def test_the_limits_are_checked_again_at_approval(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    first, second = (prepare(bank, officer, Line(funded, project, "Travel", usd("3000"))) for _ in range(2))
    approve_disbursement(first, by=approver)
    with pytest.raises(AllocationExceeded):
        approve_disbursement(second, by=approver)
    second.refresh_from_db()
    assert second.state == "prepared"


def test_a_payment_dated_back_leaves_enough_for_those_that_came_after(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("5000")), paid_on=date(2026, 3, 20))
    approve_disbursement(paid, by=approver)
    with pytest.raises(AllocationExceeded, match="on 2026-03-20"):
        prepare(bank, officer, Line(funded, project, "Travel", usd("0.01")), paid_on=date(2026, 3, 15))


def test_money_leaves_only_an_account_that_holds_it(
    funded: str, cad_bank: BankAccount, project: Project, officer: User, rates: int
) -> None:
    line = Line(funded, project, "Travel", parse_amount("10", "CAD"))
    with pytest.raises(FundsFirst, match=r"has CAD 0\.00 in RBC-CAD .* It has USD 6,000\.00 in CITI-USD"):
        prepare(cad_bank, officer, line)


def test_one_disbursement_charges_several_sub_funds_each_balanced_by_itself(
    funded: str, acme: Donor, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    record_gift(donor=acme, facts=Facts(bank, DAY, usd("500"), "G"), by=officer)
    give(project, "POOL", "500", officer)
    lines = [Line(funded, project, "Travel", usd("100")), Line("POOL", project, "Travel", usd("50"))]
    approve_disbursement(prepare(bank, officer, *lines), by=approver)
    assert [get_total(Scope(funds=(fund,))).functional for fund in (funded, "POOL")] == [0, 0]
    assert left("POOL") == 45000


def test_the_last_cent_of_a_foreign_balance_takes_what_is_left_of_its_carrying_amount(
    cad_agreement: Agreement, cad_bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 15), parse_amount("1000", "CAD"), "C")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer)
    give(project, "POOL", "740", officer, on=date(2026, 2, 20))
    for part in ("333.33", "333.33", "319.99"):
        line = Line("POOL", project, "Travel", parse_amount(part, "CAD"))
        approve_disbursement(prepare(cad_bank, officer, line, paid_on=date(2026, 2, 20)), by=approver)
    held = bank_cash(cad_bank.account, "POOL")
    assert (held.amount, held.functional) == (1335, 988)


@pytest.mark.parametrize(
    ("earmark", "message"),
    [
        ({"countries": ["BOL"]}, "is for Bolivia; CYB-01 works in Guatemala"),
        ({"ends_on": date(2026, 3, 9)}, "ended on 2026-03-09"),
    ],
)
def test_money_outside_its_earmark_is_not_allocated(
    canada: Donor, bank: BankAccount, project: Project, officer: User, earmark: dict[str, Any], message: str
) -> None:
    agreement = sign_for(canada, officer, Earmark(**earmark))
    facts = Facts(bank, date(2026, 2, 1), usd("100"), "E")
    record_receipt(agreement=agreement, facts=facts, by=officer)
    with pytest.raises(OutsideEarmark, match=message):
        give(project, agreement.number, "1", officer)


def test_money_for_one_project_is_not_allocated_to_another(
    canada: Donor, bank: BankAccount, project: Project, officer: User
) -> None:
    facts = ProjectFacts("Borders", [11], ["GTM"], date(2026, 1, 1))
    other = add_project(code="BOR-01", facts=facts, by=officer)
    agreement = sign_for(canada, officer, Earmark(projects=[other]))
    with pytest.raises(OutsideEarmark, match="is for BOR-01, not for CYB-01"):
        give(project, agreement.number, "1", officer)


def sign_for(donor: Donor, by: User, earmark: Earmark) -> Agreement:
    due = [Due(date(2026, 2, 1), usd("100"))]
    return sign_agreement(
        donor=donor,
        signed_on=date(2026, 1, 2),
        amount=usd("100"),
        instalments=due,
        earmark=earmark,
        by=by,
    )


def test_a_reversed_payment_gives_the_allocation_back(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    paid = prepare(bank, officer, Line(funded, project, "Travel", usd("1200")))
    with pytest.raises(StateUnfit):
        reverse(paid, on=DAY, reason="x", by=officer)
    approve_disbursement(paid, by=approver)
    reverse(paid, on=DAY, reason="paid twice", by=officer)
    assert left(funded) == 500000
    with pytest.raises(StateUnfit, match="reversed"):
        reverse(paid, on=DAY, reason="again", by=officer)


def test_an_allocation_that_is_spent_is_not_taken_back(
    funded: str, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    approve_disbursement(prepare(bank, officer, Line(funded, project, "Travel", usd("1"))), by=approver)
    with pytest.raises(StateUnfit, match=r"Only USD 4,999\.00"):
        reverse(Allocation.objects.get(), on=DAY, reason="x", by=officer)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_an_amount_that_is_not_positive_is_refused(
    funded: str, bank: BankAccount, project: Project, officer: User, amount: str
) -> None:
    with pytest.raises(ValueInvalid, match="more than zero"):
        prepare(bank, officer, Line(funded, project, "Travel", usd(amount)))


def test_an_unknown_category_is_refused(funded: str, bank: BankAccount, project: Project, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="not a category"):
        prepare(bank, officer, Line(funded, project, "Bribes", usd("1")))


def test_expenses_are_at_the_rate_of_the_day(
    cad_agreement: Agreement, cad_bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 15), parse_amount("1000", "CAD"), "C")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer)
    give(project, "POOL", "740", officer)
    line = Line("POOL", project, "Travel", parse_amount("100", "CAD"))
    approve_disbursement(prepare(cad_bank, officer, line), by=approver)
    assert get_total(Scope(accounts=("Expenses:Projects:",))).functional == Decimal("75.00") * 100


def test_a_line_that_is_worth_nothing_is_refused_before_anybody_approves_it(
    cad_agreement: Agreement, cad_bank: BankAccount, project: Project, officer: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 15), parse_amount("1000", "CAD"), "C")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer)
    give(project, "POOL", "740", officer)
    line = Line("POOL", project, "Travel", parse_amount("0.01", "CAD"))
    with pytest.raises(ValueInvalid, match=r"CAD 0\.01 is worth nothing in USD on 2026-03-10"):
        prepare(cad_bank, officer, line, line, line)


def test_a_receipt_reversed_after_some_was_spent_leaves_at_the_average_carrying_amount(
    acme: Donor, rates: int, cad_bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    gifts = [
        record_gift(donor=acme, facts=Facts(cad_bank, on, parse_amount("100", "CAD"), f"G{on}"), by=officer)
        for on in (date(2026, 1, 20), date(2026, 3, 2))
    ]
    give(project, "POOL", "72.75", officer)
    line = Line("POOL", project, "Travel", parse_amount("97", "CAD"))
    approve_disbursement(prepare(cad_bank, officer, line), by=approver)
    reverse_receipt(gifts[0], on=DAY, reason="taken back by the bank", by=officer)
    left = bank_cash(cad_bank.account, "POOL")
    assert (left.amount, left.functional) == (300, 222)
    assert get_total(Scope(funds=("POOL",))).functional == 0
    assert get_total(Scope(accounts=("Assets:Bank:",), kinds=("receipt",))).functional == 7500
    assert run_checks(lambda _: None) == []
