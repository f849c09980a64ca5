"""Bank events and gifts in kind: what they post to the cent, what they refuse, what a reversal takes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import FundsFirst, RateMissing, RunTwice, ValueInvalid
from fund.models import BankAccount, Donor, Interest, Project, Receipt, Transfer
from fund.operations.bank_charges import record_bank_charge
from fund.operations.deposits import record_deposit
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import mark_no_interest, record_interest
from fund.operations.receipts import Facts, record_gift
from fund.operations.reversals import reverse_run
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate
from fund.queries.projects import given_in_kind, project_standings
from fund.queries.sub_funds import bank_cash, fund_standings
from ledger.errors import Refused, YearNotOpen
from ledger.money import parse_amount
from tests.fund.runs import FUND, LATER, legs_of, refuses
from tests.shorthand import cad, check, usd


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
    def test_it_is_of_one_sub_fund_or_shared_by_balance_and_no_deposit_bears_it(
        self, receipt: Receipt, bank: BankAccount, acme: Donor, officer: User
    ) -> None:
        record_gift(donor=acme, facts=Facts(bank, date(2026, 3, 2), usd("2000"), "G"), by=officer)
        record_deposit(facts=Facts(bank, date(2026, 3, 2), usd("500"), "D"), by=officer)
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
        assert given_in_kind("CYB-01") == 250000
        assert check() == []
        reverse_run(found, on=LATER, reason="returned", by=officer)
        assert given_in_kind("CYB-01") == 0
        assert check() == []

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"amount": usd("0")}, ValueInvalid, "more than zero"),
            ({"amount": parse_amount("1", "EUR")}, RateMissing, "No EUR rate of"),
            ({"amount": parse_amount("1", "IDR")}, ValueInvalid, r"IDR 1\.00 is worth nothing in USD"),
            ({"received_on": date(2025, 12, 31)}, YearNotOpen, "Open: 2026"),
            ({"received_on": date(2026, 1, 31)}, ValueInvalid, "2026-02-01 or later"),
            ({"description": " "}, ValueInvalid, "needed"),
            ({"measurement": ""}, ValueInvalid, "needed"),
        ],
    )
    def test_what_has_no_fair_value_no_day_and_no_words_is_refused(
        self, acme: Donor, project: Project, rates: int, officer: User, changes: Any, error: type[Refused], message: str
    ) -> None:
        add_rate(currency="IDR", effective_on=date(2026, 5, 1), rate=Decimal("0.00006"), by=officer)
        project.starts_on = date(2026, 2, 1)
        gift = Gift(acme, project, date(2026, 5, 4), usd("1"), "Laptops", "Price list")
        refuses(error, message, lambda: record_in_kind(gift=replace(gift, **changes), by=officer))
