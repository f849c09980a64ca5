"""Decisions that give projects money of sub-funds: event → entry, as in policy.py. Pure.

Amounts are positive and functional; each is a pair inside Equity. Numbers in brackets are events of the worked year.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from fund.policy import ALLOCATED, GENERAL, POOL, UNALLOCATED
from ledger.entries import Draft, Leg


def allocate(*, number: str, project: str, on: date, lines: Sequence[tuple[str, int]], currency: str) -> Draft:
    """[11] A decision gives a project money of sub-funds: a pair inside Equity. `lines` are (sub-fund, amount)."""
    legs = _transfer(UNALLOCATED, ALLOCATED + project, lines, currency)
    return Draft(on, "allocation", project, f"Allocation {number}", (number, *_earmarks(lines)), legs)


def return_allocation(*, number: str, project: str, on: date, lines: Sequence[tuple[str, int]], currency: str) -> Draft:
    """[25] What a project has left goes back to unallocated."""
    legs = _transfer(ALLOCATED + project, UNALLOCATED, lines, currency)
    return Draft(on, "allocation", project, f"Return of unspent allocation {number}", (number,), legs)


def reallocate(
    *, number: str, source: str, project: str, on: date, lines: Sequence[tuple[str, int]], currency: str
) -> Draft:
    """One decision takes money of the project `source` and gives it to `project`, each sub-fund by itself."""
    legs = _transfer(ALLOCATED + source, ALLOCATED + project, lines, currency)
    narration = f"Re-allocation {number} from {source}"
    return Draft(on, "allocation", project, narration, (number, *_earmarks(lines)), legs)


def _transfer(debit: str, credit: str, lines: Sequence[tuple[str, int]], currency: str) -> tuple[Leg, ...]:
    legs = (Leg(debit, amount, currency, amount, fund) for fund, amount in lines)
    return tuple(leg for taken in legs for leg in (taken, replace(taken.opposite(), account=credit)))


def _earmarks(lines: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(fund for fund, _ in lines if fund not in (POOL, GENERAL))
