from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    AdvanceExceeded,
    AllocationExceeded,
    FundsFirst,
    NotPermitted,
    OutsideEarmark,
    ProjectClosed,
    ReceiptTwice,
    SamePerson,
    StateUnfit,
    ValueInvalid,
)
from fund.models import (
    Advance,
    AdvanceLine,
    AdvanceReport,
    AdvanceReportLine,
    AdvanceReturn,
    Agreement,
    Allocation,
    BankAccount,
    Donor,
    Payee,
    Project,
)
from fund.operations.advance_reports import Spent, record_report, review_report
from fund.operations.advance_returns import Back, record_return, reverse_return
from fund.operations.advances import Line, approve_advance, prepare_advance
from fund.operations.approvals import reject
from fund.operations.disbursements import Line as PaidLine
from fund.operations.disbursements import prepare_disbursement
from fund.operations.people import add_person
from fund.operations.project_closures import close_accounts, close_operations
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.revaluations import run_revaluation
from fund.operations.treasury import add_rate
from fund.queries.advances import open_of
from fund.queries.sub_funds import fund_standings, lowest_allocation_left, lowest_available
from ledger.causes import entries_caused_by
from ledger.money import Amount
from ledger.queries import entries, get_draft
from tests.deeds import allocate, reverse
from tests.fund.advances import FUND, LATER, REPORTED, SENT, accept, prepare, report, standing
from tests.shorthand import cad, usd

THE_END = date(2026, 12, 31)


def legs_of(number: str) -> list[tuple[str, int, str, int, str, str, str]]:
    [entry] = entries_caused_by(number).filter(reverses=None)
    return [
        (leg.account, leg.amount, leg.currency, leg.functional, leg.fund, leg.project, leg.instalment)
        for leg in get_draft(entry).legs
    ]


def problems() -> list[str]:
    return run_checks(lambda _: None)


def give_back(advance: Advance, bank: BankAccount, by: User, amount: Amount, **changes: Any) -> AdvanceReturn:
    facts: dict[str, Any] = {"received_on": LATER, "reference": "BACK-1"}
    back = Back(bank, **(facts | changes))
    return record_return(advance, back=back, lines={f"{advance}/1": amount}, by=by)


def test_an_advance_is_an_asset_once_another_person_approves_it(advance: Advance, approver: User) -> None:
    assert (entries().filter(kind="advance").count(), standing()) == (0, (0, 0, 5000))
    assert approve_advance(advance, by=approver)
    assert legs_of("ADV-2026-0001") == [
        ("Assets:Advances:UNODC", 100000, "USD", 100000, FUND, "CYB-01", "ADV-2026-0001/1"),
        ("Assets:Bank:CITI-USD", -100000, "USD", -100000, FUND, "", ""),
    ]
    assert standing() == (0, 1000, 4000)


def test_what_is_advanced_counts_wherever_allocations_do(sent: Advance) -> None:
    found = fund_standings([FUND])[FUND]
    assert (found.cash, found.advanced, found.unspent, found.available) == (500000, 100000, 400000, 100000)
    assert lowest_available(FUND, since=THE_END).balance == 100000
    assert lowest_allocation_left("CYB-01", FUND, since=THE_END).balance == 400000
    assert lowest_allocation_left("CYB-01", FUND, since=date(2026, 3, 19)).balance == 400000


def test_neither_a_payment_nor_an_advance_takes_what_partners_have(
    sent: Advance, partner: Payee, bank: BankAccount, project: Project, officer: User
) -> None:
    with pytest.raises(AllocationExceeded, match=r"USD 4,000\.00 of AGR-2026-0001 left"):
        prepare(partner, bank, project, officer, usd("4000.01"))
    lines = [PaidLine(FUND, project, "Travel", usd("4000.01"))]
    with pytest.raises(AllocationExceeded):
        prepare_disbursement(payee="Wings", bank_account=bank, paid_on=SENT, lines=lines, by=officer)
    assert Advance.objects.count() == 1


