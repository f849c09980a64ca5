"""What changes an agreement after its signature: amendments and milestones. Part of the accounting policy. Pure.

Read beside `fund/policy.py`, whose conventions hold here too. Numbers in brackets are events of the worked year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fund.policy import COMMITMENTS, COMMITTED, CONTRIBUTIONS, DEFERRED, RECEIVABLE, Party, Release, release
from ledger.entries import Draft, Leg
from ledger.money import Amount


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment adds to an instalment, negative where it takes off; `functional` is what that is carried at."""

    instalment: str
    amount: Amount
    functional: int


def amend_agreement(
    *,
    number: str,
    agreement: str,
    donor: Party,
    on: date,
    fund: str,
    on_signature: bool,
    changes: Sequence[Change],
    currency: str,
    conditional: bool = False,
    deferred: int = 0,
) -> Draft | None:
    """[22] An amendment adds to what is owed of instalments, or takes off it, and so to what was recognised of it.

    That is the income; of a `conditional` agreement the deferred income, and the income where less than that is left
    of it (`deferred`, functional, positive); of one on receipt the memorandum. 4,000.00 off an instalment
    that is recognised on signature debit the income and credit the receivable. None where no amount changes.
    """
    moved = [change for change in changes if change.amount.minor]
    if not moved:
        return None
    legs = [_leg((RECEIVABLE if on_signature else COMMITTED) + donor.code, change, fund) for change in moved]
    if on_signature:
        total = sum(change.functional for change in moved)
        legs += _recognise(donor, total, fund, deferred if conditional else None, currency)
    else:
        legs += [_leg(COMMITMENTS, change, fund, instalment="").opposite() for change in moved]
    return Draft(on, "agreement", donor.name, f"Amendment {number}", (number, agreement), tuple(legs))


def _leg(account: str, change: Change, fund: str, *, instalment: str | None = None) -> Leg:
    named = change.instalment if instalment is None else instalment
    return Leg(account, change.amount.minor, change.amount.currency, change.functional, fund, instalment=named)


def _recognise(donor: Party, total: int, fund: str, deferred: int | None, currency: str) -> Iterator[Leg]:
    """Credits what is added, debits what is taken off; `deferred` is None where nothing is."""
    of_deferred = 0 if deferred is None else max(total, -deferred)
    for account, amount in ((DEFERRED, of_deferred), (CONTRIBUTIONS, total - of_deferred)):
        if amount:
            yield Leg(account + donor.code, -amount, currency, -amount, fund)


def accept_milestone(
    *, number: str, agreement: str, donor: Party, on: date, title: str, released: Release, currency: str
) -> Draft:
    """A condition of an agreement is met: what was deferred for it becomes income."""
    narration = f"Milestone {number} accepted: {title}"
    return Draft(on, "milestone", donor.name, narration, (number, agreement), release(released, currency))
