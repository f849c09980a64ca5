"""CSV: UTF-8 text, cells separated by commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator, Sequence

from imports.errors import FileRefused, refuse
from imports.parsers.tables import Column, Table, build_table

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def parse_csv(data: bytes, columns: Sequence[Column]) -> Table:
    """The table that a CSV file holds. Raises FileRefused where it is not one."""
    text = _decode(data)
    return build_table(_read(text, _find_delimiter(text)), columns, even=True)


def _decode(data: bytes) -> str:
    if data.startswith(_UTF_16):
        raise refuse("The file is in UTF-16. Save it as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise refuse(
            f"The file is not in UTF-8: line {line} has the byte 0x{byte:02X}. Save it as “CSV UTF-8”."
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise refuse(f"Line {line} has a NUL byte: this is not a CSV file.")
    return text


def _find_delimiter(text: str) -> str:
    """The delimiter that divides the header. Two of them in it leave no safe choice."""
    first = text.lstrip("\r\n")
    found = [delimiter for delimiter in _DELIMITERS if len(next(_read(first, delimiter), [])) > 1]
    if len(found) > 1:
        both = " and ".join(_DELIMITERS[delimiter] for delimiter in found)
        raise refuse(f"The header has {both}: separate the cells by one of them.", row=1)
    return found[0] if found else ","


def _read(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(row, error) from None
        yield [cell.strip() for cell in cells]


def _broken(row: int, error: csv.Error) -> FileRefused:
    reason = str(error)
    if reason == "unexpected end of data":
        reason = "a quotation mark opens here and is never closed"
    elif "expected after" in reason:
        reason = "text follows a closing quotation mark"
    return refuse(f"This is not CSV: {reason}.", row=row)