def test_an_advance_beyond_the_cash_or_outside_the_earmark_is_refused(
    allocation: Allocation, partner: Payee, cad_bank: BankAccount, bank: BankAccount, project: Project, officer: User
) -> None:
    with pytest.raises(FundsFirst, match=r"It has USD 6,000\.00 in CITI-USD"):
        prepare(partner, cad_bank, project, officer, cad("1"))
    Agreement.objects.update(ends_on="2026-03-19")
    with pytest.raises(OutsideEarmark, match="ended on 2026-03-19"):
        prepare(partner, bank, project, officer, usd("1"))
    assert not Advance.objects.exists()


@pytest.mark.parametrize(
    ("amounts", "message"),
    [([], "at least one"), (["0"], "more than zero"), (["1", "2"], "Name each sub-fund once for a project")],
)
def test_lines_that_say_nothing_or_the_same_twice_are_refused(
    allocation: Allocation, partner: Payee, bank: BankAccount, officer: User, amounts: list[str], message: str
) -> None:
    lines = [Line(FUND, allocation.project, usd(amount)) for amount in amounts]
    with pytest.raises(ValueInvalid, match=message):
        prepare_advance(partner=partner, bank_account=bank, paid_on=SENT, lines=lines, by=officer)


def test_nobody_decides_on_an_advance_or_a_report_that_they_recorded(
    advance: Advance, officer: User, approver: User
) -> None:
    officer.groups.add(*approver.groups.all())
    both = User.objects.get(pk=officer.pk)
    with pytest.raises(SamePerson, match="another person decides"):
        approve_advance(advance, by=both)
    approve_advance(advance, by=approver)
    found = report(advance, both, ("Travel", usd("600")))
    with pytest.raises(SamePerson):
        accept(found, both, usd("600"))
    with pytest.raises(NotPermitted):
        accept(found, add_person("second", role="Finance officer")[0], usd("600"))
    assert standing() == (0, 1000, 4000)


def test_an_advance_is_decided_once(sent: Advance, approver: User) -> None:
    for act in (lambda: approve_advance(sent, by=approver), lambda: reject(sent, reason="No", by=approver)):
        with pytest.raises(StateUnfit, match="paid already"):
            act()


