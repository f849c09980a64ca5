"""What every import does: all rows or none, every problem with its row, years that the rows need."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.auth.models import User

from fund.operations.treasury import open_year
from imports.errors import FileRefused, Problem
from imports.parsers.cells import Numbered
from ledger.errors import Refused
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import open_years

Progress = Callable[[int, int], None]
T = TypeVar("T", bound=Numbered)

_MOST_ROWS_NAMED = 5


def keep_quiet(done: int, of: int) -> None:
    """Progress that nobody watches."""


@dataclass(slots=True)
class Outcome:
    """What an import did: how many rows it `recorded`, how many were there already, and what to tell about it.

    `totals` are the amounts recorded, in minor units by currency.
    """

    recorded: int = 0
    kept: int = 0
    totals: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    years_opened: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, amount: Amount) -> None:
        """Counts a recorded row."""
        self.recorded += 1
        self.totals[amount.currency] += amount.minor

    def note(self, text: str, *, row: int = 0) -> None:
        """Keeps something to tell, once."""
        told = f"row {row}: {text}" if row else text
        if told not in self.notes:
            self.notes.append(told)


@contextmanager
def all_or_nothing(problems: Sequence[Problem]) -> Iterator[None]:
    """One transaction; raises FileRefused at its end, and takes everything back, where there are `problems`."""
    with writing():
        yield
        if problems:
            raise FileRefused(problems)


def run_rows(
    rows: Sequence[T],
    act: Callable[[T], None],
    *,
    problems: list[Problem],
    fields: Mapping[str, str],
    progress: Progress,
) -> None:
    """Acts on each row. A refusal becomes a problem of its row and the next rows are tried all the same.

    An operation that refuses leaves nothing of its own; what came before it in a row, such as a new donor, stays until
    the problem takes everything back, so that later rows find it. `fields` maps the field that a refusal names to the
    column of the file.
    """
    for done, row in enumerate(rows, 1):
        try:
            act(row)
        except Refused as refusal:
            problems.append(Problem(row.row, fields.get(refusal.field, refusal.field), refusal.message))
        progress(done, len(rows))


@dataclass(frozen=True, slots=True)
class Years:
    """Which years an import may open: all that its rows need, or those up to `latest` in books without any year."""

    latest: int
    open_all: bool = False


def open_needed_years(
    needed: Mapping[int, Sequence[int]], *, years: Years, by: User, column: str, outcome: Outcome
) -> list[Problem]:
    """Opens the years that rows need (`needed` maps a year to its rows) and returns the years that it may not open.

    Those are opened too: the problem takes everything back at the end, and until then their rows can be checked.
    """
    known = open_years()
    problems = []
    for year in sorted(needed.keys() - set(known)):
        open_year(year, by=by)
        if years.open_all or (not known and year <= years.latest):
            outcome.years_opened.append(year)
        else:
            problems.append(_describe_closed(year, needed[year], known, column))
    return problems


def _describe_closed(year: int, rows: Sequence[int], known: Sequence[int], column: str) -> Problem:
    named = ", ".join(map(str, rows[:_MOST_ROWS_NAMED]))
    more = len(rows) - _MOST_ROWS_NAMED
    which = f"rows {named} and {more} more" if more > 0 else f"rows {named}" if len(rows) > 1 else f"row {named}"
    allowed = ", ".join(map(str, known)) if known else "no year"
    return Problem(
        rows[0],
        column,
        f"{year} is not an open fiscal year ({which}). Open: {allowed}. Open it with `manage.py open_year {year}`, or "
        "repeat with --open-years, which opens every year that the rows need.",
    )


def rows_by_year(pairs: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """The rows of each year, out of (year, row)."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for year, row in pairs:
        found[year].append(row)
    return dict(found)


def describe_differences(pairs: Mapping[str, tuple[object, object]]) -> str:
    """What the file has otherwise than the books, out of (file, books) by name; empty where they agree."""
    return "; ".join(f"{name} {books}, here {given}" for name, (given, books) in pairs.items() if given != books)
