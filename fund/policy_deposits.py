"""What deposits do to the books: not identified, identified, returned, in parts; and unapplied money applied. Pure.

A continuation of `fund.policy`, in its terms: amounts come in positive, the sides are given here, debit positive;
functional amounts are integers in minor units of the functional currency. An unidentified deposit is an item of its
own: its liability carries the number of its receipt as what other items carry as their instalment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fund.policy import GENERAL, UNAPPLIED, UNIDENTIFIED, Carried, credit, debit, exchange
from fund.policy_receipts import Arrival, receive, receive_gift
from ledger.entries import Draft, Leg

# A narration has room for so many parts and a payee for so many names; the postings name them all.
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a deposit: of an agreement, recognised on signature or not, or without one a gift."""

    arrival: Arrival
    on_signature: bool = True


@dataclass(frozen=True, slots=True)
class Deposit:
    """An unidentified deposit: `owed` is what the liability is carried at, `cash` what the money is carried at."""

    number: str
    bank: str
    owed: Carried
    cash: Carried


def receive_deposit(deposit: Deposit, *, on: date) -> Draft:
    """[8] A deposit nobody can place yet: a liability in GENERAL, never income."""
    legs = _general(deposit, deposit.cash.amount.currency)
    narration = f"Receipt {deposit.number}, sender not identified"
    return Draft(on, "receipt", "", narration, (deposit.number,), tuple(leg.opposite() for leg in legs))


def identify_deposit(deposit: Deposit, parts: Sequence[Part], *, on: date, currency: str) -> Draft:
    """[9] Identified: the liability goes, and the cash changes sub-fund in one entry.

    The liability leaves at what it was recorded at, the cash at its average carrying amount, with which it enters the
    sub-funds of the parts; the differences are realised exchange differences (rule 4). The parts add up to the cash.
    """
    assert sum(part.arrival.arrived.functional for part in parts) == deposit.cash.functional
    legs = (*_general(deposit, currency), *_legs(parts, currency))
    return _draft(deposit.number, f"Receipt {deposit.number} identified as {_name(parts)}", parts, on, legs)


def return_deposit(deposit: Deposit, *, number: str, on: date, reason: str, currency: str) -> Draft:
    """A deposit goes back to its sender: the liability and the cash leave, as where it is identified.

    The entry is the receipt's, and names the return by its `number`.
    """
    narration = f"Receipt {deposit.number} returned to its sender: {reason}"
    return Draft(on, "receipt", "", narration, (deposit.number, number), tuple(_general(deposit, currency)))


def receive_parts(number: str, parts: Sequence[Part], *, on: date, currency: str) -> Draft:
    """One deposit for several instalments or donors, each part in its own sub-fund."""
    return _draft(number, f"Receipt {number} of {_name(parts)}", parts, on, tuple(_legs(parts, currency)))


def _general(deposit: Deposit, currency: str) -> list[Leg]:
    """The liability and the cash leave GENERAL; what they differ by is a realised exchange difference."""
    legs = [
        debit(UNIDENTIFIED, deposit.owed, GENERAL, instalment=deposit.number),
        credit(deposit.bank, deposit.cash, GENERAL),
    ]
    return [*legs, *exchange(legs, GENERAL, currency)]


def _legs(parts: Sequence[Part], currency: str) -> Iterator[Leg]:
    for part in parts:
        yield from _receive(part, currency).legs


def _receive(part: Part, currency: str) -> Draft:
    if part.arrival.agreement:
        return receive(part.arrival, on_signature=part.on_signature, currency=currency)
    return receive_gift(part.arrival, currency=currency)


def _draft(number: str, narration: str, parts: Sequence[Part], on: date, legs: tuple[Leg, ...]) -> Draft:
    names = list(dict.fromkeys(part.arrival.donor.name for part in parts))
    payee = names[0] if len(names) == 1 else f"{len(names)} donors"
    agreements = dict.fromkeys(part.arrival.agreement for part in parts if part.arrival.agreement)
    return Draft(on, "receipt", payee, narration, (number, *agreements), legs)


def _name(parts: Sequence[Part]) -> str:
    if len(parts) > _MOST_NAMED:
        return f"{len(parts)} parts"
    return ", ".join(_name_part(part.arrival) for part in parts)


def _name_part(arrival: Arrival) -> str:
    if not arrival.agreement:
        return f"a gift of {arrival.donor.code}"
    return arrival.settled[0].instalment if arrival.settled else arrival.overpaid


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What leaves an unapplied balance: of which sub-fund and instalment, at which carrying amount."""

    fund: str
    instalment: str
    carried: Carried


def apply_unapplied(number: str, source: Unapplied, part: Part, *, on: date, word: str, currency: str) -> Draft:
    """Unapplied money is applied on the donor's word, to an instalment or as a gift.

    Within a sub-fund, the unapplied balance stands where money that arrives would. Into another one the cash goes with
    it in the same entry, at its average carrying amount: `part` says of which bank account. The liability leaves at
    its own carrying amount; differences are realised exchange differences (rule 4).
    """
    arrival = part.arrival
    out = debit(UNAPPLIED + arrival.donor.code, source.carried, source.fund, instalment=source.instalment)
    first, *settled = _receive(part, currency).legs
    if arrival.fund == source.fund:
        legs = [out, *settled]
    else:
        gone = [out, replace(first.opposite(), fund=source.fund)]
        legs = [*gone, *exchange(gone, source.fund, currency), first, *settled]
    narration = f"Application {number} of what {source.instalment} left unapplied: {word}"
    agreements = dict.fromkeys(name for name in (source.instalment.rpartition("/")[0], arrival.agreement) if name)
    return Draft(on, "receipt", arrival.donor.name, narration, (number, *agreements), tuple(legs))
