"""Four years of a real fund, loaded into an empty database: the totals are those that its own papers state."""

import re
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from fund.models import Agreement, Donor
from fund.queries.contributions import Standing
from ledger.book import write_book
from ledger.money import to_decimal
from ledger.queries import Scope, get_total
from tests.deeds import approved_by
from tests.fund.standings import agreement_standings
from tests.shorthand import run

pytestmark = [pytest.mark.django_db, pytest.mark.samples]

Totals = tuple[int, Decimal, Decimal]


def load(folder: Path) -> str:
    agreements = run("import_agreements", folder / "cerf_agreements.csv", *approved_by())
    return agreements + run("import_receipts", folder / "cerf_receipts.csv")


def read_stated_totals(folder: Path) -> dict[str, Totals]:
    """The README's table: agreements, signed and received of each year, and of all."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d{4}|all) \| (\d+) \| ([\d,.]+) \| ([\d,.]+) \|$", text, re.MULTILINE)
    return {year: (int(count), to_number(signed), to_number(received)) for year, count, signed, received in rows}


def to_number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def sum_by_year(standings: dict[str, Standing]) -> dict[str, Totals]:
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for number, standing in standings.items():
        for year in (number.split("-")[1], "all"):
            sums[year][0] += 1
            sums[year][1] += standing.signed
            sums[year][2] += standing.received + standing.unapplied
    return {year: (count, to_decimal(s, "USD"), to_decimal(r, "USD")) for year, (count, s, r) in sums.items()}


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "cerf"


def check_totals(folder: Path) -> None:
    standings = agreement_standings(Agreement.objects.all())
    assert sum_by_year(standings) == read_stated_totals(folder)
    assert sum(standing.unapplied > 0 for standing in standings.values()) == 45
    assert sum(not standing.received + standing.unapplied for standing in standings.values()) == 21
    assert Donor.objects.count() == 82
    received = get_total(Scope(accounts=("Assets:Bank:",))).functional
    settled = get_total(Scope(accounts=("Assets:Receivable:",), kinds=("receipt",))).functional
    assert to_decimal(received, "USD") == Decimal("1339461854.73")
    assert get_total(Scope(accounts=("Liabilities:Unapplied:",))).functional == -settled - received


def check_with_stock_tools(folder: Path) -> None:
    book = write_book(folder, title="CERF")
    stock = Path(sys.executable).with_name("bean-check")
    checked = subprocess.run([stock, book.main], capture_output=True, text=True, check=False)
    assert (book.entries, checked.returncode, checked.stdout + checked.stderr) == (461, 0, "")


def test_a_real_fund_is_loaded_to_the_cent_and_once(folder: Path, tmp_path: Path):
    said = load(folder)
    assert "241 agreements signed: USD 1,525,471,198.60.\n" in said
    assert "220 receipts recorded: USD 1,339,461,854.73.\n" in said
    check_totals(folder)
    again = load(folder)
    assert "241 agreements there already, left as before.\n" in again
    assert "220 receipts there already, left as before.\n" in again
    check_totals(folder)
    assert run("check_ledger").startswith("461 entries and 461 documents: all agree.\n")
    check_with_stock_tools(tmp_path / "book")
