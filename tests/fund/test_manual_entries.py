"""Manual entries: balanced in each sub-fund, on accounts that no document answers for, approved by another person."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    AccountBarred,
    AllocationExceeded,
    EntryUnbalanced,
    FundsFirst,
    NotPermitted,
    ProjectClosed,
    SamePerson,
    StateUnfit,
    ValueInvalid,
)
from fund.models import Agreement, Allocation, BankAccount, Disbursement, ManualEntry, ManualLine, Project, Receipt
from fund.operations.approvals import reject
from fund.operations.bank_charges import record_bank_charge
from fund.operations.disbursements import approve_disbursement
from fund.operations.manual_entries import Line, approve_manual_entry, prepare_manual_entry
from fund.operations.project_closures import close_accounts, close_operations
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift
from fund.operations.treasury import add_bank_account
from fund.policy_corrections import BARRED
from fund.queries.sub_funds import fund_standings
from ledger.causes import entries_caused_by
from ledger.errors import AccountInvalid, YearNotOpen
from ledger.money import Amount, parse_amount
from ledger.operations import open_account
from ledger.queries import get_draft
from tests.deeds import return_allocation, reverse
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 1)
FUND = "AGR-2026-0001"
BANK = "Assets:Bank:CITI-USD"
FEES, INTEREST = "Expenses:BankCharges", "Income:Interest"


def line(account: str, text: str, fund: str = FUND, project: Project | None = None) -> Line:
    amount = usd(text)
    return Line(account, fund, amount, amount.minor, project)


def prepare(by: User, *lines: Line, on: date = DAY) -> ManualEntry:
    return prepare_manual_entry(dated_on=on, grounds="The bank booked it twice", lines=lines, by=by)


def no_problems() -> None:
    assert run_checks(lambda *_: None) == []


def test_a_manual_entry_is_posted_as_it_is_written_once_another_person_approves(
    manual_entry: ManualEntry, approver: User
) -> None:
    assert not entries_caused_by("MAN-2026-0001").exists()
    no_problems()
    assert approve_manual_entry(manual_entry, by=approver)
    draft = get_draft(entries_caused_by("MAN-2026-0001")[0])
    assert [(leg.account, leg.amount, leg.functional, leg.fund) for leg in draft.legs] == [
        (FEES, 2000, 2000, FUND),
        (BANK, -2000, -2000, FUND),
    ]
    assert (draft.kind, draft.narration) == ("manual", "Manual entry MAN-2026-0001: Booked twice")
    no_problems()


def test_each_sub_fund_balances_to_the_cent(receipt: Receipt, officer: User) -> None:
    with pytest.raises(EntryUnbalanced, match=r"AGR-2026-0001 has USD 0\.01 more debits"):
        prepare(officer, line(FEES, "20.01"), line(BANK, "-20"))
    with pytest.raises(EntryUnbalanced, match=r"AGR-2026-0001 has USD 20.00 more credits"):
        prepare(officer, line(BANK, "-20"), line(FEES, "20", "POOL"))
    for lines in ((), (line(FEES, "20"),)):
        with pytest.raises(EntryUnbalanced, match="two lines or more"):
            prepare(officer, *lines)
    assert not ManualEntry.objects.exists()


@pytest.mark.parametrize("account", [f"{one}CAN" if one.endswith(":") else one for b in BARRED for one in b.accounts])
def test_an_account_that_documents_answer_for_is_refused(receipt: Receipt, officer: User, account: str) -> None:
    with pytest.raises(AccountBarred, match=f"Documents answer for {account}: use .* instead"):
        prepare(officer, line(account, "20"), line(BANK, "-20"))


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("Expenses:Party", "is no account of the books. Those of the policy are Expenses:BankCharges"),
        ("Assets:Bank:NOWHERE", "no bank account of the fund"),
        ("Expenses:Projects:CYB-01:IndirectCost", "charged by its run"),
        ("Expenses:Projects:CYB-01:InKind", "what came in kind recorded as that"),
        ("Expenses:Projects:CYB-01", "Nothing is not a category"),
    ],
)
def test_an_account_that_the_books_do_not_know_is_refused(
    allocation: Allocation, officer: User, account: str, said: str
) -> None:
    with pytest.raises(AccountBarred, match=said):
        prepare(officer, line(account, "20", project=allocation.project), line(BANK, "-20"))
    with pytest.raises(AccountInvalid):
        prepare(officer, line("nonsense", "20"), line(BANK, "-20"))


def test_an_expense_names_its_project_and_stays_within_its_allocation(
    disbursement: Disbursement, project: Project, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    other = add_project(code="CYB-02", facts=ProjectFacts("Forensics", [15], ["GTM"], DAY), by=officer)
    travel, beyond = "Expenses:Projects:CYB-01:Travel", line("Expenses:Projects:CYB-02:Travel", "1", project=other)
    with pytest.raises(ValueInvalid, match=r"Line 1: .* an expense of the project CYB-01: name it"):
        prepare(officer, line(travel, "20"), line(BANK, "-20"))
    with pytest.raises(ValueInvalid, match="belongs to no project"):
        prepare(officer, line(FEES, "20", project=project), line(BANK, "-20"))
    with pytest.raises(AllocationExceeded, match=r"Line 2: CYB-02 has USD 0.00 of AGR-2026-0001 left"):
        prepare(officer, line(travel, "-1", project=project), beyond)
    approve_manual_entry(prepare(officer, line(travel, "-20", project=project), line(FEES, "20")), by=approver)
    assert fund_standings([FUND])[FUND].unspent == 432000
    no_problems()


def test_what_a_bank_pays_for_a_project_is_a_payment_to_a_payee(
    disbursement: Disbursement, project: Project, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    travel, training = (f"Expenses:Projects:CYB-01:{category}" for category in ("Travel", "Contractual"))
    paid = [line(travel, "20", project=project), line(BANK, "-20")]
    masked = [line(BANK, "20", "POOL"), line("Income:Interest", "-20", "POOL")]
    charged = [line(travel, "20", project=project), line(FEES, "-20")]
    for lines in (paid, paid + masked, charged):
        with pytest.raises(AccountBarred, match=r"Line 1: USD 20\.00 would become .* use a disbursement to a payee"):
            prepare(officer, *lines)
    prepare(officer, line(training, "20", project=project), line(travel, "-20", project=project))
    assert ManualEntry.objects.count() == 1


def test_no_cash_goes_below_zero_then_or_later_nor_what_is_allocated(
    allocation: Allocation, bank: BankAccount, officer: User
) -> None:
    with pytest.raises(FundsFirst, match=r"AGR-2026-0001 has USD 6,000.00 in CITI-USD"):
        prepare(officer, line(FEES, "6001"), line(BANK, "-6001"))
    with pytest.raises(FundsFirst, match=r"AGR-2026-0001 has USD 1,000.00 to allocate"):
        prepare(officer, line(FEES, "1001"), line(BANK, "-1001"))
    record_bank_charge(
        bank_account=bank, charged_on=date(2026, 5, 1), amount=usd("900"), description="Fees", fund=FUND, by=officer
    )
    with pytest.raises(FundsFirst, match=r"USD 100.00 to allocate on 2026-05-01"):
        prepare(officer, line(FEES, "101"), line(BANK, "-101"))


def test_one_donors_money_cannot_pay_for_another_sub_fund_that_has_none(receipt: Receipt, officer: User) -> None:
    with pytest.raises(FundsFirst, match=r"POOL has USD 0.00 in CITI-USD"):
        prepare(officer, line(FEES, "20", "POOL"), line(BANK, "-20", "POOL"))
    with pytest.raises(ValueInvalid, match="AGR-2026-0077 is not a sub-fund"):
        prepare(officer, line(FEES, "20", "AGR-2026-0077"), line(BANK, "-20", "AGR-2026-0077"))


def test_money_that_is_not_identified_is_not_spent(deposit: Receipt, officer: User) -> None:
    with pytest.raises(FundsFirst, match=r"GENERAL has USD 0.00 to allocate"):
        prepare(officer, line(FEES, "20", "GENERAL"), line(BANK, "-20", "GENERAL"))


def test_foreign_cash_leaves_at_its_average_carrying_amount(
    rates: int, canada: Any, cad_bank: BankAccount, officer: User, approver: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 10), parse_amount("100", "CAD"), "B-1")
    record_gift(donor=canada, facts=facts, by=officer)
    cash = parse_amount("-10", "CAD")
    wrong, right = (Line("Assets:Bank:RBC-CAD", "POOL", cash, -minor) for minor in (750, 740))
    with pytest.raises(ValueInvalid, match=r"CAD 10\.00 of POOL leaves RBC-CAD at USD 7\.40"):
        prepare(officer, wrong, line(FEES, "7.50", "POOL"))
    approve_manual_entry(prepare(officer, right, line(FEES, "7.40", "POOL")), by=approver)
    no_problems()


def test_foreign_cash_comes_at_the_rate_of_the_day_or_as_what_left_with_it(
    cad_cash: BankAccount, officer: User, approver: User
) -> None:
    add_bank_account(code="TD-CAD", name="Second bank", currency="CAD", by=officer)

    def cash(text: str, minor: int, code: str = "TD-CAD") -> Line:
        return Line(f"Assets:Bank:{code}", "POOL", parse_amount(text, "CAD"), minor)

    for minor in (749, 751):
        with pytest.raises(ValueInvalid, match=r"Line 1: CAD 10\.00 comes to TD-CAD at USD 7\.50, the rate of 2026-04"):
            prepare(officer, cash("10", minor), line(INTEREST, str(Decimal(-minor) / 100), "POOL"))
    with pytest.raises(ValueInvalid, match=r"Line 1: CAD 10\.00 comes to TD-CAD at USD 7\.40, as what left"):
        prepare(officer, cash("10", 750), cash("-10", -740, "RBC-CAD"), line(INTEREST, "-0.10", "POOL"))
    for other in (line(INTEREST, "-7.50", "POOL"), cash("-10", -740, "RBC-CAD")):
        assert approve_manual_entry(prepare(officer, cash("10", -other.functional), other), by=approver)
    no_problems()


def test_no_more_of_a_debt_goes_than_an_opened_book_brought(receipt: Receipt, officer: User, approver: User) -> None:
    debt = "Liabilities:Loan"
    open_account(debt)
    with pytest.raises(FundsFirst, match=r"Line 1: AGR-2026-0001 owes USD 0\.00 as Liabilities:Loan"):
        prepare(officer, line(debt, "1"), line(INTEREST, "-1"))
    brought = prepare(officer, line(debt, "-20"), line(BANK, "20"))
    assert approve_manual_entry(brought, by=approver)
    assert approve_manual_entry(prepare(officer, line(debt, "20"), line(BANK, "-20")), by=approver)
    with pytest.raises(FundsFirst, match=r"AGR-2026-0001 owes USD 0\.00 as Liabilities:Loan on 2026-04-01; USD 20\.00"):
        reverse(brought, on=DAY, reason="a slip", by=officer)


@pytest.mark.parametrize(
    ("amount", "functional", "said"),
    [
        (Amount(2000, "USD"), 1999, "is USD 20.00 in the books too"),
        (Amount(2000, "CAD"), 1500, "Expenses:BankCharges is in USD"),
        (Amount(2000, "USD"), -2000, "both amounts are debits"),
        (Amount(0, "USD"), 0, "both amounts are debits"),
    ],
)
def test_a_line_has_amounts_of_one_side_in_the_accounts_currency(
    receipt: Receipt, officer: User, amount: Amount, functional: int, said: str
) -> None:
    lines = [Line(FEES, FUND, amount, functional), line(BANK, str(Decimal(-functional) / 100))]
    with pytest.raises(ValueInvalid, match=said):
        prepare(officer, *lines)


def test_a_closed_project_a_conditional_sub_fund_and_an_unopened_year_are_refused(
    conditional: Agreement, project: Project, officer: User
) -> None:
    lines = [line("Expenses:Projects:CYB-01:Travel", "20", project=project), line(BANK, "-20")]
    with pytest.raises(AccountBarred, match="is conditional, and spending releases its income"):
        prepare(officer, *lines)
    with pytest.raises(YearNotOpen):
        prepare(officer, *lines, on=date(2027, 1, 1))


def test_what_came_since_stands_in_the_way_of_the_approval(
    allocation: Allocation, bank: BankAccount, officer: User, approver: User
) -> None:
    prepared = prepare(officer, line(FEES, "1000"), line(BANK, "-1000"))
    record_bank_charge(bank_account=bank, charged_on=DAY, amount=usd("1"), description="Fees", fund=FUND, by=officer)
    with pytest.raises(FundsFirst, match=r"USD 999.00 to allocate"):
        approve_manual_entry(prepared, by=approver)
    assert not entries_caused_by("MAN-2026-0001").exists()


def test_its_preparer_never_approves_it(manual_entry: ManualEntry, officer: User, auditor: User) -> None:
    officer.is_superuser = True
    officer.save()
    with pytest.raises(SamePerson):
        approve_manual_entry(manual_entry, by=User.objects.get(pk=officer.pk))
    with pytest.raises(NotPermitted):
        prepare(auditor, line(FEES, "20"), line(BANK, "-20"))


def test_a_manual_entry_is_reversed_by_its_opposite_once_it_is_posted(
    manual_entry: ManualEntry, officer: User, approver: User
) -> None:
    with pytest.raises(StateUnfit, match="not posted: reject it instead"):
        reverse(manual_entry, on=DAY, reason="a slip", by=officer)
    approve_manual_entry(manual_entry, by=approver)
    reverse(manual_entry, on=DAY, reason="it was right", by=officer)
    assert ManualEntry.objects.get().state == "reversed"
    with pytest.raises(StateUnfit, match="was reversed on 2026-04-01 already"):
        reverse(manual_entry, on=DAY, reason="a slip", by=officer)
    no_problems()


def test_what_a_manual_entry_brought_is_not_taken_back_once_it_is_used_or_closed(
    receipt: Receipt, project: Project, bank: BankAccount, officer: User, approver: User
) -> None:
    brought = prepare(officer, line(BANK, "20", "POOL"), line("Income:Interest", "-20", "POOL"))
    approve_manual_entry(brought, by=approver)
    record_bank_charge(bank_account=bank, charged_on=DAY, amount=usd("1"), description="Fees", fund="POOL", by=officer)
    with pytest.raises(FundsFirst, match=r"POOL has USD 19.00"):
        reverse(brought, on=DAY, reason="a slip", by=officer)


def test_an_entry_of_a_project_that_closed_its_accounts_stays(
    disbursement: Disbursement, project: Project, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    travel, training = (f"Expenses:Projects:CYB-01:{category}" for category in ("Travel", "Contractual"))
    posted = prepare(officer, line(training, "1", project=project), line(travel, "-1", project=project))
    approve_manual_entry(posted, by=approver)
    return_allocation(project=project, decided_on=DAY, lines={FUND: usd("4300")}, by=officer)
    close_operations(project, on=DAY, by=officer)
    close_accounts(project, on=DAY, by=officer)
    with pytest.raises(ProjectClosed):
        reverse(posted, on=DAY, reason="a slip", by=officer)


@pytest.mark.parametrize("change", [{"amount": 19}, {"dated_on": date(2026, 5, 2)}, {"state": "rejected"}])
def test_a_manual_entry_that_was_tampered_with_is_found(
    manual_entry: ManualEntry, approver: User, change: dict[str, Any]
) -> None:
    approve_manual_entry(manual_entry, by=approver)
    ManualEntry.objects.update(**change)
    assert any("MAN-2026-0001" in problem for problem in run_checks(lambda *_: None))


@pytest.mark.parametrize(
    "change", [{"amount": 19}, {"functional": 21}, {"fund": "POOL"}, {"account": "Income:Interest"}]
)
def test_a_line_that_was_tampered_with_is_found(
    manual_entry: ManualEntry, approver: User, change: dict[str, Any]
) -> None:
    approve_manual_entry(manual_entry, by=approver)
    ManualLine.objects.filter(position=1).update(**change)
    assert any("MAN-2026-0001" in problem for problem in run_checks(lambda *_: None))


def test_a_manual_entry_rests_on_no_agreement_that_waits_or_was_rejected(
    prepared_agreement: Agreement, officer: User, approver: User
) -> None:
    charged = (line(FEES, "1"), line("Income:Interest", "-1"))
    with pytest.raises(StateUnfit, match="AGR-2026-0001 awaits approval"):
        prepare(officer, *charged)
    reject(prepared_agreement, reason="Not ours", by=approver)
    with pytest.raises(StateUnfit, match="AGR-2026-0001 was rejected"):
        prepare(officer, *charged)


def test_no_more_comes_back_of_a_project_than_it_spent(
    disbursement: Disbursement, project: Project, officer: User, approver: User
) -> None:
    def bring_back(text: str) -> ManualEntry:
        expense = line(f"Expenses:Projects:{project.code}:Travel", f"-{text}", project=project)
        return prepare(officer, line(BANK, text), expense)

    with pytest.raises(AllocationExceeded, match=r"CYB-01 spent USD 0.00 of AGR-2026-0001 until 2026-04-01"):
        bring_back("100")
    approve_disbursement(disbursement, by=approver)
    with pytest.raises(AllocationExceeded, match=r"CYB-01 spent USD 700.00"):
        bring_back("700.01")
    assert approve_manual_entry(bring_back("700"), by=approver)
    no_problems()
