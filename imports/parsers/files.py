"""Which format a file has, by what is in it."""

from collections.abc import Sequence

from imports.errors import refuse
from imports.parsers.delimited import parse_csv
from imports.parsers.excel import OLD_EXCEL, ZIP, parse_excel
from imports.parsers.tables import LARGEST_FILE, Column, Table


def parse_table(data: bytes, columns: Sequence[Column]) -> Table:
    """The table in a CSV file or an Excel workbook, whatever its name. Raises FileRefused."""
    if len(data) > LARGEST_FILE:
        raise refuse(f"The file is larger than {LARGEST_FILE // 1024**2} MB: divide it.")
    if data.startswith((ZIP, OLD_EXCEL)):
        return parse_excel(data, columns)
    return parse_csv(data, columns)
