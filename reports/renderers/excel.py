"""Sheets as an Excel workbook: real numbers and dates, exact amounts, formulas only where a sheet says so.

Rows are written as they come, so that a journal of any length takes little memory; one that is longer than a
worksheet goes on in the next.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.renderers import excel_page as looks
from reports.renderers.excel_cells import Cells
from reports.renderers.excel_formulas import Layout, Part, Place, render_formula
from reports.sheets import Formula, Row, Sheet, Totals

LAST_ROW = 1_048_576

#: Hears how many rows are written.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says of itself, in its properties and on paper."""

    title: str
    author: str
    subject: str
    made_at: datetime


def write_workbook(
    sheets: Iterable[Sheet],
    path: Path,
    properties: Properties,
    *,
    progress: Progress | None = None,
    last_row: int = LAST_ROW,
) -> None:
    """Writes `sheets` into a new workbook, in place of a file that is there.

    A formula may refer to its own sheet and to those before it.
    """
    book = Workbook(write_only=True)
    _describe(book, properties)
    writer = _Writer(book, properties, progress, last_row)
    for sheet in sheets:
        writer.write(sheet)
    book.save(path)
    book.close()


def _describe(book: Any, properties: Properties) -> None:
    facts = book.properties
    facts.title, facts.creator, facts.subject = properties.title, properties.author, properties.subject
    facts.created = properties.made_at.replace(tzinfo=None)


class _Writer:
    """Writes one sheet after the other and remembers where each lies."""

    def __init__(self, book: Any, properties: Properties, progress: Progress | None, last_row: int) -> None:
        self._book = book
        self._properties = properties
        self._progress = progress
        self._last_row = last_row
        self._rows = 0
        self._layouts: dict[str, Layout] = {}

    def write(self, sheet: Sheet) -> None:
        """A sheet on as many worksheets as it needs, with its foot."""
        parts: list[Part] = []
        own = Layout(parts, [column.title for column in sheet.columns])
        self._layouts[sheet.title] = own
        totals = Totals(sheet.columns)
        page = _Page(self._book, sheet, self._properties, 1)
        for row in sheet.rows:
            # One row stays free for the foot.
            if page.at >= self._last_row - 1:
                parts.append(page.end())
                page = _Page(self._book, sheet, self._properties, len(parts) + 1)
            page.append(row, self._renderer(own, page.at + 1))
            totals.add(row)
            self._count()
        parts.append(page.end())
        foot = sheet.foot or totals.row("Total")
        if foot:
            page.append(foot, self._renderer(own, page.at + 1), bold=True)

    def _renderer(self, own: Layout, row: int) -> Callable[[Formula], str]:
        return lambda formula: render_formula(formula, Place(self._layouts, own, row))

    def _count(self) -> None:
        self._rows += 1
        if self._progress:
            self._progress(self._rows)


def name_page(title: str, number: int) -> str:
    """The title of a worksheet: at most 31 characters, and none that Excel refuses there."""
    suffix = "" if number == 1 else f" ({number})"
    allowed = "".join(" " if letter in r"[]:*?/\'" else letter for letter in title)
    return allowed[: 31 - len(suffix)].strip() + suffix


class _Page:
    """One worksheet of a sheet. `at` is the row that was written last."""

    def __init__(self, book: Any, sheet: Sheet, properties: Properties, number: int) -> None:
        self._sheet = sheet
        self._title = name_page(sheet.title, number)
        self._page = book.create_sheet(self._title)
        self._cells = Cells(self._page, left=sheet.facts)
        self.at = 0
        heading_row = len(sheet.notes) + 3
        looks.set_up_page(self._page, sheet.columns, heading_row, portrait=sheet.facts)
        looks.set_running_lines(
            self._page, left=properties.author, right=properties.subject, below=f"{properties.title} · {self._title}"
        )
        self._write([self._cells.heading(sheet.heading)])
        for note in sheet.notes:
            self._write([self._cells.note(note)])
        self._write([])
        self._write([self._cells.column(column) for column in sheet.columns])
        self._first = self.at + 1

    def append(self, row: Row, render: Callable[[Formula], str], *, bold: bool = False) -> None:
        """A row of values."""
        self._write(self._cells.row(row, render, bold=bold))

    def end(self) -> Part:
        """Ends the rows: only a foot may follow."""
        if self.at < self._first:
            self._write([])
        last = get_column_letter(len(self._sheet.columns))
        self._page.auto_filter.ref = f"A{self._first - 1}:{last}{self.at}"
        for index, column in enumerate(self._sheet.columns, 1):
            if column.verdict:
                letter = get_column_letter(index)
                looks.colour_verdicts(self._page, f"{letter}{self._first}:{letter}{self.at + 1}")
        return Part(self._title, self._first, self.at)

    def _write(self, cells: Any) -> None:
        self._page.append(cells)
        self.at += 1
