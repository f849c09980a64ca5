from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.money import Amount
from reports.renderers.excel import Properties, write_workbook
from reports.sheets import Column, Combined, Count, Difference, Here, Row, Sheet, Sum, Verdict, amount_column
from tests.reports.formulas import Calculator

PROPERTIES = Properties("Test & more", "Fund & Co", "2026", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
DIGITS_15 = [999_999_999_999_999, -999_999_999_999_999, 100_000_000_000_001, 12_345_678_901_234, 1, 29, -115]


def write(path: Path, *sheets: Sheet, **options: Any) -> Any:
    write_workbook(sheets, path / "out.xlsx", PROPERTIES, **options)
    return openpyxl.load_workbook(path / "out.xlsx")


def one_column(rows: Iterable[Row], **options: Any) -> Sheet:
    return Sheet("Data", "Data", [Column("Value")], rows, **options)


def first_cell(book: Any) -> Any:
    return book["Data"]["A4"]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "#N/A", "1", "2026-01-01"])
def test_a_text_of_the_data_stays_a_text(tmp_path: Path, text: str) -> None:
    # Twice, because openpyxl hands the type of a cell on to the next.
    book = write(tmp_path, one_column([[text], [text]]))
    for address in ("A4", "A5"):
        cell = book["Data"][address]
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
        assert cell.quotePrefix is text.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("minor", DIGITS_15)
def test_amounts_of_15_digits_are_exact(tmp_path: Path, minor: int) -> None:
    cell = first_cell(write(tmp_path, one_column([[Amount(minor, "USD")]])))
    assert isinstance(cell.value, int | float)
    assert round(Decimal(cell.value), 2) == Amount(minor, "USD").decimal
    assert float(cell.value) == float(Amount(minor, "USD").decimal)


def test_longer_amounts_are_texts_with_every_digit(tmp_path: Path) -> None:
    cell = first_cell(write(tmp_path, one_column([[Amount(1_234_567_890_123_456, "USD")]])))
    assert (cell.value, cell.data_type) == ("12,345,678,901,234.56", "s")


@pytest.mark.parametrize(("currency", "look"), [("USD", "#,##0.00"), ("JPY", "#,##0"), ("KWD", "#,##0.000")])
def test_an_amount_shows_the_decimals_of_its_currency(tmp_path: Path, currency: str, look: str) -> None:
    assert first_cell(write(tmp_path, one_column([[Amount(12345, currency)]]))).number_format == look


def test_days_and_instants_are_real(tmp_path: Path) -> None:
    instant = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    book = write(tmp_path, one_column([[date(2026, 1, 31)], [instant]]))
    day, moment = book["Data"]["A4"], book["Data"]["A5"]
    assert day.is_date
    assert day.value == datetime(2026, 1, 31)  # noqa: DTZ001 - Excel knows no time zones
    assert moment.value == instant.replace(tzinfo=None)


def test_totals_are_exact_and_stand_outside_the_rows(tmp_path: Path) -> None:
    rows: list[Row] = [["a", Amount(10, "USD")], ["b", Amount(20, "USD")]]
    book = write(tmp_path, Sheet("Data", "Data", [Column("What"), amount_column("Sum", "USD")], rows))
    assert [cell.value for cell in book["Data"][6]] == ["Total", 0.3]
    assert book["Data"].auto_filter.ref == "A3:B5"


def test_a_sheet_longer_than_a_worksheet_goes_on_in_the_next(tmp_path: Path) -> None:
    rows: list[Row] = [[f"r{number}", Amount(number, "USD")] for number in range(1, 11)]
    data = Sheet("My data", "Data", [Column("What"), amount_column("Sum", "USD")], rows)
    every = Combined((Sum("My data", "Sum"),), places=2)
    some = Combined((Sum("My data", "Sum", (("What", "r10"),)),), (Count("My data", "What"),), 2)
    checks = Sheet("Checks", "Checks", [Column("All"), Column("Some")], [[every, some]])
    book = write(tmp_path, data, checks, last_row=7)
    assert book.sheetnames == ["My data", "My data (2)", "My data (3)", "My data (4)", "Checks"]
    assert [cell.value for cell in book["My data (4)"][4]] == ["r10", 0.1]
    assert [cell.value for cell in book["My data (4)"][5]] == ["Total", 0.55]
    found = [Calculator(book).calculate("Checks", cell.value) for cell in book["Checks"][4]]
    assert found == [Decimal("0.55"), Decimal("-9.9")]


@pytest.mark.parametrize(
    ("minors", "verdict"),
    [([1, -1], "OK"), ([1], "differs"), ([10**15 - 1, 1], "too large for a spreadsheet")],
)
def test_a_verdict_says_whether_figures_agree(tmp_path: Path, minors: list[int], verdict: str) -> None:
    columns = [Column("Left"), Column("Right"), Column("Difference"), Column("Verdict", verdict=True)]
    sum_, nothing = Combined((Sum("Data", "Value"),), places=2), Combined((), places=2)
    difference = Difference(Here("Left"), Here("Right"), 2)
    row: Row = [sum_, nothing, difference, Verdict(Here("Difference"), Here("Left"), 10**13)]
    data = one_column([[Amount(minor, "USD")] for minor in minors])
    book = write(tmp_path, data, Sheet("Checks", "Checks", columns, [row]))
    assert Calculator(book).calculate("Checks", book["Checks"]["D4"].value) == verdict


def test_an_empty_sheet_has_no_total_and_adds_up_to_nothing(tmp_path: Path) -> None:
    total = Combined((Sum("Data", "Sum"), Count("Data", "Sum")))
    data = Sheet("Data", "Data", [amount_column("Sum", "USD")], [])
    book = write(tmp_path, data, Sheet("Checks", "Checks", [Column("All")], [[total]]))
    assert Calculator(book).calculate("Checks", book["Checks"]["A4"].value) == 0
    assert first_cell(book).value is None


def test_every_sheet_prints_one_page_wide_under_its_repeated_headings(tmp_path: Path) -> None:
    page = write(tmp_path, one_column([["a"]], notes=["One", "Two"]))["Data"]
    assert (page.freeze_panes, page.print_title_rows) == ("B6", "$5:$5")
    assert (page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight) == ("landscape", 1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.oddHeader.left.text, page.oddFooter.right.text) == ("Fund && Co", "&P / &N")


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    facts = write(tmp_path, one_column([["a"]])).properties
    assert (facts.title, facts.creator, facts.subject) == ("Test & more", "Fund & Co", "2026")
    assert facts.created == PROPERTIES.made_at.replace(tzinfo=None)
