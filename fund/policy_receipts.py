"""What receipts do to the books: of an agreement, as a gift, and reversed when some was spent. Pure.

Read beside `fund/policy.py`, whose conventions hold here too. Numbers in brackets are events of the worked year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fund.policy import (
    BANK_CHARGES,
    COMMITMENTS,
    COMMITTED,
    CONTRIBUTIONS,
    RECEIVABLE,
    UNAPPLIED,
    Carried,
    Party,
    Share,
    credit,
    debit,
    exchange,
    in_functional,
)
from ledger.entries import Draft, Leg
from ledger.money import split

# A narration has room for so many instalments; their postings name them all.
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that arrived, for `receive`.

    `arrived` reached the bank account; `charges` (functional) were kept on the way; `settled` are the parts of
    instalments that it settles at their own carrying amounts; `excess`, part of `arrived`, is beyond them, and
    `overpaid` is the instalment that it goes beyond.
    """

    number: str
    donor: Party
    on: date
    fund: str
    bank: str
    arrived: Carried
    charges: int
    settled: Sequence[Share]
    excess: Carried | None = None
    overpaid: str = ""
    agreement: str = ""


def receive(arrival: Arrival, *, on_signature: bool, currency: str) -> Draft:
    """[5, 6, 10, 21] A receipt of an agreement. What is beyond the instalments is unapplied, and never income.

    Recognised on signature, it settles the receivable and the rest is an exchange difference; on receipt, it is the
    income, and the memorandum is reversed.
    """
    fund, donor, excess = arrival.fund, arrival.donor, arrival.excess
    legs = _money_in(arrival, currency)
    if excess:
        legs.append(credit(UNAPPLIED + donor.code, excess, fund, instalment=arrival.overpaid))
    if on_signature:
        legs += [
            credit(RECEIVABLE + donor.code, part.carried, fund, instalment=part.instalment) for part in arrival.settled
        ]
        legs += exchange(legs, fund, currency)
    elif arrival.settled:
        legs += _income_on_receipt(arrival, sum(leg.functional for leg in legs), currency)
    few = 0 < len(arrival.settled) <= _MOST_NAMED
    of = ", ".join(part.instalment for part in arrival.settled) if few else arrival.agreement
    narration = f"Receipt {arrival.number} of {of}"
    return Draft(arrival.on, "receipt", donor.name, narration, (arrival.number, arrival.agreement), tuple(legs))


def _money_in(arrival: Arrival, currency: str) -> list[Leg]:
    donor = arrival.donor.code
    legs = [debit(arrival.bank, arrival.arrived, arrival.fund, party=donor)]
    if arrival.charges:
        legs.append(debit(BANK_CHARGES, in_functional(currency, arrival.charges), arrival.fund, party=donor))
    return legs


def _income_on_receipt(arrival: Arrival, income: int, currency: str) -> list[Leg]:
    fund, donor = arrival.fund, arrival.donor
    parts = split(income, [part.carried.amount.minor for part in arrival.settled])
    legs = []
    for part, earned in zip(arrival.settled, parts, strict=True):
        if earned:
            legs.append(
                credit(CONTRIBUTIONS + donor.code, in_functional(currency, earned), fund, instalment=part.instalment)
            )
        legs.append(credit(COMMITTED + donor.code, part.carried, fund, instalment=part.instalment))
        legs.append(debit(COMMITMENTS, part.carried, fund))
    return legs


def receive_gift(arrival: Arrival, *, currency: str) -> Draft:
    """[7] A gift without an agreement: into the pool, income on receipt."""
    legs = _money_in(arrival, currency)
    income = sum(leg.functional for leg in legs)
    legs.append(credit(CONTRIBUTIONS + arrival.donor.code, in_functional(currency, income), arrival.fund))
    narration = f"Receipt {arrival.number}, unearmarked gift"
    return Draft(arrival.on, "receipt", arrival.donor.name, narration, (arrival.number,), tuple(legs))


def average_out(
    *, number: str, donor: Party, on: date, fund: str, bank: str, reversed_at: Carried, average: int, currency: str
) -> Draft:
    """After the reversal of a receipt of which some was spent: its cash leaves at the average (rule 4).

    The exact reversal took `reversed_at`, the receipt's own carrying amount; that comes back and `average`
    (functional, positive) leaves instead, the rest is a realised exchange difference. Of CAD 100.00 at 73.00 and
    CAD 100.00 at 75.00, CAD 97.00 spent: CAD 100.00 leave at 74.00. An entry of a kind of its own, so that what is
    received is net of the whole receipt.
    """
    legs = [debit(bank, reversed_at, fund), credit(bank, Carried(reversed_at.amount, average), fund)]
    legs += exchange(legs, fund, currency)
    narration = f"Exchange difference at the reversal of {number}"
    return Draft(on, "exchange", donor.name, narration, (number,), tuple(legs))
