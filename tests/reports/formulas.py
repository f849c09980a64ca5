"""Calculates the few formulas that our workbooks use, out of the cells themselves."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'!|([A-Za-z][\w.-]*)!)?(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)")


class Calculator:
    """The values of a workbook's cells. Numbers are taken as decimals: no float can hide a cent."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._ranges: dict[tuple[str, str], Any] = {}

    def value_of(self, sheet: str, value: Any) -> Any:
        """A cell's value, calculated where it is a formula."""
        if isinstance(value, str) and value.startswith("="):
            return self.calculate(sheet, value)
        return Decimal(repr(value)) if isinstance(value, int | float) else value

    def calculate(self, sheet: str, formula: str) -> Any:
        """The value of a formula."""

        def refer(match: re.Match[str]) -> str:
            title = (match[1] or match[2] or sheet).replace("''", "'")
            return f"cells({title!r}, {match[3].replace('$', '')!r})"

        parts = re.split(r'("(?:[^"]|"")*")', formula.removeprefix("="))
        code = "".join(part if part.startswith('"') else _REFERENCE.sub(refer, part) for part in parts)
        code = re.sub(r"(?<![<>=])=(?!=)", "==", code)
        return eval(code, {"__builtins__": {}, "cells": self._cells, **_FUNCTIONS})

    def _cells(self, title: str, address: str) -> Any:
        if (title, address) not in self._ranges:
            self._ranges[title, address] = self._read(title, self._book[title][address])
        return self._ranges[title, address]

    def _read(self, title: str, found: Any) -> Any:
        if not isinstance(found, tuple):
            return self.value_of(title, found.value)
        return [self.value_of(title, cell.value) for row in found for cell in row]


def _numbers(*ranges: list[Any]) -> Iterator[Decimal]:
    return (value for cells in ranges for value in cells if isinstance(value, Decimal))


def _sumifs(cells: list[Any], *criteria: Any) -> Decimal:
    rows = list(range(len(cells)))
    for found, value in zip(criteria[::2], criteria[1::2], strict=True):
        rows = [index for index in rows if found[index] == value]
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