def test_a_large_advance_and_a_large_report_take_two_others(
    advance: Advance, officer: User, approver: User, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 500
    second = add_person("second", role="Approver")[0]
    assert [approve_advance(advance, by=one) for one in (approver, second)] == [False, True]
    found = report(advance, officer, ("Travel", usd("600")))
    assert not accept(found, approver, usd("550"))
    with pytest.raises(StateUnfit, match="accepted other amounts"):
        accept(found, second, usd("600"))
    assert accept(found, second, usd("550"))
    assert (standing(), problems()) == ((550, 450, 4000), [])


def test_what_is_accepted_is_expense_and_what_is_questioned_stays_open(
    sent: Advance, officer: User, approver: User
) -> None:
    found = report(sent, officer, ("Travel", usd("600")), ("Supplies", usd("300")))
    assert (found.number, standing()) == ("ADV-2026-0001/R1", (0, 1000, 4000))
    accept(found, approver, usd("600"), usd("100"), question="Two invoices are missing")
    assert legs_of("ADV-2026-0001/R1") == [
        ("Expenses:Projects:CYB-01:Travel", 60000, "USD", 60000, FUND, "CYB-01", ""),
        ("Expenses:Projects:CYB-01:Supplies", 10000, "USD", 10000, FUND, "CYB-01", ""),
        ("Assets:Advances:UNODC", -70000, "USD", -70000, FUND, "CYB-01", "ADV-2026-0001/1"),
    ]
    assert standing() == (700, 300, 4000)
    assert list(found.lines.values_list("question", flat=True)) == ["", "Two invoices are missing"]
    accept(report(sent, officer, ("Supplies", usd("200"))), approver, usd("200"))
    assert (standing(), problems()) == ((900, 100, 4000), [])


def test_a_report_of_a_conditional_agreement_earns_its_income(
    conditional: Agreement, bank: BankAccount, partner: Payee, project: Project, officer: User, approver: User
) -> None:
    facts = Facts(bank, date(2026, 3, 1), usd("1000"), "B")
    record_receipt(agreement=conditional, facts=facts, by=officer)
    allocate(project=project, decided_on=date(2026, 3, 10), lines={FUND: usd("1000")}, by=officer)
    found = prepare(partner, bank, project, officer, usd("1000"))
    approve_advance(found, by=approver)
    first = report(found, officer, ("Travel", usd("400")))
    accept(first, approver, usd("400"))
    assert legs_of(first.number)[-2:] == [
        ("Liabilities:Deferred:CAN", 40000, "USD", 40000, FUND, "", ""),
        ("Income:Contributions:CAN", -40000, "USD", -40000, FUND, "", ""),
    ]
    reverse(first, on=LATER, reason="Another project's", by=officer)
    assert (fund_standings([FUND])[FUND].deferred, standing(), problems()) == (100000, (0, 1000, 0), [])


def test_more_than_is_open_is_neither_reported_nor_accepted_nor_returned(
    sent: Advance, bank: BankAccount, officer: User, approver: User
) -> None:
    with pytest.raises(AdvanceExceeded, match=r"USD 1,000\.00 of AGR-2026-0001 for CYB-01 is open on 2026-04-10"):
        report(sent, officer, ("Travel", usd("600")), ("Supplies", usd("400.01")))
    found = report(sent, officer, ("Travel", usd("600")))
    give_back(sent, bank, officer, usd("500"))
    with pytest.raises(AdvanceExceeded, match=r"USD 500\.00 of .* is open on 2026-05-04; USD 600\.00 is more"):
        accept(found, approver, usd("600"))
    with pytest.raises(AdvanceExceeded):
        give_back(sent, bank, officer, usd("500.01"), reference="BACK-2")
    assert standing() == (0, 500, 4500)


@pytest.mark.parametrize(
    ("accepted", "question", "message"),
    [("600.01", "", "Between nothing and USD 600.00"), ("599", " ", "needed"), ("0", "Why", "reject the report")],
)
def test_a_verdict_beyond_the_report_or_without_a_reason_is_refused(
    report: AdvanceReport, approver: User, accepted: str, question: str, message: str
) -> None:
    with pytest.raises(ValueInvalid, match=message):
        accept(report, approver, usd(accepted), question=question)
    with pytest.raises(ValueInvalid, match="each line"):
        review_report(report, verdicts=[], by=approver)
    assert AdvanceReportLine.objects.get().accepted.amount == 0


def test_a_report_on_another_advances_line_is_refused(
    sent: Advance, partner: Payee, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    other = prepare(partner, bank, project, officer, usd("10"))
    approve_advance(other, by=approver)
    spent = [Spent(other.lines.get(), "Travel", usd("1"))]
    with pytest.raises(ValueInvalid, match="a line of another advance"):
        record_report(sent, reported_on=REPORTED, certified_by="Head", lines=spent, by=officer)
    with pytest.raises(ValueInvalid, match="before what it rests on"):
        report(sent, officer, ("Travel", usd("1")), reported_on=date(2026, 3, 19))


def test_what_comes_back_is_cash_again_and_can_be_taken_back(sent: Advance, bank: BankAccount, officer: User) -> None:
    back = give_back(sent, bank, officer, usd("300"))
    assert legs_of("ADV-2026-0001/U1") == [
        ("Assets:Bank:CITI-USD", 30000, "USD", 30000, FUND, "", ""),
        ("Assets:Advances:UNODC", -30000, "USD", -30000, FUND, "CYB-01", "ADV-2026-0001/1"),
    ]
    assert (standing(), fund_standings([FUND])[FUND].available) == ((0, 700, 4300), 100000)
    reverse_return(back, on=LATER, reason="Another partner's", by=officer)
    with pytest.raises(StateUnfit, match="already"):
        reverse_return(back, on=LATER, reason="Again", by=officer)
    assert (standing(), problems()) == ((0, 1000, 4000), [])


def test_a_return_whose_money_is_used_is_not_taken_back(
    sent: Advance, bank: BankAccount, partner: Payee, project: Project, officer: User, approver: User
) -> None:
    back = give_back(sent, bank, officer, usd("300"), received_on=SENT)
    approve_advance(prepare(partner, bank, project, officer, usd("4300")), by=approver)
    with pytest.raises(AllocationExceeded):
        reverse_return(back, on=LATER, reason="A slip", by=officer)
    assert standing() == (0, 5000, 0)


def test_one_bank_line_is_not_both_a_return_and_a_receipt(
    sent: Advance, bank: BankAccount, acme: Donor, officer: User
) -> None:
    with pytest.raises(ReceiptTwice, match="RCT-2026-0001 of 2026-03-01"):
        give_back(sent, bank, officer, usd("300"), reference="bank -1")
    give_back(sent, bank, officer, usd("300"))
    with pytest.raises(ReceiptTwice, match="ADV-2026-0001/U1 of 2026-05-04"):
        record_gift(donor=acme, facts=Facts(bank, LATER, usd("300"), "BACK-1"), by=officer)


def test_an_advance_is_reversed_while_nothing_rests_on_it(
    sent: Advance, bank: BankAccount, officer: User, approver: User
) -> None:
    found = report(sent, officer, ("Travel", usd("600")))
    with pytest.raises(StateUnfit, match="R1 rests on it: reject that first"):
        reverse(sent, on=LATER, reason="Came back", by=officer)
    accept(found, approver, usd("600"))
    with pytest.raises(StateUnfit, match="reverse that first"):
        reverse(sent, on=LATER, reason="Came back", by=officer)
    reverse(found, on=LATER, reason="A slip", by=officer)
    reverse(sent, on=LATER, reason="Came back", by=officer)
    assert (standing(), problems()) == ((0, 0, 5000), [])
    with pytest.raises(StateUnfit, match="reversed: only an advance that is paid"):
        give_back(sent, bank, officer, usd("1"))


def test_accounts_of_a_project_close_once_its_partners_have_nothing_left(
    sent: Advance, bank: BankAccount, project: Project, officer: User
) -> None:
    close_operations(project, on=LATER, by=officer)
    with pytest.raises(Exception, match="ADV-2026-0001 is open with UN Office on Drugs and Crime"):
        close_accounts(project, on=LATER, by=officer)
    Project.objects.update(accounts_closed_on=LATER)
    with pytest.raises(ProjectClosed):
        reverse(sent, on=LATER, reason="Came back", by=officer)


@pytest.fixture
def in_cad(
    rates: int, canada: Donor, cad_bank: BankAccount, partner: Payee, project: Project, officer: User, approver: User
) -> Advance:
    """CAD 100.00 of the pool's 300.00, which are carried at 74.00 each; paid on 20 March at a rate of 0.75."""
    record_gift(donor=canada, facts=Facts(cad_bank, date(2026, 2, 10), cad("300"), "G"), by=officer)
    allocate(project=project, decided_on=date(2026, 3, 10), lines={"POOL": usd("200")}, by=officer)
    found = prepare(partner, cad_bank, project, officer, cad("100"), fund="POOL")
    approve_advance(found, by=approver)
    return found


def test_an_advance_in_another_currency_goes_at_its_own_carrying_amount_and_the_last_unit_takes_the_rest(
    in_cad: Advance, officer: User, approver: User
) -> None:
    assert legs_of("ADV-2026-0001")[0][1:4] == (10000, "CAD", 7400)
    add_rate(currency="CAD", effective_on=date(2026, 3, 31), rate=Decimal("0.7333"), by=officer)
    run_revaluation(month="2026-03", by=officer)
    assert open_of(in_cad.lines.get()).functional == 7333
    accept(report(in_cad, officer, ("Travel", cad("33.33"))), approver, cad("33.33"))
    assert legs_of("ADV-2026-0001/R1")[1][1:4] == (-3333, "CAD", -2444)
    accept(
        report(in_cad, officer, ("Travel", cad("30")), ("Supplies", cad("36.67"))), approver, cad("30"), cad("36.67")
    )
    assert [leg[1] for leg in legs_of("ADV-2026-0001/R2")] == [2200, 2689, -6667]
    assert (open_of(in_cad.lines.get()).functional, problems()) == (0, [])


def test_what_comes_back_in_another_currency_realises_the_difference(
    in_cad: Advance, cad_bank: BankAccount, officer: User
) -> None:
    give_back(in_cad, cad_bank, officer, cad("100"))
    assert legs_of("ADV-2026-0001/U1") == [
        ("Assets:Bank:RBC-CAD", 10000, "CAD", 7500, "POOL", "", ""),
        ("Assets:Advances:UNODC", -10000, "CAD", -7400, "POOL", "CYB-01", "ADV-2026-0001/1"),
        ("Income:Exchange:Realised", -100, "USD", -100, "POOL", "", ""),
    ]
    assert problems() == []


def test_a_return_in_another_currency_is_taken_back_at_the_average_once_some_was_spent(
    in_cad: Advance, cad_bank: BankAccount, partner: Payee, project: Project, officer: User, approver: User
) -> None:
    back = give_back(in_cad, cad_bank, officer, cad("100"), received_on=SENT)
    approve_advance(prepare(partner, cad_bank, project, officer, cad("10"), fund="POOL"), by=approver)
    reverse_return(back, on=LATER, reason="Another partner's", by=officer)
    assert (entries().filter(kind="exchange").count(), problems()) == (1, [])


def test_an_advance_that_was_revalued_is_returned_and_not_reversed(in_cad: Advance, officer: User) -> None:
    run_revaluation(month="2026-03", by=officer)
    with pytest.raises(StateUnfit, match="as a return"):
        reverse(in_cad, on=LATER, reason="Came back", by=officer)
    assert problems() == []


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (lambda: AdvanceLine.objects.update(amount="999"), "its lines add up to USD 999.00"),
        (lambda: Advance.objects.update(paid_on="2026-03-21"), "is dated 2026-03-21"),
        (lambda: Advance.objects.update(state="rejected"), "must have caused 0 entries"),
        (lambda: Advance.objects.update(number="ADV-2026-0009"), "ADV-2026-0001 is missing"),
        (lambda: AdvanceReport.objects.update(state="prepared"), "R1 must have caused 0 entries"),
        (lambda: AdvanceReportLine.objects.update(accepted="599"), "Its lines are not what JE-2026-00"),
        (lambda: AdvanceReportLine.objects.update(accepted="601"), "More of a line is accepted than is reported"),
        (lambda: AdvanceReport.objects.update(position=2), "R1 is missing"),
        (lambda: AdvanceReturn.objects.update(amount="99"), "its lines add up to USD 100.00"),
        (lambda: AdvanceReturn.objects.update(reversed_on="2026-05-05"), "U1 must have caused 1 reversal"),
        (lambda: AdvanceLine.objects.update(position=2), "ADV-2026-0001/1 is not numbered as a part of ADV-2026-0001"),
        (lambda: AdvanceLine.objects.update(reference="ADV-2026-0001/9"), "ADV-2026-0001/1 is no line of an advance"),
    ],
)  # fmt: skip
def test_the_check_of_the_books_finds_what_was_changed_past_them(
    sent: Advance, bank: BankAccount, officer: User, approver: User, tamper: Any, problem: str
) -> None:
    accept(report(sent, officer, ("Travel", usd("600"))), approver, usd("600"))
    give_back(sent, bank, officer, usd("100"))
    assert problems() == []
    tamper()
    assert problem in "\n".join(problems())
