"""Runs and bank events: what they post to the cent, when they post nothing, what they refuse, what a reversal takes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fund.errors import (
    AllocationExceeded,
    FundsFirst,
    MonthNotOver,
    NothingToPost,
    NotPermitted,
    RateMissing,
    RunOutOfOrder,
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
    Donor,
    Project,
    Receipt,
    Recovery,
    RevaluationLine,
)
from fund.operations.approvals import reject
from fund.operations.bank_charges import record_bank_charge
from fund.operations.closings import close_period
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import mark_no_interest, record_interest
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_run
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate
from fund.queries.recoveries import due_to_secretariat, plan_recovery
from fund.queries.revaluations import money_items
from fund.queries.sub_funds import fund_standings
from ledger.entries import Draft, Leg
from ledger.errors import PeriodClosed, Refused
from ledger.operations import open_account, post_entry
from tests.deeds import allocate, reverse
from tests.fund.runs import FUND, LATER, legs_of, refuses
from tests.shorthand import cad, check, usd


def set_terms(officer: User, rate: str = "12", start: date = date(2026, 1, 15), fund: str = FUND, **more: Any) -> None:
    terms = Terms(start, Decimal(rate), **({"base": "expenditure"} | more))
    set_recovery_terms(fund=fund, terms=terms, by=officer)


@pytest.fixture
def charged(paid: Disbursement, officer: User) -> Recovery:
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
        RevaluationLine.objects.update(rate=Decimal("0.76"))
        assert check()[0].startswith("REV-2026-03 carries CAD")

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

    def test_what_an_opened_book_owes_without_an_instalment_is_an_item_too(
        self, cad_agreement: Agreement, officer: User
    ) -> None:
        owed, equity = "Assets:Receivable:CAN", open_account("Equity:Opening").name
        legs = (Leg(owed, 5000, "CAD", 3650, "POOL"), Leg(equity, -3650, "USD", -3650, "POOL"))
        post_entry(Draft(date(2026, 3, 5), "opening", "", "A book before", ("BOOK",), legs), by="officer")
        items = [(item.instalment, item.amount.minor) for item in money_items() if item.account == owed]
        assert items == [("", 5000), ("AGR-2026-0001/1", 100000)]

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
        self, charged: Recovery, paid: Disbursement, officer: User
    ) -> None:
        reverse(paid, on=date(2026, 4, 3), reason="came back", by=officer)
        back = run_recovery(month="2026-04", by=officer)
        assert [leg[1] for leg in legs_of(back)] == [-8400, 8400]
        assert due_to_secretariat() == {}
        assert check() == []

    def test_the_first_part_is_free_and_the_ceiling_holds_for_all_runs(
        self, paid: Disbursement, officer: User, approver: User
    ) -> None:
        set_terms(officer, exempt=usd("200"), ceiling=usd("65"))
        assert legs_of(run_recovery(month="2026-03", by=officer))[0][1] == 6000
        line = Line(FUND, Project.objects.get(), "Travel", usd("100"))
        facts: dict[str, Any] = {"payee": "X", "bank_account": paid.bank_account, "paid_on": date(2026, 4, 2)}
        for expected in ([500, -500], None):
            approve_disbursement(prepare_disbursement(**facts, lines=[line], by=officer), by=approver)
            if expected:
                assert [leg[1] for leg in legs_of(run_recovery(month="2026-04", by=officer))] == expected
        refuses(NothingToPost, "All indirect cost", lambda: run_recovery(month="2026-04", by=officer))

    def test_the_exemption_alone_is_taken_off_the_base(self, paid: Disbursement, officer: User) -> None:
        set_terms(officer, exempt=usd("200"))
        assert legs_of(run_recovery(month="2026-03", by=officer))[0][1] == 6000

    def test_on_receipts_it_waits_for_an_allocation(self, receipt: Receipt, project: Project, officer: User) -> None:
        set_terms(officer, "7", base="receipt")
        refuses(NothingToPost, ".", lambda: run_recovery(month="2026-03", by=officer))
        allocate(project=project, decided_on=date(2026, 4, 2), lines={FUND: usd("5000")}, by=officer)
        run = run_recovery(month="2026-04", by=officer)
        assert legs_of(run)[0][:2] == ("Expenses:Projects:CYB-01:IndirectCost", 42000)

    def test_beyond_the_allocation_it_says_what_is_lacking(self, paid: Disbursement, officer: User) -> None:
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

    @pytest.mark.parametrize("rate", ["0", "7"])
    def test_what_is_reversed_gives_back_by_the_terms_of_its_own_day(
        self, charged: Recovery, paid: Disbursement, officer: User, rate: str
    ) -> None:
        set_terms(officer, rate, date(2026, 4, 1))
        reverse(paid, on=date(2026, 5, 2), reason="came back", by=officer)
        assert plan_recovery(date(2026, 4, 30)).charges == []
        run_recovery(month="2026-05", by=officer)
        assert (due_to_secretariat(), check()) == ({}, [])

    @pytest.mark.parametrize("limit", [{"exempt": usd("200")}, {"ceiling": usd("50")}], ids=["exempt", "ceiling"])
    @pytest.mark.parametrize("is_dropped", [True, False])
    def test_an_exemption_or_a_ceiling_that_changes_leaves_what_earlier_terms_charged(
        self, paid: Disbursement, officer: User, limit: dict[str, Any], is_dropped: bool
    ) -> None:
        set_terms(officer, **(limit if is_dropped else {}))
        run_recovery(month="2026-03", by=officer)
        set_terms(officer, start=date(2026, 4, 1), **({} if is_dropped else limit))
        refuses(NothingToPost, "All indirect cost", lambda: run_recovery(month="2026-04", by=officer))
        reverse(paid, on=date(2026, 5, 2), reason="came back", by=officer)
        run_recovery(month="2026-05", by=officer)
        assert due_to_secretariat() == {}
        assert check() == []

    @pytest.mark.parametrize("base", ["expenditure", "receipt"])
    def test_sub_funds_whose_terms_have_the_same_days_are_asked_of_together(
        self, paid: Disbursement, officer: User, base: str
    ) -> None:
        questions = []
        for fund in ("POOL", FUND):
            set_terms(officer, fund=fund, base=base, exempt=usd("100000"))
            with CaptureQueriesContext(connection) as asked:
                plan_recovery(date(2026, 3, 31))
            questions.append(len(asked))
        assert questions[0] == questions[1]

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
        reverse(paid, on=LATER, reason="came back", by=officer)
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
        refuses(StateUnfit, "nothing to reverse", lambda: reverse(paid, on=LATER, reason="x", by=both))
        assert check() == ["officer has the role Approver, which no audit record gave."]

    def test_another_currency_and_an_account_without_the_cash_are_refused(
        self, charged: Recovery, cad_bank: BankAccount, officer: User
    ) -> None:
        def prepare(bank: BankAccount) -> None:
            prepare_payment(bank_account=bank, paid_on=LATER, lines={FUND: usd("80")}, by=officer)

        refuses(ValueInvalid, "transfer money to one first", lambda: prepare(cad_bank))
        empty = add_bank_account(code="B-2", name="Second bank", currency="USD", by=officer)
        refuses(FundsFirst, r"AGR-2026-0001 has USD 0\.00 in B-2", lambda: prepare(empty))


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
