"""What corrects the books: write-offs, refunds, manual entries. Part of the accounting policy. Pure.

Read beside `fund/policy.py`, whose conventions hold here too. Numbers in brackets are events of the worked year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from fund.policy import (
    ADVANCES,
    ALLOCATED,
    COMMITMENTS,
    COMMITTED,
    CONTRIBUTIONS,
    DEFERRED,
    MEMORANDUM,
    PROJECTS,
    RECEIVABLE,
    UNALLOCATED,
    UNAPPLIED,
    UNIDENTIFIED,
    Carried,
    Party,
    Share,
    credit,
    debit,
    exchange,
)
from fund.policy_treasury import GIVEN_IN_KIND, SECRETARIAT
from ledger.entries import Draft, Leg

WRITE_OFF = "Expenses:WriteOff:"
REFUNDABLE = "Liabilities:Refundable:"

# A narration has room for so many instalments; their postings name them all.
_MOST_NAMED = 12


def write_off(
    *,
    number: str,
    agreement: str,
    donor: Party,
    on: date,
    fund: str,
    on_signature: bool,
    shares: Sequence[Share],
    currency: str,
    deferred: int = 0,
) -> Draft:
    """[22] What will not be paid of instalments leaves at its carrying amount: an expense.

    Of a conditional agreement what is still `deferred` (functional, positive) goes first, and only the rest is an
    expense; of one on receipt the memorandum is reversed. Of 6,000.00 that are recognised on signature, 6,000.00 are
    debited to the write-off and credited to the receivable.
    """
    owed = (RECEIVABLE if on_signature else COMMITTED) + donor.code
    credits = [credit(owed, part.carried, fund, instalment=part.instalment) for part in shares]
    if on_signature:
        total = sum(part.carried.functional for part in shares)
        debits = _take_back(total, deferred, WRITE_OFF, donor, fund, currency)
    else:
        debits = [debit(COMMITMENTS, part.carried, fund) for part in shares]
    of = ", ".join(part.instalment for part in shares) if len(shares) <= _MOST_NAMED else agreement
    return Draft(on, "write_off", donor.name, f"Write-off {number} of {of}", (number, agreement), (*debits, *credits))


def agree_refund(
    *,
    number: str,
    agreement: str,
    donor: Party,
    on: date,
    fund: str,
    refunded: Carried,
    currency: str,
    unapplied: str = "",
    deferred: int = 0,
) -> Draft:
    """[25] A donor asks for money back: it is owed to the donor until it is paid.

    It comes out of what is unspent: of the income, or of a conditional agreement first of what is still `deferred`
    (functional, positive); or out of what is unapplied beyond the instalment `unapplied`, which leaves at its own
    carrying amount. The debt is an item of its own and carries the refund's number as others carry their instalment.
    """
    if unapplied:
        debits = [debit(UNAPPLIED + donor.code, refunded, fund, instalment=unapplied)]
    else:
        debits = _take_back(refunded.functional, deferred, CONTRIBUTIONS, donor, fund, currency)
    owed = credit(REFUNDABLE + donor.code, refunded, fund, instalment=number)
    return Draft(on, "refund", donor.name, f"Refund {number} agreed", (number, agreement), (*debits, owed))


def pay_refund(
    *,
    number: str,
    agreement: str,
    donor: Party,
    on: date,
    fund: str,
    bank: str,
    owed: Carried,
    cash: Carried,
    currency: str,
) -> Draft:
    """A refund is paid: the debt leaves at what it is carried at, the cash at its average carrying amount (rule 4).

    What they differ by is a realised exchange difference. Of 1,000.00 owed, paid as CAD 1,330.00 that are carried at
    995.00, 5.00 are gained.
    """
    legs = [debit(REFUNDABLE + donor.code, owed, fund, instalment=number), credit(bank, cash, fund)]
    legs += exchange(legs, fund, currency)
    return Draft(on, "refund", donor.name, f"Refund {number} paid", (number, agreement), tuple(legs))


def clear_item(*, number: str, payee: str, on: date, leg: Leg, rest: int, currency: str) -> Draft:
    """After the reversal of what was revalued: nothing of the item is open, and its carrying amount goes too.

    The reversal took `leg` back at its own carrying amount. `rest` is what the item is still carried at (functional,
    debit positive), and is realised. Of CAD 100.00 owed at 73.00, revalued to 75.00 and cancelled, 2.00 are lost.
    """
    legs = [replace(leg.opposite(), functional=-leg.functional - rest), leg]
    legs += exchange(legs, leg.fund, currency)
    narration = f"Exchange difference at the reversal of {number}"
    return Draft(on, "exchange", payee, narration, (number,), tuple(legs))


def enter(*, number: str, on: date, reason: str, legs: Sequence[Leg]) -> Draft:
    """What nobody foresaw, as it was written: each sub-fund adds up to zero by itself."""
    return Draft(on, "manual", "", f"Manual entry {number}: {reason}", (number,), tuple(legs))


def _take_back(total: int, deferred: int, account: str, donor: Party, fund: str, currency: str) -> list[Leg]:
    """Debits what is deferred first, and `account` for the rest."""
    of_deferred = min(total, deferred)
    parts = ((DEFERRED, of_deferred), (account, total - of_deferred))
    return [Leg(name + donor.code, amount, currency, amount, fund) for name, amount in parts if amount]


@dataclass(frozen=True, slots=True)
class Barred:
    """Accounts that documents answer for, by the beginning of their names, and what is used instead."""

    accounts: tuple[str, ...]
    instead: str


# What a manual entry may not touch: figures, limits and the check of the books rest on the documents behind it.
BARRED = (
    Barred((RECEIVABLE, COMMITTED), "an agreement, its amendment, a receipt or a write-off"),
    Barred((UNAPPLIED,), "a receipt, an application or a refund"),
    Barred((UNIDENTIFIED,), "a deposit that is identified or returned"),
    Barred((REFUNDABLE,), "a refund"),
    Barred((DEFERRED,), "an agreement, a milestone or the spending itself"),
    Barred((CONTRIBUTIONS,), "an agreement, its amendment, a receipt or a refund"),
    Barred((WRITE_OFF,), "a write-off"),
    Barred((GIVEN_IN_KIND,), "a contribution in kind"),
    Barred((ADVANCES,), "an advance, its report or its return"),
    Barred((SECRETARIAT,), "a run of indirect cost or a payment to the Secretariat"),
    Barred((ALLOCATED, UNALLOCATED), "an allocation or a return"),
    Barred((MEMORANDUM,), "a pledge, an agreement, or an obligation"),
)

# Documents answer for every cent on these: what a book of somebody else holds is booked beside them.
DOCUMENTS_OWN = (PROJECTS, *(account for barred in BARRED for account in barred.accounts))


def find_barred(account: str) -> Barred | None:
    """What bars an account from manual entries; None where nothing does."""
    return next((one for one in BARRED if account.startswith(one.accounts)), None)
