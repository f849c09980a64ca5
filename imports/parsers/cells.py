"""Cells become values: texts, years, dates, amounts. What is wrong with any of them is collected."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Protocol, TypeVar

from imports.errors import Problem
from imports.parsers.tables import Row, Table, Unreadable
from ledger.errors import Refused
from ledger.money import Amount, parse_amount

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_EARLIEST, _LATEST = 1900, 2199


class Numbered(Protocol):
    """A row that has been read: it knows where it stood."""

    @property
    def row(self) -> int: ...


T = TypeVar("T", bound=Numbered)


@dataclass(slots=True)
class Reading(Generic[T]):
    """What a file says: the rows that could be read, what is wrong with the others, and the columns not read."""

    rows: list[T]
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def read_rows(table: Table, read: Callable[["Cells"], T]) -> Reading[T]:
    """Reads each row of `table` with `read`; a row with any problem is left out, and all its problems are kept."""
    reading: Reading[T] = Reading([], list(table.problems), table.ignored)
    seen: dict[str, int] = {}
    for row in table.rows:
        cells = Cells(row)
        value = read(cells)
        cells.check_once("reference", seen)
        if cells.problems:
            reading.problems += cells.problems
        else:
            reading.rows.append(value)
    return reading


class Cells:
    """One row's cells, read one by one. A cell that cannot be read adds to `problems` and gives an empty value."""

    def __init__(self, row: Row) -> None:
        self.number = row.number
        self.problems: list[Problem] = []
        self._row = row

    def text(self, column: str, *, required: bool = True) -> str:
        """The text of a cell, its blanks made single."""
        cell = self._row.cells.get(column, "")
        if isinstance(cell, Unreadable):
            return self._refuse(column, cell.reason)
        cleaned = " ".join(cell.split())
        if required and not cleaned:
            return self._refuse(column, "This is needed.")
        return cleaned

    def year(self, column: str) -> int:
        """A year of four digits."""
        text = self.text(column)
        if text and not (_YEAR.fullmatch(text) and _EARLIEST <= int(text) <= _LATEST):
            self._refuse(column, f"“{text[:40]}” is not a year of {_EARLIEST} to {_LATEST}.")
            return 0
        return int(text or 0)

    def date(self, column: str) -> date:
        """A day as ISO 8601 writes it, or a date cell of Excel."""
        text = self.text(column)
        try:
            if _DATE.fullmatch(text) and _EARLIEST <= int(text[:4]) <= _LATEST:
                return date.fromisoformat(text)
        except ValueError:
            pass
        if text:
            self._refuse(column, f"“{text[:40]}” is not a day. Write it as year-month-day, like 2026-03-31.")
        return date.min

    def amount(self, column: str, currency_column: str) -> Amount:
        """An amount of money, more than zero, exact in its currency."""
        currency, text = self.text(currency_column).upper(), self.text(column)
        if not (currency and text):
            return Amount(0, currency)
        try:
            amount = parse_amount(text, currency)
        except Refused as refusal:
            self._refuse(currency_column if refusal.field == "currency" else column, refusal.message)
            return Amount(0, currency)
        if amount.minor <= 0:
            self._refuse(column, f"The amount is more than zero; this is {amount}.")
        return amount

    def check_once(self, column: str, seen: dict[str, int]) -> None:
        """Refuses a reference that an earlier row has; blanks and capitals make no difference to one."""
        text = "".join(self.text(column).split()).upper()
        if text and seen.setdefault(text, self.number) != self.number:
            self._refuse(column, f"Row {seen[text]} has the same reference.")

    def _refuse(self, column: str, message: str) -> str:
        problem = Problem(self.number, column, message)
        # A cell may be read twice.
        if problem not in self.problems:
            self.problems.append(problem)
        return ""
