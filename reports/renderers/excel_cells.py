"""Values as cells of a worksheet.

A cell is written as soon as it is made, so one of each look is enough for a worksheet: it gets value after value.
Each look has a style of its own: openpyxl writes over the type of a cell without one that comes twice in a row.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ledger.money import Amount, digits
from reports.renderers import excel_page as looks
from reports.sheets import Column, Formula, Row, Value, Verdict

#: Excel keeps numbers as floats, which hold 15 digits; a longer figure is written as text, digit by digit.
MOST_DIGITS = 15

# What a spreadsheet would read as the beginning of a formula when somebody edits the cell.
_FORMULA_SIGNS = ("=", "+", "-", "@")


class Cells:
    """Makes the cells of one worksheet, row by row."""

    def __init__(self, page: Any, *, left: bool = False) -> None:
        """`left` puts figures at the left too, where a column mixes them with texts."""
        self._page = page
        self._left = left
        self._made: dict[tuple[str, bool], Any] = {}

    def row(self, row: Row, render: Callable[[Formula], str], *, bold: bool = False) -> Iterator[Any]:
        """The cells of a row, formulas through `render`. Each is good until the next is asked for."""
        return (self._cell(value, render, bold) if value is not None or bold else None for value in row)

    def heading(self, text: str) -> Any:
        """The first line of a sheet."""
        return self._text(text, font=looks.HEADING_FONT)

    def note(self, text: str) -> Any:
        """A line below the heading."""
        return self._text(text, font=looks.NOTE_FONT)

    def column(self, column: Column) -> Any:
        """The title of a column, with its unit below."""
        text = f"{column.title}\n{column.unit}" if column.unit else column.title
        alignment = looks.WRAPPED_RIGHT if column.number else looks.WRAPPED
        return self._text(
            text, font=looks.BOLD, fill=looks.COLUMN_FILL, border=looks.COLUMN_BORDER, alignment=alignment
        )

    def _text(self, text: str, **look: Any) -> Any:
        cell = WriteOnlyCell(self._page)
        for name, value in look.items():
            setattr(cell, name, value)
        _set_text(cell, text)
        return cell

    def _cell(self, value: Value, render: Callable[[Formula], str], bold: bool) -> Any:
        if value is None:
            return _set(self._template("text", bold), None)
        if isinstance(value, str):
            cell = self._template("quoted" if value.startswith(_FORMULA_SIGNS) else "text", bold)
            return _set_text(cell, value)
        if isinstance(value, Amount):
            return self._amount(value, bold)
        if isinstance(value, datetime):
            return _set(self._template("instant", bold), value.replace(tzinfo=None))
        if isinstance(value, date):
            return _set(self._template("day", bold), value)
        if isinstance(value, int):
            return _set(self._template("count", bold), value)
        look = "verdict" if isinstance(value, Verdict) else f"amount {value.places}"
        return _set(self._template(look, bold), render(value))

    def _amount(self, amount: Amount, bold: bool) -> Any:
        if abs(amount.minor) >= 10**MOST_DIGITS:
            return _set_text(self._template("long", bold), f"{amount.decimal:,f}")
        return _set(self._template(f"amount {digits(amount.currency)}", bold), amount.decimal)

    def _template(self, look: str, bold: bool) -> Any:
        cell = self._made.get((look, bold))
        if cell is None:
            cell = self._made[look, bold] = self._make(look, bold)
        return cell

    def _make(self, look: str, bold: bool) -> Any:
        cell = WriteOnlyCell(self._page)
        if bold:
            cell.font, cell.border = looks.BOLD, looks.FOOT_BORDER
        if look != "verdict":
            cell.number_format = _FORMATS.get(look) or amount_format(int(look.removeprefix("amount ")))
        is_figure = look in ("long", "count") or look.startswith("amount ")
        cell.alignment = looks.RIGHT if is_figure and not self._left else looks.LEFT
        cell.quotePrefix = look == "quoted"
        return cell


# "@" keeps a text a text when somebody edits the cell.
_FORMATS = {
    "text": "@",
    "quoted": "@",
    "long": "@",
    "day": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm:ss",
    "count": "#,##0",
}


def amount_format(places: int) -> str:
    """How amounts with so many decimals look: `amount_format(2)` is `#,##0.00`."""
    return "#,##0" + ("." + "0" * places if places else "")


def _set(cell: Any, value: Any) -> Any:
    cell.value = value
    return cell


def _set_text(cell: Any, text: str) -> Any:
    """A text as it is: never a formula, an error value or a control character."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell
