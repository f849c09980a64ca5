"""Sheets as text for a terminal, and as comma-separated values."""

import csv
from collections.abc import Sequence
from typing import IO, Any

from ledger.money import Amount
from reports.sheets import Column, Row, Sheet, Totals, Value

# What a spreadsheet that opens the file would take for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def render_text(sheet: Sheet) -> str:
    """A sheet as an aligned table with its totals, figures at the right."""
    rows, totals = list(sheet.rows), Totals(sheet.columns)
    for row in rows:
        totals.add(row)
    foot = totals.row("Total")
    titles = [f"{column.title} {column.unit}".rstrip() for column in sheet.columns]
    lines = [titles, *(_to_texts(row) for row in rows), *([_to_texts(foot)] if foot else [])]
    widths = [max(len(line[index]) for line in lines) for index in range(len(titles))]
    shown = [_align(line, widths, sheet.columns) for line in lines]
    rule = "-" * max(map(len, shown))
    body, end = (shown[1:-1], [rule, shown[-1]]) if foot else (shown[1:], [])
    return "\n".join([sheet.heading, *sheet.notes, "", shown[0], rule, *body, *end]) + "\n"


def _align(line: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    cells = [
        text.rjust(width) if column.number else text.ljust(width)
        for text, width, column in zip(line, widths, columns, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _to_texts(row: Row) -> list[str]:
    return [_to_text(value) for value in row]


def _to_text(value: Value) -> str:
    if isinstance(value, Amount):
        return f"{value.decimal:,f}"
    return f"{value:,}" if isinstance(value, int) else str("" if value is None else value)


def write_csv(sheet: Sheet, file: IO[str] | Any) -> None:
    """A sheet's rows as comma-separated values, without totals; amounts as plain digits."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([f"{column.title} {column.unit}".rstrip() for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_to_field(value) for value in row])


def _to_field(value: Value) -> str:
    if isinstance(value, Amount):
        return f"{value.decimal:f}"
    text = str("" if value is None else value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_SIGNS) else text
