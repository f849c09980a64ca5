"""Excel workbooks (.xlsx), by openpyxl in its read-only mode.

openpyxl has no guard of its own against a small file that unpacks to gigabytes, so the zip is looked at first;
defusedxml keeps its XML parser from expanding entities.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from imports.errors import FileRefused, refuse
from imports.parsers.tables import MOST_COLUMNS, Cell, Column, Table, Unreadable, build_table, names_all

ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"

_MOST_MEMBERS = 1_000
_LARGEST_UNPACKED = 200 * 1024 * 1024
# Deflate does not get further than about 1,000 to 1; sheets of numbers get to about 10 to 1, of repeated text to 50.
_LARGEST_RATIO = 200
_RATIO_FROM = 1024 * 1024
_MOST_SHEET_ROWS = 1_048_576


def parse_excel(data: bytes, columns: Sequence[Column]) -> Table:
    """The table on the one sheet of a workbook that names the columns. Raises FileRefused."""
    _check_zip(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        return build_table(_read(_find_sheet(book.worksheets, columns)), columns, even=False)
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001 - on a broken workbook openpyxl raises whatever it runs into
        raise refuse("This is not a workbook that can be read. Open it in Excel and save it as .xlsx anew.") from None


def _check_zip(data: bytes) -> None:
    if data.startswith(OLD_EXCEL):
        raise refuse("The workbook is in the old format (.xls), or has a password. Save it as .xlsx without one.")
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise refuse("The workbook is damaged: it is not a zip file to its end.") from None
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _LARGEST_UNPACKED:
        raise refuse(f"The workbook unpacks to more than {_LARGEST_UNPACKED // 1024**2} MB or {_MOST_MEMBERS:,} parts.")
    for member in members:
        if member.file_size > _RATIO_FROM and member.file_size > _LARGEST_RATIO * member.compress_size:
            raise refuse(f"The workbook's {member.filename} unpacks to over {_LARGEST_RATIO} times its size.")


def _find_sheet(sheets: Sequence[Any], columns: Sequence[Column]) -> Any:
    if not sheets:
        raise refuse("The workbook has no sheet.")
    found = [sheet for sheet in sheets if names_all(_first_record(sheet), columns)]
    if len(found) > 1:
        names = ", ".join(f"“{sheet.title}”" for sheet in found)
        raise refuse(f"More than one sheet has such a table: {names}. Leave one.")
    return found[0] if found else sheets[0]


def _first_record(sheet: Any) -> Sequence[Cell]:
    return next((record for record in islice(_read(sheet), 100) if any(record)), ())


def _read(sheet: Any) -> Iterator[list[Cell]]:
    # The size that a sheet states may be wrong, and would hide rows.
    sheet.reset_dimensions()
    # One column more than is allowed, so that too many are noticed.
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        if number > _MOST_SHEET_ROWS:
            raise refuse(f"The sheet has more than {_MOST_SHEET_ROWS:,} rows.")
        cells = [_to_cell(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _to_cell(cell: Any) -> Cell:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable("This is a formula. Copy the column and paste it as values.")
    if cell.data_type == "e":
        return Unreadable(f"This is an error of Excel, {cell.value}.")
    return _to_text(cell.value)


def _to_text(value: object) -> str:
    if isinstance(value, float):
        return to_number_text(value)
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return str(value).strip()


def to_number_text(value: float) -> str:
    """The decimal digits of a number as Excel shows it, which keeps 15 of them: `to_number_text(0.1 + 0.2)` is "0.3".

    What was typed with up to 15 digits comes back exactly, whatever binary fraction the file holds.
    """
    return f"{Decimal(f'{value:.15g}'):f}"
