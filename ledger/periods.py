"""Months and fiscal years, and the order in which they close. Pure: no Django, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.errors import PeriodUnknown

# Far enough for any book, and never so far that the day before or after is none.
EARLIEST, LATEST = 1900, 2199
_PERIOD = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month of a fiscal year, or the whole of it where `month` is 0. Written 2026-01, or 2026."""

    year: int
    month: int = 0

    @property
    def begins_on(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        after = date(self.year + 1, 1, 1) if self.month in (0, 12) else date(self.year, self.month + 1, 1)
        return after - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


def parse_period(text: str) -> Period:
    """The period that a text names. Raises PeriodUnknown."""
    found = _PERIOD.fullmatch(text.strip())
    if not found or not EARLIEST <= int(found[1]) <= LATEST:
        raise PeriodUnknown(f"“{text[:20]}” is not a period. Write a month like 2026-01, or a year like 2026.")
    return Period(int(found[1]), int(found[2] or 0))


def following(last: Period | None, years: Sequence[int]) -> Period | None:
    """The period that closes after `last`: the next month, and after December the year itself.

    Out of the open fiscal years, in order; the first month of the first one where nothing is closed yet. None where
    every open year is closed. `following(parse_period("2026-12"), [2026])` is the year 2026.
    """
    if last and last.month == 12:
        return Period(last.year)
    if last and last.month:
        return Period(last.year, last.month + 1)
    later = [year for year in years if last is None or year > last.year]
    return Period(min(later), 1) if later else None
