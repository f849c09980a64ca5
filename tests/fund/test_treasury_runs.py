"""Runs and bank events: what they post to the cent, when they post nothing, what they refuse, what a reversal takes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    AllocationExceeded,
    FundsFirst,
    MonthNotOver,
    NothingToPost,
    NotPermitted,
    RateMissing,
    RunOutOfOrder,
    RunTwice,
    SamePerson,
    StateUnfit,
    ValueInvalid,
)
from fund.models import (
    Agreement,
    Allocation,
    BankAccount,
    BankCharge,
    Disbursement,
    Document,
    Donor,
    Interest,
    Project,
    Receipt,
    Recovery,
    Transfer,
    document_kinds,
)
from fund.operations.approvals import reject
from fund.operations.bank_charges import record_bank_charge
from fund.operations.closings import close_period
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import mark_no_interest, record_interest
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_disbursement, reverse_run
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate
from fund.queries.projects import project_standings
from fund.queries.recoveries import due_to_secretariat
from fund.queries.revaluations import money_items
from fund.queries.sub_funds import bank_cash, fund_standings
from ledger.errors import PeriodClosed, Refused
from ledger.money import Amount, parse_amount
from ledger.queries import entries, entries_of, get_draft
from tests.deeds import allocate

FUND = "AGR-2026-0001"
LATER = date(2026, 6, 10)


def usd(text: str) -> Amount:
    return parse_amount(text, "USD")


def cad(text: str) -> Amount:
    return parse_amount(text, "CAD")


def legs_of(document: Document) -> list[tuple[str, int, str, int, str]]:
    """The legs of all its entries, in their order."""
    drafts = map(get_draft, entries_of(str(document)).order_by("pk"))
    return [(leg.account, leg.amount, leg.currency, leg.functional, leg.fund) for draft in drafts for leg in draft.legs]


def refuses(error: type[Refused], match: str, act: Callable[[], Any]) -> None:
    """The act is refused with these words, and nothing is written."""
    before = entries().count(), *(model._default_manager.count() for model in document_kinds())
    with pytest.raises(error, match=match):
        act()
    assert before == (entries().count(), *(model._default_manager.count() for model in document_kinds()))


def check() -> list[str]:
    return run_checks(lambda _: None)


@pytest.fixture
def cad_cash(cad_agreement: Agreement, cad_bank: BankAccount, officer: User) -> BankAccount:
    """CAD 400.00 of the pool in RBC-CAD at 0.74, CAD 600.00 still owed at 0.73."""
    record_receipt(agreement=cad_agreement, facts=Facts(cad_bank, date(2026, 2, 15), cad("400"), "C-1"), by=officer)
    return cad_bank


@pytest.fixture
def spent(disbursement: Disbursement, approver: User) -> Disbursement:
    """USD 700.00 of AGR-2026-0001 spent on CYB-01 on 20 March."""
    approve_disbursement(disbursement, by=approver)
    return disbursement


def set_terms(officer: User, rate: str = "12", start: date = date(2026, 1, 15), fund: str = FUND, **more: Any) -> None:
    terms = Terms(start, Decimal(rate), **({"base": "expenditure"} | more))
    set_recovery_terms(fund=fund, terms=terms, by=officer)


@pytest.fixture
def charged(spent: Disbursement, officer: User) -> Recovery:
    """ICR-2026-03: 12 per cent of USD 700.00."""
    set_terms(officer)
    return run_recovery(month="2026-03", by=officer)


class TestRevaluation:
    def test_each_item_is_carried_at_the_closing_rate(self, cad_cash: BankAccount, officer: User) -> None:
        run = run_revaluation(month="2026-03", by=officer)
        assert (run.number, run.dated_on) == ("REV-2026-03", date(2026, 3, 31))
        assert legs_of(run) == [
            ("Assets:Bank:RBC-CAD", -40000, "CAD", -29600, "POOL"),
            ("Assets:Bank:RBC-CAD", 40000, "CAD", 30000, "POOL"),
            ("Income:Exchange:Unrealised", -400, "USD", -400, "POOL"),
            ("Assets:Receivable:CAN", -60000, "CAD", -43800, "POOL"),
            ("Assets:Receivable:CAN", 60000, "CAD", 45000, "POOL"),
            ("Income:Exchange:Unrealised", -1200, "USD", -1200, "POOL"),
        ]
        assert check() == []

    def test_a_second_run_posts_nothing_or_what_is_new(
        self, cad_cash: BankAccount, cad_agreement: Agreement, officer: User
    ) -> None:
        run_revaluation(month="2026-03", by=officer)
        refuses(NothingToPost, "nothing to post", lambda: run_revaluation(month="2026-03", by=officer))
        late = Facts(cad_cash, date(2026, 3, 30), cad("100"), "C-2")
        record_receipt(agreement=cad_agreement, facts=late, by=officer)
        add_rate(currency="CAD", effective_on=date(2026, 3, 31), rate=Decimal("0.76"), by=officer)
        again = run_revaluation(month="2026-03", by=officer)
        assert again.number == "REV-2026-03-2"
        assert {item.functional * 100 // item.amount.minor for item in money_items()} == {76}
        assert check() == []

    def test_a_currency_without_a_rate_is_named(self, cad_cash: BankAccount, officer: User) -> None:
        add_bank_account(code="EUR-1", name="Euro", currency="EUR", by=officer)
        refuses(RateMissing, "No CAD rate", lambda: run_revaluation(month="2026-05", by=officer))

    def test_what_left_since_is_not_revalued(
        self, cad_cash: BankAccount, cad_agreement: Agreement, officer: User
    ) -> None:
        facts = Facts(cad_cash, date(2026, 4, 2), cad("600"), "C-2")
        record_receipt(agreement=cad_agreement, facts=facts, by=officer)
        run = run_revaluation(month="2026-03", by=officer)
        assert {leg[0] for leg in legs_of(run)} == {"Assets:Bank:RBC-CAD", "Income:Exchange:Unrealised"}

    def test_it_is_reversed_while_its_items_stand(
        self, cad_cash: BankAccount, cad_agreement: Agreement, officer: User
    ) -> None:
        run = run_revaluation(month="2026-03", by=officer)
        reverse_run(run, on=date(2026, 4, 1), reason="wrong rate", by=officer)
        assert sum(leg[3] for leg in legs_of(run) if leg[0] == "Assets:Bank:RBC-CAD") == 0
        assert check() == []
        facts = Facts(cad_cash, date(2026, 4, 2), cad("600"), "C-2")
        second = run_revaluation(month="2026-04", by=officer)
        record_receipt(agreement=cad_agreement, facts=facts, by=officer)
        refuses(
            StateUnfit,
            "run the revaluation of the next month",
            lambda: reverse_run(second, on=LATER, reason="x", by=officer),
        )

    @pytest.mark.parametrize(
        ("month", "error"), [("2026-06", MonthNotOver), ("2026", ValueInvalid), ("x", ValueInvalid)]
    )
    def test_only_a_month_that_is_over_is_run(
        self, fund_year: int, officer: User, month: str, error: type[Refused]
    ) -> None:
        refuses(error, ".", lambda: run_revaluation(month=month, by=officer))
        refuses(error, ".", lambda: run_recovery(month=month, by=officer))


class TestRecovery:
    def test_it_charges_what_was_spent_and_never_twice(self, charged: Recovery, officer: User) -> None:
        assert charged.number == "ICR-2026-03"
        assert legs_of(charged) == [
            ("Expenses:Projects:CYB-01:IndirectCost", 8400, "USD", 8400, FUND),
            ("Liabilities:DueToSecretariat", -8400, "USD", -8400, FUND),
        ]
        refuses(NothingToPost, "All indirect cost", lambda: run_recovery(month="2026-03", by=officer))
        refuses(NothingToPost, "All indirect cost", lambda: run_recovery(month="2026-04", by=officer))
        assert fund_standings([FUND])[FUND].available == 100000
        assert check() == []

    def test_expenditure_that_is_reversed_gives_back(
        self, charged: Recovery, spent: Disbursement, officer: User
    ) -> None:
        reverse_disbursement(spent, on=date(2026, 4, 3), reason="came back", by=officer)
        back = run_recovery(month="2026-04", by=officer)
        assert [leg[1] for leg in legs_of(back)] == [-8400, 8400]
        assert due_to_secretariat() == {}
        assert check() == []

    def test_the_first_part_is_free_and_the_ceiling_holds(self, spent: Disbursement, officer: User) -> None:
        set_terms(officer, exempt=usd("200"), ceiling=usd("50"))
        assert legs_of(run_recovery(month="2026-03", by=officer))[0][1] == 5000

    def test_the_exemption_alone_is_taken_off_the_base(self, spent: Disbursement, officer: User) -> None:
        set_terms(officer, exempt=usd("200"))
        assert legs_of(run_recovery(month="2026-03", by=officer))[0][1] == 6000

    def test_on_receipts_it_waits_for_an_allocation(self, receipt: Receipt, project: Project, officer: User) -> None:
        set_terms(officer, "7", base="receipt")
        refuses(NothingToPost, ".", lambda: run_recovery(month="2026-03", by=officer))
        allocate(project=project, decided_on=date(2026, 4, 2), lines={FUND: usd("5000")}, by=officer)
        run = run_recovery(month="2026-04", by=officer)
        assert legs_of(run)[0][:2] == ("Expenses:Projects:CYB-01:IndirectCost", 42000)

    def test_beyond_the_allocation_it_says_what_is_lacking(self, spent: Disbursement, officer: User) -> None:
        set_terms(officer, "100")
        allocation = Allocation.objects.get()
        line = Line(FUND, allocation.project, "Travel", usd("4000"))
        bank = BankAccount.objects.get()
        more = prepare_disbursement(payee="X", bank_account=bank, paid_on=date(2026, 3, 21), lines=[line], by=officer)
        approve_disbursement(more, by=User.objects.get(username="approver"))
        refuses(
            AllocationExceeded,
            r"CYB-01 has USD 300\.00 of AGR-2026-0001 left.*Allocate more",
            lambda: run_recovery(month="2026-03", by=officer),
        )

    def test_new_terms_charge_only_what_comes_after_them(self, charged: Recovery, officer: User) -> None:
        refuses(RunOutOfOrder, "begin later", lambda: set_terms(officer, "7", date(2026, 3, 31)))
        set_terms(officer, "7", date(2026, 4, 1))
        refuses(NothingToPost, ".", lambda: run_recovery(month="2026-04", by=officer))

    def test_an_earlier_month_is_not_run_after_a_later_one(self, charged: Recovery, officer: User) -> None:
        refuses(RunOutOfOrder, "Run 2026-03 or later", lambda: run_recovery(month="2026-02", by=officer))

    @pytest.mark.parametrize(
        "more", [{"rate": "100.01"}, {"rate": "1.001"}, {"base": "x"}, {"exempt": cad("1")}, {"fund": "GENERAL"}]
    )
    def test_terms_that_make_no_sense_are_refused(self, agreement: Agreement, officer: User, more: Any) -> None:
        refuses(ValueInvalid, ".", lambda: set_terms(officer, **more))

    def test_it_is_reversed_unless_it_is_paid(
        self, charged: Recovery, bank: BankAccount, officer: User, approver: User
    ) -> None:
        paid = prepare_payment(bank_account=bank, paid_on=date(2026, 4, 3), lines={FUND: usd("84")}, by=officer)
        approve_payment(paid, by=approver)
        refuses(
            FundsFirst,
            r"owes the Secretariat USD 0\.00",
            lambda: reverse_run(charged, on=LATER, reason="x", by=officer),
        )
        reverse_run(paid, on=LATER, reason="came back", by=officer)
        reverse_run(charged, on=LATER, reason="x", by=officer)
        assert check() == []


class TestPayment:
    def test_it_is_posted_when_another_person_approves_it(
        self, charged: Recovery, bank: BankAccount, officer: User, approver: User
    ) -> None:
        paid = prepare_payment(bank_account=bank, paid_on=LATER, lines={FUND: usd("80")}, by=officer)
        assert legs_of(paid) == []
        approve_payment(paid, by=approver)
        assert legs_of(paid) == [
            ("Liabilities:DueToSecretariat", 8000, "USD", 8000, FUND),
            ("Assets:Bank:CITI-USD", -8000, "USD", -8000, FUND),
        ]
        assert due_to_secretariat() == {FUND: 400}
        refuses(StateUnfit, "paid already", lambda: approve_payment(paid, by=approver))
        assert check() == []

    def test_no_more_than_is_owed_is_paid(self, charged: Recovery, bank: BankAccount, officer: User) -> None:
        def prepare() -> None:
            prepare_payment(bank_account=bank, paid_on=LATER, lines={FUND: usd("84.01")}, by=officer)

        refuses(FundsFirst, r"owes the Secretariat USD 84\.00", prepare)

    def test_who_prepares_does_not_approve(
        self, charged: Recovery, bank: BankAccount, officer: User, approver: User
    ) -> None:
        officer.groups.add(*approver.groups.all())
        both = User.objects.get(pk=officer.pk)
        paid = prepare_payment(bank_account=bank, paid_on=LATER, lines={FUND: usd("80")}, by=both)
        refuses(SamePerson, "another person", lambda: approve_payment(paid, by=both))
        reject(paid, reason="later", by=approver)
        refuses(StateUnfit, "nothing to reverse", lambda: reverse_run(paid, on=LATER, reason="x", by=both))
        assert check() == []

    def test_another_currency_is_refused(self, charged: Recovery, cad_bank: BankAccount, officer: User) -> None:
        def prepare() -> None:
            prepare_payment(bank_account=cad_bank, paid_on=LATER, lines={FUND: usd("80")}, by=officer)

        refuses(ValueInvalid, "transfer money to one first", prepare)


class TestInterest:
    def test_it_is_shared_by_average_daily_balances(
        self, receipt: Receipt, bank: BankAccount, acme: Donor, officer: User
    ) -> None:
        """6,000.00 for 31 days; 3,000.00 came on the 17th, for 15 days: 186,000 and 45,000 of 231,000."""
        record_gift(donor=acme, facts=Facts(bank, date(2026, 3, 17), usd("3000"), "G"), by=officer)
        run = record_interest(bank_account=bank, month="2026-03", amount=usd("10"), by=officer)
        assert [(line.fund, line.balance_days) for line in run.lines.order_by("pk")] == [
            (FUND, 600000 * 31),
            ("POOL", 300000 * 15),
        ]
        assert legs_of(run) == [
            ("Assets:Bank:CITI-USD", 805, "USD", 805, FUND),
            ("Income:Interest", -805, "USD", -805, FUND),
            ("Assets:Bank:CITI-USD", 195, "USD", 195, "POOL"),
            ("Income:Interest", -195, "USD", -195, "POOL"),
        ]
        assert check() == []

    def test_a_month_has_it_once_per_account(self, receipt: Receipt, bank: BankAccount, officer: User) -> None:
        def record() -> Interest:
            return record_interest(bank_account=bank, month="2026-03", amount=usd("10"), by=officer)

        first = record()
        refuses(RunTwice, "INT-2026-03. Reverse it first", record)
        refuses(RunTwice, ".", lambda: mark_no_interest(bank_account=bank, month="2026-03", by=officer))
        reverse_run(first, on=LATER, reason="a slip", by=officer)
        assert record().number == "INT-2026-03-2"
        assert check() == []

    def test_an_account_that_held_nothing_has_none(self, bank: BankAccount, officer: User) -> None:
        def record() -> None:
            record_interest(bank_account=bank, month="2026-03", amount=usd("10"), by=officer)

        refuses(ValueInvalid, "held nothing in 2026-03", record)
        mark_no_interest(bank_account=bank, month="2026-03", by=officer)
        refuses(RunTwice, "marked already", lambda: mark_no_interest(bank_account=bank, month="2026-03", by=officer))

    def test_in_another_currency_it_is_carried_at_the_rate_of_the_day_and_leaves_at_the_average(
        self, cad_cash: BankAccount, officer: User
    ) -> None:
        run = record_interest(bank_account=cad_cash, month="2026-03", amount=cad("10"), by=officer)
        assert legs_of(run)[0] == ("Assets:Bank:RBC-CAD", 1000, "CAD", 750, "POOL")
        record_bank_charge(
            bank_account=cad_cash, charged_on=date(2026, 4, 2), amount=cad("200"), description="Fee", by=officer
        )
        reverse_run(run, on=LATER, reason="a slip", by=officer)
        held = bank_cash(cad_cash.account, "POOL")
        # 410.00 carried at 303.50: 200.00 leave at 148.05, then 10.00 of 210.00 at 7.40.
        assert (held.amount, held.functional) == (20000, 14805)
        assert check() == []


class TestBankCharge:
    def test_it_is_of_one_sub_fund_or_shared_by_balance(
        self, receipt: Receipt, bank: BankAccount, acme: Donor, officer: User
    ) -> None:
        record_gift(donor=acme, facts=Facts(bank, date(2026, 3, 2), usd("2000"), "G"), by=officer)
        facts: dict[str, Any] = {"bank_account": bank, "charged_on": LATER, "description": "Fee", "by": officer}
        one = record_bank_charge(**facts, amount=usd("5"), fund="POOL")
        assert legs_of(one) == [
            ("Expenses:BankCharges", 500, "USD", 500, "POOL"),
            ("Assets:Bank:CITI-USD", -500, "USD", -500, "POOL"),
        ]
        shared = record_bank_charge(**facts, amount=usd("10"))
        assert [line.amount.amount for line in shared.lines.order_by("fund")] == [Decimal("7.5"), Decimal("2.5")]
        reverse_run(shared, on=LATER, reason="given back", by=officer)
        assert check() == []

    def test_more_than_the_account_holds_is_refused(self, receipt: Receipt, bank: BankAccount, officer: User) -> None:
        facts: dict[str, Any] = {"bank_account": bank, "charged_on": LATER, "description": "Fee", "by": officer}
        refuses(FundsFirst, r"holds USD 6,000\.00", lambda: record_bank_charge(**facts, amount=usd("6000.01")))
        refuses(FundsFirst, "POOL has", lambda: record_bank_charge(**facts, amount=usd("1"), fund="POOL"))
        refuses(ValueInvalid, "not a sub-fund", lambda: record_bank_charge(**facts, amount=usd("1"), fund="X"))


class TestTransfer:
    def move(self, source: BankAccount, target: BankAccount, officer: User, **facts: Any) -> Transfer:
        known: dict[str, Any] = {"source": source, "target": target, "moved_on": date(2026, 4, 2)}
        return record_transfer(facts=TransferFacts(**(known | facts)), by=officer)

    def test_across_currencies_the_difference_is_realised(
        self, cad_cash: BankAccount, bank: BankAccount, officer: User
    ) -> None:
        """CAD 100.00 leave at 74.00, 4.00 of them kept by the bank (3.00 at 0.75); USD 72.50 arrive."""
        facts = {"amount": cad("100"), "charges": cad("4"), "arrived": usd("72.50")}
        found = self.move(cad_cash, bank, officer, **facts)
        assert legs_of(found) == [
            ("Assets:Bank:CITI-USD", 7250, "USD", 7250, "POOL"),
            ("Expenses:BankCharges", 300, "USD", 300, "POOL"),
            ("Assets:Bank:RBC-CAD", -10000, "CAD", -7400, "POOL"),
            ("Income:Exchange:Realised", -150, "USD", -150, "POOL"),
        ]
        assert check() == []
        reverse_run(found, on=LATER, reason="came back", by=officer)
        assert check() == []

    def test_in_one_currency_nothing_is_realised(self, cad_cash: BankAccount, officer: User) -> None:
        other = add_bank_account(code="BMO-CAD", name="Montreal", currency="CAD", by=officer)
        found = self.move(cad_cash, other, officer, amount=cad("100"), charges=cad("1"), arrived=cad("99"))
        assert [leg[3] for leg in legs_of(found)] == [7326, 74, -7400]

    @pytest.mark.parametrize(
        ("facts", "error", "message"),
        [
            ({"amount": cad("100"), "arrived": usd("60")}, ValueInvalid, "per cent away"),
            ({"amount": cad("400.01"), "arrived": usd("300")}, FundsFirst, r"holds CAD 400\.00"),
            ({"amount": cad("100"), "arrived": cad("100")}, ValueInvalid, "holds USD"),
            ({"amount": usd("100"), "arrived": usd("100")}, ValueInvalid, "holds CAD"),
            ({"amount": cad("1"), "charges": cad("1"), "arrived": usd("1")}, ValueInvalid, "charges are less"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, cad_cash: BankAccount, bank: BankAccount, officer: User, facts: Any, error: type[Refused], message: str
    ) -> None:
        refuses(error, message, lambda: self.move(cad_cash, bank, officer, **facts))

    def test_it_goes_to_another_account(self, cad_cash: BankAccount, officer: User) -> None:
        facts = {"amount": cad("1"), "arrived": cad("1")}
        refuses(ValueInvalid, "another account", lambda: self.move(cad_cash, cad_cash, officer, **facts))


class TestInKind:
    def test_it_is_income_and_expense_and_uses_no_allocation(
        self, acme: Donor, project: Project, fund_year: int, officer: User
    ) -> None:
        gift = Gift(acme, project, date(2026, 5, 4), usd("2500"), "Twenty laptops", "The maker's price list")
        found = record_in_kind(gift=gift, by=officer)
        assert (found.number, legs_of(found)) == (
            "INK-2026-0001",
            [
                ("Expenses:Projects:CYB-01:InKind", 250000, "USD", 250000, "POOL"),
                ("Income:InKind:ACME", -250000, "USD", -250000, "POOL"),
            ],
        )
        assert (project_standings(["CYB-01"])["CYB-01"].spent, fund_standings(["POOL"])["POOL"].available) == (0, 0)
        assert check() == []
        reverse_run(found, on=LATER, reason="returned", by=officer)
        assert check() == []


def test_only_an_officer_does_any_of_it(bank: BankAccount, auditor: User, acme: Donor, project: Project) -> None:
    gift = Gift(acme, project, LATER, usd("1"), "X", "Y")
    facts = TransferFacts(bank, bank, LATER, usd("1"), usd("1"))
    acts: list[Callable[[], Any]] = [
        lambda: run_revaluation(month="2026-03", by=auditor),
        lambda: run_recovery(month="2026-03", by=auditor),
        lambda: set_terms(auditor),
        lambda: record_interest(bank_account=bank, month="2026-03", amount=usd("1"), by=auditor),
        lambda: mark_no_interest(bank_account=bank, month="2026-03", by=auditor),
        lambda: prepare_payment(bank_account=bank, paid_on=LATER, lines={"POOL": usd("1")}, by=auditor),
        lambda: record_bank_charge(bank_account=bank, charged_on=LATER, amount=usd("1"), description="x", by=auditor),
        lambda: record_transfer(facts=facts, by=auditor),
        lambda: record_in_kind(gift=gift, by=auditor),
        lambda: reverse_run(BankCharge(number="BCH-2026-0001"), on=LATER, reason="x", by=auditor),
    ]
    for act in acts:
        refuses(NotPermitted, "does not allow", act)


def test_a_closed_month_takes_none_of_it(charged: Recovery, bank: BankAccount, officer: User) -> None:
    for month in ("2026-01", "2026-02", "2026-03"):
        close_period(month, by=officer)
    refuses(PeriodClosed, "closed", lambda: run_revaluation(month="2026-03", by=officer))
    refuses(PeriodClosed, "closed", lambda: run_recovery(month="2026-03", by=officer))
    refuses(
        PeriodClosed, "closed", lambda: record_interest(bank_account=bank, month="2026-03", amount=usd("1"), by=officer)
    )
    refuses(PeriodClosed, "closed", lambda: reverse_run(charged, on=date(2026, 3, 31), reason="x", by=officer))
