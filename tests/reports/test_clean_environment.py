"""Stock bean-check and bean-query, where nothing of this project is, find every figure that our pages show."""

import hashlib
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from fund import policy
from fund.models import Agreement, Attachment, ExchangeRate, Project, Receipt
from fund.operations.attachments import attach, withdraw_attachment
from fund.queries.accounts import trial_balance
from fund.queries.agreements import add_dues
from fund.queries.figures import Grouping, group_contributions
from fund.queries.statements import make_statement
from fund.queries.sub_funds import sub_funds
from ledger.book import Book
from ledger.money import to_decimal
from ledger.periods import Period
from ledger.queries import Scope, Total, entries, entries_of, sum_postings, totals
from reports.book_queries import owed_account
from reports.books import export_book
from tests.reports.small_fund import SmallFund
from tests.reports.stock_tools import StockTools, read_amounts

QUERIES = {
    "trial-balance",
    "zero-per-sub-fund",
    "sub-fund-trial-balances",
    "trial-balance-of-one",
    "entries-of-one-document",
    "debits-by-month",
    "sub-fund-balances",
    "receivables",
    "received-by-payee",
    "documents",
}

# What stock Beancount finds of rates and budgets.
DIRECTIVES = """
import sys
from beancount import loader
from beancount.core.data import Custom, Price

for entry in loader.load_file(sys.argv[1])[0]:
    if isinstance(entry, Price):
        print("price", entry.date, entry.currency, f"{entry.amount.number.normalize():f}", entry.amount.currency)
    if isinstance(entry, Custom) and entry.type == "budget":
        print("budget", entry.date, entry.values[0].value, entry.values[2].value)
"""
# A page of A4 in a typewriter's letters.
LINES_OF_A_PAGE, WIDTH_OF_A_PAGE = 66, 100

# What a row shows: the balance by currency, and what it is carried at.
Figures = tuple[dict[str, Decimal], dict[str, Decimal]]


class Auditor:
    """Somebody with an exported book and stock tools."""

    def __init__(self, book: Book, tools: StockTools) -> None:
        self.main, self.folder, self.tools = book.main, book.main.parent, tools

    def ask(self, name: str) -> list[dict[str, str]]:
        return self.tools.ask(self.main, name)

    def type(self, line: str) -> str:
        """What a line answers that is typed in the book's folder."""
        environment = {"PATH": f"{self.tools.python.parent}:{os.defpath}", "LANG": "C.UTF-8"}
        ended = subprocess.run(line, shell=True, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, ""), f"{line}: {ended.stderr}"
        return ended.stdout

    def weigh(self, where: str) -> Decimal:
        """The functional amount of postings; a total price kept as that of one unit leaves dust below the cent."""
        (row,) = self.put(f"SELECT sum(weight) AS total WHERE {where}") or [{"total": ""}]
        return round(sum(read_amounts(row["total"]).values(), Decimal(0)), 2)

    def put(self, question: str) -> list[dict[str, str]]:
        """The rows that a question answers which is not in the book."""
        return self.tools.ask(self.main, question, is_named=False)

    def figures(self, name: str, *keys: str) -> dict[tuple[str, ...], Figures]:
        """The figures that a query answers, by the columns `keys`; without the rows that hold nothing."""
        rows = {tuple(row[key] for key in keys): to_figures(row) for row in self.ask(name)}
        return {key: figures for key, figures in rows.items() if any(figures)}


def to_figures(row: Mapping[str, str]) -> Figures:
    return read_amounts(row["balance"]), read_amounts(row["carried"])


def add_up(found: Iterable[Total]) -> Figures:
    """Totals by currency as the figures of a row."""
    balance: defaultdict[str, Decimal] = defaultdict(Decimal)
    carried = 0
    for total in found:
        balance[total.currency] += to_decimal(total.amount, total.currency)
        carried += total.functional
    return without_zeros(balance), without_zeros({"USD": usd(carried)})


