"""Four years of a real fund: its totals are those that its papers state, and its workbook ties."""

import re
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from tests.deeds import approved_by
from tests.reports.workbooks import calculate_checks, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.samples]


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def folder(samples: Path) -> Path:
    """The fund's papers, loaded."""
    folder = samples / "cerf"
    run(
        "import_agreements",
        folder / "cerf_agreements.csv",
        *approved_by(),
        "--open-years",
    )
    run("import_receipts", folder / "cerf_receipts.csv")
    return folder


def test_the_real_fund_comes_out_to_the_cent(folder: Path, tmp_path: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    stated = re.findall(r"^\| (\d{4}|all) \| (\d+) \| ([\d,.]+) \| ([\d,.]+) \|$", text, re.MULTILINE)
    rows = [line.split() for line in run("fund_totals", "--by", "year").splitlines()[5:]]
    found = [(row[0].replace("Total", "all"), row[1], row[3], row[4]) for row in rows if len(row) > 1]
    assert found == stated
    run("audit_workbook", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert {(row["Difference"], row["Result"]) for row in calculate_checks(book)} == {(0, "OK")}
    received = [row["Received"] for row in rows_of(book, "Contributions by donor")]
    assert round(sum(received), 2) == 1_339_461_854.73
