"""What an obligation does to the books, beside `fund/policy.py` and in its terms. Pure: no Django, no clock."""

from collections.abc import Sequence
from datetime import date

from fund.policy import Reserved, reserve
from ledger.entries import Draft


def obligate(*, number: str, payee: str, project: str, on: date, lines: Sequence[Reserved], currency: str) -> Draft:
    """[12] A contract is let: money is reserved and not spent, a memorandum only."""
    legs = reserve(project, lines, currency)
    return Draft(on, "obligation", payee, f"Obligation {number}", (number,), legs)


def cancel_obligation(
    *, number: str, payee: str, project: str, on: date, lines: Sequence[Reserved], reason: str, currency: str
) -> Draft:
    """[25] What of an obligation will not be paid: the memorandum is reversed."""
    legs = tuple(leg.opposite() for leg in reserve(project, lines, currency))
    return Draft(on, "obligation", payee, f"Obligation {number} cancelled: {reason}", (number,), legs)