def without_zeros(found: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {currency: number for currency, number in found.items() if number}


def usd(minor: int) -> Decimal:
    return to_decimal(minor, "USD")


def page_figures(fund: str = "", until: date | None = None) -> dict[tuple[str, ...], Figures]:
    """The rows of the trial balance page, account by account."""
    rows = [row for section in trial_balance(until=until, fund=fund).sections for row in section.rows]
    by_account: defaultdict[tuple[str, ...], list[Total]] = defaultdict(list)
    for row in rows:
        by_account[(row.account,)].append(row)
    return {account: add_up(found) for account, found in by_account.items()}


def funds() -> list[str]:
    return [total.fund for total in totals(Scope(), by=("fund",))]


@pytest.fixture
def fund(small_fund: SmallFund) -> SmallFund:
    """Two years, four currencies, reversals; files attached, to documents and a project, one of them in error."""
    for document, text in ((small_fund.canadian, "agreement"), (small_fund.gift, "advice"), (small_fund.gift, "slip")):
        file = ContentFile(f"%PDF-1.7 {text}".encode(), name=f"{text}.pdf")
        attach(document, file=file, description=f"The {text}", by=small_fund.officer)
    attach(small_fund.cyb, file=ContentFile(b"%PDF-1.7 plan"), description="The plan", by=small_fund.officer)
    withdraw_attachment(Attachment.objects.get(name="slip.pdf"), reason="of another gift", by=small_fund.officer)
    return small_fund


@pytest.fixture
def auditor(fund: SmallFund, stock_tools: StockTools, tmp_path: Path) -> Auditor:
    return Auditor(export_book(tmp_path / "book"), stock_tools)


def test_the_environment_knows_nothing_of_this_project(stock_tools: StockTools, tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    for module in ("ledger", "fund", "reports", "django", "fava"):
        probe.write_text(f"import {module}", encoding="utf-8")
        assert f"No module named '{module}'" in stock_tools.run(probe, cwd=tmp_path).stderr


def test_bean_check_finds_nothing(auditor: Auditor) -> None:
    checked = auditor.tools.run("bean-check", auditor.main.name, cwd=auditor.folder)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"(balance Assets:Bank:RBC-CAD +)585\.00", r"\g<1>585.01", "Balance failed"),
        (r"documents/\w+", "documents/gone", "File does not exist"),
    ],
)
def test_bean_check_finds_what_is_wrong(auditor: Auditor, old: str, new: str, said: str) -> None:
    text, count = re.subn(old, new, auditor.main.read_text(encoding="utf-8"), count=1)
    auditor.main.write_text(text, encoding="utf-8")
    checked = auditor.tools.run("bean-check", auditor.main.name, cwd=auditor.folder)
    assert (count, checked.returncode, said in checked.stderr) == (1, 1, True), checked.stderr


def test_the_chain_holds_by_the_program_in_the_book(auditor: Auditor) -> None:
    checked = auditor.tools.run(auditor.folder / "verify_chain.py", cwd=auditor.folder.parent)
    count, head = checked.stdout.split()
    assert f"\n   {count} {head}\n" in (auditor.folder / "README.txt").read_text(encoding="utf-8")


def test_the_whole_folder_has_the_sums_of_its_manifest(auditor: Auditor) -> None:
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=auditor.folder, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert len(checked.stdout.splitlines()) == len([path for path in auditor.folder.rglob("*") if path.is_file()]) - 1


def test_the_commands_of_its_page_answer_as_it_says(auditor: Auditor, fund: SmallFund) -> None:
    """As an auditor types them, with the certificate of a month beside the book."""
    tools = auditor.folder.with_name("tools")
    tools.symlink_to(auditor.tools.python.parents[1])
    page = (auditor.folder / "README.txt").read_text(encoding="utf-8")
    sums, check, chain, grep, query = (
        line.strip() for line in re.findall(r"^    (?:[^ ]+/bean-|python3 v|sha|grep).*", page, re.M)
    )
    expected = re.search(r"it prints\n   (\d+) (\w+)\n", page)
    assert expected
    *files, manifest = auditor.type(sums).splitlines()
    assert all(line.endswith(": OK") for line in files)
    assert manifest == f"{hashlib.sha256((auditor.folder / 'SHA256SUMS').read_bytes()).hexdigest()}  SHA256SUMS"
    assert auditor.type(check) == ""
    assert auditor.type(chain) == f"{expected[1]} {expected[2]}\n"
    assert f"sha256 {expected[2]} " in auditor.type(grep.replace("HASH", expected[2]))
    assert "Assets:Bank:CITI-USD" in auditor.type(query)


