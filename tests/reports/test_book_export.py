"""The figures that we show come out of stock Beancount, on the book that we write, to the cent."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import beanquery
import pytest
from beancount import loader
from beancount.core.data import Custom
from django.core.management import call_command

from fund.queries.figures import Grouping, group_contributions
from fund.queries.statements import make_statement
from ledger.money import to_decimal
from reports.books import export_book
from reports.statements.balances import load_balances
from reports.statements.period import make_period
from tests.reports.small_fund import SmallFund

pytestmark = pytest.mark.django_db


class Auditor:
    """Beancount's own loader and query language on an exported book."""

    def __init__(self, path: Path) -> None:
        self.entries, self.errors, _ = loader.load_file(str(path))
        self.connection = beanquery.connect(f"beancount:{path}")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(question).fetchall()
        return found

    def weigh(self, where: str) -> Decimal:
        """The functional amount of the postings to the cent, debit positive.

        Beancount keeps a total price as the price of one unit, and so leaves dust twenty digits below.
        """
        found = [sum_ for (sum_,) in self.ask(f"SELECT sum(weight) AS total WHERE {where}") if sum_ is not None]
        return round(sum((position.units.number for sum_ in found for position in sum_), Decimal(0)), 2)


@pytest.fixture
def auditor(small_fund: SmallFund, tmp_path: Path) -> Auditor:
    return Auditor(export_book(tmp_path / "book").main)


def usd(minor: int) -> Decimal:
    return to_decimal(minor, "USD")


def test_its_page_says_whose_deposits_have_no_payee(small_fund: SmallFund, tmp_path: Path) -> None:
    page = (export_book(tmp_path / "book").main.parent / "README.txt").read_text()
    assert "has no payee, also once it is identified" in " ".join(page.split())


def test_beancount_finds_nothing_wrong(auditor: Auditor) -> None:
    assert auditor.errors == []


def test_the_trial_balance_is_bean_querys(auditor: Auditor) -> None:
    balances = load_balances(make_period())
    for account in {balance.account for balance in balances}:
        ours = sum(balance.closing for balance in balances if balance.account == account)
        assert auditor.weigh(f"account = '{account}'") == usd(ours)


def test_what_is_signed_and_received_is_bean_querys(auditor: Auditor) -> None:
    for group in group_contributions(Grouping.DONOR):
        owed = f"account ~ '^(Assets:Receivable|Equity:Memorandum:Committed):{group.key}$'"
        assert auditor.weigh(f"{owed} AND 'agreement' IN tags") == usd(group.functional.signed)
        assert auditor.weigh(owed) == usd(group.functional.outstanding)
        sent = "account ~ '^(Assets:Bank:|Expenses:BankCharges)' AND 'receipt' IN tags"
        assert auditor.weigh(f"{sent} AND payee = '{group.label}'") == usd(group.functional.received)


def test_the_balance_of_a_donors_sub_fund_is_bean_querys(auditor: Auditor, small_fund: SmallFund) -> None:
    statement = make_statement(small_fund.canada, as_of=date(2026, 12, 31))
    fund = "meta('fund') = 'AGR-2025-0001'"
    assert auditor.weigh(f"{fund} AND account ~ '^(Assets:Bank|Liabilities)'") == usd(statement.balance)
    assert auditor.weigh(f"{fund} AND account ~ '^Expenses:Projects'") == usd(statement.spent)


def test_allocations_are_budgets_of_their_year(auditor: Auditor) -> None:
    budgets = [entry for entry in auditor.entries if isinstance(entry, Custom) and entry.type == "budget"]
    found = [(entry.date, entry.values[0].value, str(entry.values[2].value)) for entry in budgets]
    assert found == [
        (date(2026, 1, 1), "Expenses:Projects:BOR-01", "304.01 USD"),
        (date(2026, 1, 1), "Expenses:Projects:CYB-01", "400.00 USD"),
    ]


def test_the_command_writes_the_book_again_into_the_same_folder(
    small_fund: SmallFund, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        call_command("export_book", str(tmp_path / "book"))
    said = capsys.readouterr().out
    manifest = hashlib.sha256((tmp_path / "book" / "SHA256SUMS").read_bytes()).hexdigest()
    assert "main.beancount: 19 entries" in said
    assert f"SHA-256 of SHA256SUMS, to give along with the book: {manifest}\n" in said
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Exception, match=r"mine\.txt"):
        call_command("export_book", str(tmp_path))
