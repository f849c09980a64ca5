"""What banks, the Secretariat, gifts in kind and rates bring: event → entry, as in policy.py. Pure.

Amounts come in positive unless a name says otherwise; the sides are given here, debit positive. Functional amounts are
integers in minor units of the functional currency. Numbers in brackets are events of the worked year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from fund.policy import (
    BANK_CHARGES,
    IN_KIND,
    PROJECTS,
    UNREALISED,
    Carried,
    CashOut,
    Party,
    Release,
    credit,
    debit,
    exchange,
    release,
)
from ledger.entries import Draft, Leg
from ledger.money import Amount, convert

SECRETARIAT = "Liabilities:DueToSecretariat"
INTEREST = "Income:Interest"
GIVEN_IN_KIND = "Income:InKind:"
INDIRECT_COST = "IndirectCost"

_PAYEE = "Secretariat"


@dataclass(frozen=True, slots=True)
class Recovered:
    """The indirect cost that a project is charged out of a sub-fund, functional; negative where it is given back."""

    fund: str
    project: str
    amount: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bank took out of a sub-fund: it leaves at its average carrying amount and costs `expense`, functional."""

    fund: str
    carried: Carried
    expense: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A sub-fund's part of a transfer: what left at its average carrying amount, what arrived, and the bank charges.

    `arrived` is carried at the rate of the day, `charges` are functional at that rate.
    """

    fund: str
    left: Carried
    arrived: Carried
    charges: int

    @property
    def realised(self) -> int:
        """What is gained (positive) or lost by the rates."""
        return self.arrived.functional + self.charges - self.left.functional


def indirect_cost_account(project: str) -> str:
    """Where a project's indirect cost is charged: Expenses:Projects:CYB-01:IndirectCost."""
    return f"{PROJECTS}{project}:{INDIRECT_COST}"


def recover(
    *, number: str, on: date, charges: Sequence[Recovered], currency: str, releases: Sequence[Release] = ()
) -> Draft:
    """[15] Indirect cost: the project's expense, owed to the Secretariat. Of USD 7,500.00, 12 % make USD 900.00.

    It meets the conditions of conditional agreements as spending does: `releases` become income in the same entry, or
    are deferred again where they are negative.
    """
    legs: list[Leg] = []
    for one in charges:
        account = indirect_cost_account(one.project)
        legs.append(Leg(account, one.amount, currency, one.amount, one.fund, project=one.project))
        legs.append(Leg(SECRETARIAT, -one.amount, currency, -one.amount, one.fund))
    for part in releases:
        legs += release(part, currency)
    return Draft(on, "recovery", _PAYEE, f"Indirect cost recovery {number}", (number,), tuple(legs))


def pay_secretariat(*, number: str, on: date, bank: str, lines: Sequence[tuple[str, int]], currency: str) -> Draft:
    """What is due to the Secretariat is paid out of a bank account in the functional currency, sub-fund by sub-fund."""
    legs: list[Leg] = []
    for fund, amount in lines:
        legs.append(Leg(SECRETARIAT, amount, currency, amount, fund))
        legs.append(Leg(bank, -amount, currency, -amount, fund))
    return Draft(on, "secretariat", _PAYEE, f"Payment {number} to the Secretariat", (number,), tuple(legs))


def credit_interest(
    *, number: str, payee: str, month: date, on: date, bank: str, shares: Sequence[CashOut], currency: str
) -> Draft:
    """[19] Interest of a month, each sub-fund's share in the bank's currency and as it is carried: income."""
    legs: list[Leg] = []
    for share in shares:
        legs.append(debit(bank, share.carried, share.fund))
        if functional := share.carried.functional:
            legs.append(Leg(INTEREST, -functional, currency, -functional, share.fund))
    return Draft(on, "interest", payee, f"Interest {month:%B %Y}, shared {number}", (number,), tuple(legs))


def take_charges(
    *, number: str, payee: str, on: date, bank: str, taken: Sequence[Taken], description: str, currency: str
) -> Draft:
    """What a bank takes by itself: an expense at the rate of the day; the rest is a realised exchange difference."""
    legs: list[Leg] = []
    for one in taken:
        own = _charges(one.fund, one.expense, currency)
        own.append(credit(bank, one.carried, one.fund))
        legs += [*own, *exchange(own, one.fund, currency)]
    return Draft(on, "bank_charge", payee, f"Bank charges {number}: {description}", (number,), tuple(legs))


def transfer(*, number: str, on: date, source: str, target: str, moved: Sequence[Moved], currency: str) -> Draft:
    """Between accounts of the fund: out at the average carrying amount, in at what arrived, the rest is realised."""
    legs: list[Leg] = []
    for one in moved:
        arrived = [debit(target, one.arrived, one.fund)] if one.arrived.amount.minor else []
        own = [*arrived, *_charges(one.fund, one.charges, currency), credit(source, one.left, one.fund)]
        legs += [*own, *exchange(own, one.fund, currency)]
    return Draft(on, "transfer", "", f"Transfer {number}", (number,), tuple(legs))


def receive_in_kind(
    *, number: str, donor: Party, project: str, on: date, fund: str, value: int, currency: str
) -> Draft:
    """[24] In kind at fair value (functional): expense of the project and income in one entry, no cash."""
    legs = (
        Leg(f"{PROJECTS}{project}:{IN_KIND}", value, currency, value, fund, project=project),
        Leg(GIVEN_IN_KIND + donor.code, -value, currency, -value, fund),
    )
    return Draft(on, "in_kind", donor.name, f"In-kind contribution {number}", (number,), legs)


def _charges(fund: str, expense: int, currency: str) -> list[Leg]:
    return [Leg(BANK_CHARGES, expense, currency, expense, fund)] if expense else []


@dataclass(frozen=True, slots=True)
class Item:
    """A money item as the books hold it: a balance of a sub-fund, or what is open of an instalment.

    `amount` is in the item's own currency and never zero, `functional` what it is carried at; both debit positive.
    """

    account: str
    fund: str
    amount: Amount
    functional: int
    instalment: str = ""


def revalue(
    *, number: str, on: date, items: Sequence[Item], rates: Mapping[str, Decimal], currency: str
) -> Draft | None:
    """[20] Period end: each item's old carrying amount out, the new one in, the difference unrealised.

    `rates` are the closing rates, in units of the functional currency per unit of the item's; the new amount is
    rounded half up to the minor unit, item by item (rule 3). Of CAD 49,985.00 carried at USD 36,988.90, 0.7525 makes
    USD 37,613.71, a gain of 624.81. None where every item is carried at its closing rate already.
    """
    legs: list[Leg] = []
    for item in items:
        functional = convert(item.amount, rates[item.amount.currency], currency)
        if functional != item.functional:
            legs += _revalue_item(item, functional, currency)
    return Draft(on, "revaluation", "", f"Revaluation {on:%B %Y}", (number,), tuple(legs)) if legs else None


def _revalue_item(item: Item, functional: int, currency: str) -> list[Leg]:
    amount, loss = item.amount, item.functional - functional
    new = Leg(item.account, amount.minor, amount.currency, functional, item.fund, instalment=item.instalment)
    old = replace(new, functional=item.functional)
    return [old.opposite(), new, Leg(UNREALISED, loss, currency, loss, item.fund)]
