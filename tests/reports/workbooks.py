"""Reads our workbooks back."""

from typing import Any

from openpyxl import Workbook

from tests.reports.formulas import Calculator


def rows_of(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the first line of their headings, without the total."""
    page = book[title]
    first, _, last = str(page.auto_filter.ref).partition(":")
    heading, *rows = page[f"{first}:{last}"]
    titles = [str(cell.value).partition("\n")[0] for cell in heading]
    return [dict(zip(titles, (cell.value for cell in row), strict=True)) for row in rows]


def calculate_checks(book: Workbook) -> list[dict[str, Any]]:
    """The rows of the sheet Checks with their formulas calculated."""
    calculator = Calculator(book)
    rows = rows_of(book, "Checks")
    return [{title: calculator.value_of("Checks", value) for title, value in row.items()} for row in rows]
