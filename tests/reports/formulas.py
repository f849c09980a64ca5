"""Calculates the few formulas that our workbooks use, out of the cells themselves."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'!|([A-Za-z][\w.-]*)!)?(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)")


def calculate(book: Workbook, sheet: str, formula: str) -> Any:
    """The value of a formula. Numbers are taken as decimals: no float can hide a cent."""

    def refer(match: re.Match[str]) -> str:
        title = (match[1] or match[2] or sheet).replace("''", "'")
        return f"cells({title!r}, {match[3].replace('$', '')!r})"

    def cells(title: str, address: str) -> Any:
        found = book[title][address]
        if not isinstance(found, tuple):
            return value_of(book, title, found.value)
        return [value_of(book, title, cell.value) for row in found for cell in row]

    parts = re.split(r'("(?:[^"]|"")*")', formula.removeprefix("="))
    code = "".join(part if part.startswith('"') else _REFERENCE.sub(refer, part) for part in parts)
    code = re.sub(r"(?<![<>=])=(?!=)", "==", code)
    return eval(code, {"__builtins__": {}, "cells": cells, **_FUNCTIONS})


def value_of(book: Workbook, title: str, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("="):
        return calculate(book, title, value)
    return Decimal(repr(value)) if isinstance(value, int | float) else value


def _numbers(*ranges: list[Any]) -> Iterator[Decimal]:
    return (value for cells in ranges for value in cells if isinstance(value, Decimal))


def _sumifs(cells: list[Any], *criteria: Any) -> Decimal:
    wanted = list(zip(criteria[::2], criteria[1::2], strict=True))
    rows = (index for index in range(len(cells)) if all(found[index] == value for found, value in wanted))
    return sum(_numbers([cells[index] for index in rows]), Decimal(0))


_FUNCTIONS: dict[str, Any] = {
    "SUM": lambda *ranges: sum(_numbers(*ranges), Decimal(0)),
    "SUMIFS": _sumifs,
    "COUNTA": lambda *ranges: Decimal(sum(value is not None for cells in ranges for value in cells)),
    "COUNTIF": lambda cells, value: Decimal(cells.count(value)),
    "ROUND": lambda value, places: round(Decimal(value), places),
    "ABS": abs,
    "IF": lambda condition, yes, no: yes if condition else no,
}
