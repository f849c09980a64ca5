import csv
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.reports.small_fund import SmallFund

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize("command", [("fund_totals",), ("export_book", "book"), ("audit_workbook", "audit.xlsx")])
def test_a_database_without_tables_says_how_to_make_them(
    db: None, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda _: {})
    with pytest.raises(CommandError, match=r"Run `manage.py migrate` first"):
        run(*command)


def test_totals_are_an_aligned_table_with_the_whole_below(small_fund: SmallFund) -> None:
    header, rule, *rows = run("fund_totals", "--by", "year").splitlines()[3:]
    assert [row.split()[0] for row in (header, *rows)] == ["Year", "2025", "2026", rule, "Total"]
    assert rows[-1].split() == ["Total", "3", "1", "2,236.51", "1,584.01", "75.00", "832.50", "0.00"]
    for title in ("Signed USD", "Outstanding USD"):
        end = header.index(title) + len(title)
        assert {row[end - 3] for row in rows if row != rule} == {"."}


def test_totals_by_donor_have_each_ones_own_currency(small_fund: SmallFund) -> None:
    line = next(line for line in run("fund_totals", "--by", "donor").splitlines() if line.startswith("Canada"))
    assert line.split()[-5:] == ["CAD", "1,000.00", "1,100.00", "100.00", "0.00"]


def test_totals_as_csv_are_plain_and_no_formulas(small_fund: SmallFund) -> None:
    rows = {row["Code"]: row for row in csv.DictReader(StringIO(run("fund_totals", "--by", "donor", "--csv")))}
    assert rows["USA"]["Signed USD"] == "1500.00"
    assert rows["SUM"]["Donor"] == "'=1+1"


def test_totals_stand_as_they_stood(small_fund: SmallFund) -> None:
    assert run("fund_totals", "--until", "2025-12-31").splitlines()[-1].split() == [
        *("Total", "1", "0", "700.00", "0.00", "0.00", "700.00", "0.00"),
    ]


def test_an_empty_fund_has_no_totals(db: None) -> None:
    assert "Year" in run("fund_totals")


def test_the_workbook_is_written_for_the_whole_of_the_books(small_fund: SmallFund, tmp_path: Path) -> None:
    said = run("audit_workbook", tmp_path / "a.xlsx")
    assert said == f"{tmp_path}/a.xlsx: 2025-01-01 to 2026-03-09, 54 postings.\n"
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[-1] == "Checks"


def test_a_workbook_is_written_over_another_only_by_force(small_fund: SmallFund, tmp_path: Path) -> None:
    run("audit_workbook", tmp_path / "a.xlsx", "--to", "2025-12-31")
    with pytest.raises(CommandError, match="is there already"):
        run("audit_workbook", tmp_path / "a.xlsx")
    assert "54 postings" in run("audit_workbook", tmp_path / "a.xlsx", "--force")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit_workbook", "{}/a.xlsx", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("audit_workbook", "{}/no/such/folder/a.xlsx"),
        ("audit_workbook", "{}", "--force"),
        ("audit_workbook", "{}/a.xlsx", "--from", "1 January"),
        ("fund_totals", "--by", "moon"),
    ],
)
def test_a_slip_of_the_pen_is_told_and_nothing_written(
    small_fund: SmallFund, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError):
        run(*(argument.format(tmp_path) for argument in arguments))
    assert list(tmp_path.iterdir()) == []