def test_its_page_is_one_page(auditor: Auditor) -> None:
    lines = (auditor.folder / "README.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LINES_OF_A_PAGE
    assert max(map(len, lines)) <= WIDTH_OF_A_PAGE


def test_the_trial_balance_is_that_of_the_page(auditor: Auditor) -> None:
    found = auditor.figures("trial-balance", "account")
    assert found == page_figures()
    assert len(found) > 20


@pytest.mark.parametrize("until", [date(2025, 12, 31), date(2026, 2, 12), date(2026, 3, 5)])
def test_the_trial_balance_of_a_past_day_is_that_of_the_page(auditor: Auditor, until: date) -> None:
    text = re.search(r' query "trial-balance" "(.*)"', auditor.main.read_text(encoding="utf-8"))
    assert text
    # As its page says: copied, and changed.
    before, by, after = text[1].replace('\\"', '"').partition(" GROUP BY ")
    rows = auditor.put(f"{before} WHERE date <= {until}{by}{after}")
    found = {(row["account"],): to_figures(row) for row in rows}
    assert {account: figures for account, figures in found.items() if any(figures)} == page_figures(until=until)


def test_what_donors_signed_and_sent_is_that_of_the_report(auditor: Auditor) -> None:
    sent = "account ~ '^(Assets:Bank:|Expenses:BankCharges)' AND 'receipt' IN tags"
    for group in group_contributions(Grouping.DONOR):
        owed = f"account ~ '^(Assets:Receivable|Equity:Memorandum:Committed):{group.key}$'"
        assert auditor.weigh(f"{owed} AND 'agreement' IN tags") == usd(group.functional.signed)
        assert auditor.weigh(owed) == usd(group.functional.outstanding)
        assert auditor.weigh(f"{sent} AND payee = '{group.label}'") == usd(group.functional.received)


@pytest.mark.parametrize("as_of", [date(2026, 1, 31), date(2026, 12, 31)])
def test_a_donors_statement_is_that_of_its_page(auditor: Auditor, fund: SmallFund, as_of: date) -> None:
    statement = make_statement(fund.canada, as_of=as_of)
    assert statement.balance
    of_fund = f"meta('fund') = 'AGR-2025-0001' AND date <= {as_of}"
    assert auditor.weigh(f"{of_fund} AND account ~ '^(Assets:Bank|Liabilities)'") == usd(statement.balance)
    assert auditor.weigh(f"{of_fund} AND account ~ '^Expenses:Projects'") == usd(statement.spent)


def test_rates_and_budgets_are_those_of_the_fund(auditor: Auditor, tmp_path: Path) -> None:
    program = tmp_path / "directives.py"
    program.write_text(DIRECTIVES, encoding="utf-8")
    said = auditor.tools.run(program, auditor.main, cwd=tmp_path)
    rates = [
        f"price {rate.effective_on} {rate.currency} {rate.rate.normalize():f} USD"
        for rate in ExchangeRate.objects.all()
    ]
    budgets = [
        f"budget {date(year, 1, 1)} {policy.PROJECTS}{project.code} {usd(allocated)} USD"
        for project in Project.objects.all()
        for year in (2025, 2026)
        if (allocated := allocated_in(project, year))
    ]
    assert (sorted(said.stdout.splitlines()), said.stderr) == (sorted([*rates, *budgets]), "")
    assert min(len(rates), len(budgets)) > 1


def allocated_in(project: Project, year: int) -> int:
    scope = Scope(accounts=(policy.ALLOCATED + project.code,), since=date(year, 1, 1), until=date(year, 12, 31))
    return sum(-total.functional for total in totals(scope, by=()))


def test_the_trial_balance_of_each_sub_fund_is_that_of_the_page(auditor: Auditor) -> None:
    ours = {(fund, *account): figures for fund in funds() for account, figures in page_figures(fund).items()}
    assert auditor.figures("sub-fund-trial-balances", "sub_fund", "account") == ours
    assert auditor.figures("trial-balance-of-one", "account") == page_figures("POOL")


def test_the_debits_of_a_month_are_those_of_its_certificate(auditor: Auditor) -> None:
    found = {
        (int(row["year"]), int(row["month"])): read_amounts(row["debit"]) for row in auditor.ask("debits-by-month")
    }
    months = {Period(on.year, on.month) for on in entries().values_list("dated_on", flat=True)}
    ours = {(month.year, month.month): sum_postings(month.begins_on, month.ends_on)[0] for month in months}
    assert found == {month: {"USD": usd(debit)} for month, debit in ours.items()}


def test_each_sub_fund_adds_up_to_nothing(auditor: Auditor) -> None:
    rows = {row["sub_fund"]: read_amounts(row["total"]) for row in auditor.ask("zero-per-sub-fund")}
    assert rows == {fund: {} for fund in funds()}


def test_the_balances_of_sub_funds_are_those_of_their_page(auditor: Auditor) -> None:
    carried: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (fund, heading), (_, amounts) in auditor.figures("sub-fund-balances", "sub_fund", "heading").items():
        group = "Liabilities" if heading.startswith("Liabilities:") else heading
        carried[fund, group] += amounts.get("USD", Decimal(0))
    for sub_fund in sub_funds():
        standing = sub_fund.standing
        assert carried[sub_fund.code, "Assets:Bank"] == usd(standing.cash)
        assert carried[sub_fund.code, "Liabilities"] == usd(-standing.held)
        assert carried[sub_fund.code, "Equity:Allocated"] == usd(-standing.allocated)
        assert carried[sub_fund.code, "Expenses:Projects"] == usd(standing.spent)
    assert sum(amount != 0 for amount in carried.values()) > 12


def test_what_is_owed_is_that_of_the_agreements_pages(auditor: Auditor, fund: SmallFund) -> None:
    agreements = add_dues(Agreement.objects.select_related("donor"), today=timezone.localdate())
    ours = {}
    for agreement in agreements:
        for due in (due for due in agreement.dues.instalments if due.standing.outstanding):
            owed = to_decimal(due.standing.outstanding, due.standing.currency)
            key = (owed_account(agreement), due.instalment.reference, str(due.instalment.due_on))
            figures = ({due.standing.currency: owed}, {"USD": usd(due.standing.carried)})
            ours[key] = (*figures, str(due.is_overdue).upper())
    rows = {
        (row["account"], row["instalment"], row["due"]): (
            read_amounts(row["outstanding"]),
            read_amounts(row["carried"]),
            row["overdue"],
        )
        for row in auditor.ask("receivables")
    }
    assert rows == ours
    assert len(rows) == 3


def test_what_was_received_is_that_of_the_receipts(auditor: Auditor) -> None:
    ours: defaultdict[tuple[str, ...], defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for receipt in Receipt.objects.filter(reversed_on=None).select_related("donor"):
        ours[(receipt.donor.name if receipt.donor else "",)][str(receipt.amount.currency)] += receipt.amount.amount
    found = auditor.figures("received-by-payee", "payee")
    assert {payee: balance for payee, (balance, _) in found.items()} == ours
    received = totals(Scope(accounts=("Assets:Bank:",), kinds=("receipt",)), by=())
    assert sum(carried["USD"] for _, carried in found.values()) == usd(received[0].functional)


def test_the_entries_of_a_document_are_those_of_its_page(auditor: Auditor) -> None:
    rows = auditor.ask("entries-of-one-document")
    found = [
        (row["number"], row["account"], read_amounts(row["position"]), read_amounts(row["weight"])) for row in rows
    ]
    assert found == [
        (
            entry.number,
            posting.account.name,
            {posting.currency: to_decimal(posting.amount, posting.currency)},
            {"USD": usd(posting.functional)},
        )
        for entry in entries_of("PLG-2025-0001")
        for posting in entry.postings.all()
    ]
    assert len(found) == 7


def test_the_attached_files_are_there_with_what_is_said_of_them(auditor: Auditor) -> None:
    rows = auditor.ask("documents")
    assert [(row["date"], row["description"], row["links"]) for row in rows] == [
        ("2025-12-10", "The agreement", "frozenset({'AGR-2025-0001'})"),
        ("2026-02-12", "The advice", "frozenset({'RCT-2026-0005'})"),
        ("2026-02-12", "The slip", "frozenset({'RCT-2026-0005'})"),
        ("2026-03-05", "The plan", "frozenset({'CYB-01'})"),
    ]
    contents = [(auditor.folder / "documents" / row["file"]).read_bytes() for row in rows]
    assert contents == [f"%PDF-1.7 {text}".encode() for text in ("agreement", "advice", "slip", "plan")]
    assert '  withdrawn: "of another gift"\n' in auditor.main.read_text(encoding="utf-8")


def test_every_query_is_explained_with_a_row_of_its_answer(auditor: Auditor) -> None:
    page = (auditor.folder / "README.txt").read_text(encoding="utf-8")
    explained = dict(
        re.findall(r"^    ([a-z-]+): (?:.*\n)(?:      (?!.* \| ).*\n)*(?:      (.* \| .*)\n)?", page, re.M)
    )
    assert explained.keys() == QUERIES
    assert [name for name, row in explained.items() if not row] == ["zero-per-sub-fund", "documents"]
    for name, example in explained.items():
        cells = [read_amounts(cell) or cell for cell in example.split(" | ")] if example else []
        answers = [[read_amounts(cell) or cell for cell in row.values()] for row in auditor.ask(name)]
        assert cells in [answer[: len(cells)] for answer in answers], name
    assert set(re.findall(r' query "([^"]+)"', auditor.main.read_text(encoding="utf-8"))) == QUERIES


def test_an_overdue_instalment_is_one_whose_day_is_past(
    fund: SmallFund, stock_tools: StockTools, tmp_path: Path
) -> None:
    year = timezone.localdate().year
    fund.sign(fund.usa, "2026-03-01", [("2026-03-02", "USD 1"), (f"{year + 1}-01-01", "USD 2")])
    rows = Auditor(export_book(tmp_path / "book"), stock_tools).ask("receivables")
    found = {row["due"]: row["overdue"] for row in rows if "AGR-2026-0004/" in row["instalment"]}
    assert found == {"2026-03-02": "TRUE", str(date(year + 1, 1, 1)): "FALSE"}
