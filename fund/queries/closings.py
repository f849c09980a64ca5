"""What the page of the closings shows: what is due next, and what closing it would certify."""

from dataclasses import dataclass
from datetime import date

from ledger.periods import Period
from ledger.queries import Scope, count_entries, get_total, next_period


@dataclass(frozen=True, slots=True)
class Due:
    """The period that closes next, with the entries and totals that its certificate would state now.

    `debit` and `credit` are in minor units of the functional currency. `is_over` is false while the period runs.
    """

    period: Period
    entries: int
    debit: int
    credit: int
    is_over: bool


def find_due(*, today: date) -> Due | None:
    """The period that closes next, or None where every open year is closed."""
    period = next_period()
    if period is None:
        return None
    moved = get_total(Scope(since=period.begins_on, until=period.ends_on))
    entries = count_entries(period.begins_on, period.ends_on)
    return Due(period, entries, moved.debit, moved.credit, period.ends_on < today)
