"""What advances to implementing partners do to the books, beside `fund/policy.py` and in its terms. Pure.

An advance is an asset in the currency that was paid, line by line: each line's reference (ADV-2026-0001/1) stands on
its postings where an instalment's would, and the line leaves at its own carrying amount (rule 4). Amounts come in
positive, the sides are given here, debit positive; functional amounts are integers in minor units.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fund.policy import ADVANCES, PROJECTS, Carried, CashOut, Charge, Party, Release, debit, exchange, release
from ledger.entries import Draft, Leg


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an event that concerns one line of an advance: what of it goes out, is reported or comes back."""

    line: str
    fund: str
    project: str
    carried: Carried


def send_advance(*, number: str, partner: Party, on: date, bank: str, parts: Sequence[Part]) -> Draft:
    """[16] Money to a partner: an asset, not an expense. It keeps the carrying amount that it leaves the bank with."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part in parts:
        sums[part.fund][0] += part.carried.amount.minor
        sums[part.fund][1] += part.carried.functional
    currency = parts[0].carried.amount.currency
    out = (Leg(bank, -minor, currency, -functional, fund) for fund, (minor, functional) in sums.items())
    legs = (*(_leg(partner, part) for part in parts), *out)
    return Draft(on, "advance", partner.name, f"Advance {number}", (number,), legs)


def accept_report(
    *,
    number: str,
    advance: str,
    partner: Party,
    on: date,
    parts: Sequence[Part],
    charges: Sequence[Charge],
    releases: Sequence[Release],
    currency: str,
) -> Draft:
    """[17] What of a partner's report is accepted: the expense, at the carrying amount with which the advance goes.

    What it spends of conditional agreements meets their conditions: `releases` become income in the same entry.
    """
    spent = [
        Leg(f"{PROJECTS}{one.project}:{one.category}", one.expense, currency, one.expense, one.fund, one.project)
        for one in charges
    ]
    earned = [leg for part in releases for leg in release(part, currency)]
    legs = (*spent, *(_leg(partner, part).opposite() for part in parts), *earned)
    return Draft(on, "advance_report", partner.name, f"Expenditure report {number}", (number, advance), legs)


def return_advance(
    *,
    number: str,
    advance: str,
    partner: Party,
    on: date,
    bank: str,
    arrived: Sequence[CashOut],
    parts: Sequence[Part],
    currency: str,
) -> Draft:
    """[18] A partner returns what it did not spend: `arrived` is carried at the rate of the day, by sub-fund.

    The advance leaves at its own carrying amount; what the two differ by is a realised exchange difference. Of CAD
    100.00 advanced at 74.00 that come back when they are worth 75.00, 1.00 is gained.
    """
    legs: list[Leg] = []
    for came in arrived:
        own = [debit(bank, came.carried, came.fund)]
        own += [_leg(partner, part).opposite() for part in parts if part.fund == came.fund]
        legs += [*own, *exchange(own, came.fund, currency)]
    return Draft(
        on, "advance_return", partner.name, f"Return of unspent advance {advance}", (number, advance), tuple(legs)
    )


def _leg(partner: Party, part: Part) -> Leg:
    return debit(ADVANCES + partner.code, part.carried, part.fund, project=part.project, instalment=part.line)
