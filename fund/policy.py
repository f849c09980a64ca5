"""What each event of the fund does to the books: the accounting policy, event by event. Pure: no Django, no clock.

Read beside the worked year in `tests/data/worked_year.beancount`, which has every event with its figures. Amounts
come in as they stand on the document, all positive; the sides are given here, debit positive. Functional amounts are
integers in minor units of the functional currency. Numbers in brackets are events of the worked year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.entries import Draft, Leg
from ledger.money import Amount

POOL = "POOL"
GENERAL = "GENERAL"

BANK = "Assets:Bank:"
RECEIVABLE = "Assets:Receivable:"
ADVANCES = "Assets:Advances:"
UNAPPLIED = "Liabilities:Unapplied:"
DEFERRED = "Liabilities:Deferred:"
UNIDENTIFIED = "Liabilities:Unidentified"
CONTRIBUTIONS = "Income:Contributions:"
EXCHANGE = "Income:Exchange:Realised"
UNREALISED = "Income:Exchange:Unrealised"
PROJECTS = "Expenses:Projects:"
BANK_CHARGES = "Expenses:BankCharges"
# The category of what came in kind: an expense of the project that no money was allocated or paid for.
IN_KIND = "InKind"
# What donors sent: what reached the banks and what was kept on the way.
SENT = (BANK, BANK_CHARGES)
ALLOCATED = "Equity:Allocated:"
UNALLOCATED = "Equity:Unallocated"
MEMORANDUM = "Equity:Memorandum:"
PLEDGED = "Equity:Memorandum:Pledged:"
PLEDGES = "Equity:Memorandum:Pledges"
COMMITTED = "Equity:Memorandum:Committed:"
COMMITMENTS = "Equity:Memorandum:Commitments"
OBLIGATED = "Equity:Memorandum:Obligated:"
OBLIGATIONS = "Equity:Memorandum:Obligations"

# Accounts that hold what is owed by donors, on the balance sheet or as a memorandum.
OWED = (RECEIVABLE, COMMITTED)

# These take the functional currency alone; banks have a currency of their own, the others take any.
_FUNCTIONAL_ONLY = ("Income:", "Expenses:", DEFERRED, UNALLOCATED, ALLOCATED, OBLIGATED, OBLIGATIONS)


@dataclass(frozen=True, slots=True)
class Carried:
    """An amount with its carrying amount in the functional currency; both positive."""

    amount: Amount
    functional: int


@dataclass(frozen=True, slots=True)
class Party:
    """A donor or a partner: the code that ends its accounts, and the name that entries show."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an event that concerns one instalment."""

    instalment: str
    carried: Carried


@dataclass(frozen=True, slots=True)
class Charge:
    """What a disbursement charges to a sub-fund for a project: the expense in the functional currency.

    `released` of it was reserved by the line of an obligation that `obligation` names: OBL-2026-0001/1.
    """

    fund: str
    project: str
    category: str
    expense: int
    obligation: str = ""
    released: int = 0


@dataclass(frozen=True, slots=True)
class CashOut:
    """What leaves a bank account out of one sub-fund, at its carrying amount."""

    fund: str
    carried: Carried


@dataclass(frozen=True, slots=True)
class Release:
    """Deferred income of a donor, in a sub-fund, whose conditions are met: functional, positive."""

    fund: str
    donor: str
    amount: int


@dataclass(frozen=True, slots=True)
class CarriedEntry:
    """An entry of somebody else's book in our terms. `line` is where it begins in the file; 0 stands for all of it."""

    line: int
    on: date
    payee: str
    narration: str
    legs: tuple[Leg, ...]


def account_currency(name: str, functional: str) -> str:
    """The currency that an account takes when it is opened by its first entry; empty for any."""
    return functional if name.startswith(_FUNCTIONAL_ONLY) else ""


def is_held(account: str) -> bool:
    """Whether an account holds money that is not the fund's to spend. Deferred income is: it is given to be spent."""
    return account.startswith("Liabilities:") and not account.startswith(DEFERRED)


def split_expense(account: str) -> tuple[str, str]:
    """The project and the category of an expense account: CYB-01 and Travel of Expenses:Projects:CYB-01:Travel."""
    project, _, category = account.removeprefix(PROJECTS).partition(":")
    return project, category


def is_spending(account: str) -> bool:
    """Whether an account holds what projects spent of their allocations: all of their expense but in kind."""
    return account.startswith(PROJECTS) and not account.endswith(f":{IN_KIND}")


def debit(
    account: str, carried: Carried, fund: str, *, project: str = "", instalment: str = "", party: str = ""
) -> Leg:
    """A leg on the debit side, in the item's own currency and at what it is carried at."""
    amount = carried.amount
    return Leg(account, amount.minor, amount.currency, carried.functional, fund, project, instalment, party)


def credit(account: str, carried: Carried, fund: str, *, project: str = "", instalment: str = "") -> Leg:
    """A leg on the credit side."""
    return debit(account, carried, fund, project=project, instalment=instalment).opposite()


def in_functional(currency: str, functional: int) -> Carried:
    """An amount that is in the functional currency by nature."""
    return Carried(Amount(functional, currency), functional)


def exchange(legs: Iterable[Leg], fund: str, currency: str) -> list[Leg]:
    """Rule 4: what the other legs of the sub-fund leave open is the realised exchange difference."""
    difference = -sum(leg.functional for leg in legs if leg.fund == fund)
    return [Leg(EXCHANGE, difference, currency, difference, fund)] if difference else []


def announce_pledge(*, number: str, donor: Party, on: date, pledged: Carried) -> Draft:
    """[1] A promise: memorandum only, and in GENERAL, since it belongs to no sub-fund yet."""
    legs = (debit(PLEDGED + donor.code, pledged, GENERAL), credit(PLEDGES, pledged, GENERAL))
    return Draft(on, "pledge", donor.name, f"Pledge {number} announced", (number,), legs)


def withdraw_pledge(*, number: str, donor: Party, on: date, remaining: Carried, reason: str) -> Draft:
    """The rest of a pledge is taken back: the memorandum is reversed."""
    legs = _release(donor, remaining)
    return Draft(on, "pledge", donor.name, f"Pledge {number} withdrawn: {reason}", (number,), legs)


def lapse_pledge(*, number: str, donor: Party, on: date, remaining: Carried, reason: str) -> Draft:
    """The rest of a pledge no longer holds, and the donor did not say so: the memorandum is reversed."""
    legs = _release(donor, remaining)
    return Draft(on, "pledge", donor.name, f"Pledge {number} lapsed: {reason}", (number,), legs)


def _release(donor: Party, released: Carried) -> tuple[Leg, ...]:
    return (credit(PLEDGED + donor.code, released, GENERAL), debit(PLEDGES, released, GENERAL))


def sign_agreement(
    *,
    number: str,
    donor: Party,
    on: date,
    fund: str,
    on_signature: bool,
    instalments: Sequence[Share],
    currency: str,
    conditional: bool = False,
    pledge: str = "",
    released: Carried | None = None,
) -> Draft:
    """[2, 3, 4] A binding commitment: receivable and income, or a memorandum where income waits for the receipt.

    Of a `conditional` one the income is deferred: it is no money item and stays at the rate of the signature.
    `released` is what the agreement takes off the pledge; it is reversed in the same entry.
    """
    legs = list(_release(donor, released)) if released else []
    if on_signature:
        legs += [debit(RECEIVABLE + donor.code, part.carried, fund, instalment=part.instalment) for part in instalments]
        income = sum(part.carried.functional for part in instalments)
        recognised = DEFERRED if conditional else CONTRIBUTIONS
        legs.append(credit(recognised + donor.code, in_functional(currency, income), fund))
    else:
        for part in instalments:
            legs.append(debit(COMMITTED + donor.code, part.carried, fund, instalment=part.instalment))
            legs.append(credit(COMMITMENTS, part.carried, fund))
    links = (number, pledge) if pledge else (number,)
    return Draft(on, "agreement", donor.name, f"Agreement {number} signed", links, tuple(legs))


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a line of an obligation (OBL-2026-0001/1) reserves of a sub-fund, in the functional currency."""

    line: str
    fund: str
    amount: int


def reserve(project: str, lines: Sequence[Reserved], currency: str) -> tuple[Leg, ...]:
    """The memorandum of an obligation, debit obligated; its opposite releases what was reserved."""
    legs: list[Leg] = []
    for line in lines:
        amount = in_functional(currency, line.amount)
        legs.append(debit(OBLIGATED + project, amount, line.fund, instalment=line.line))
        legs.append(credit(OBLIGATIONS, amount, line.fund, instalment=line.line))
    return tuple(legs)


def release(part: Release, currency: str) -> tuple[Leg, Leg]:
    """[17] Conditions are met: the deferred income is debited, the income credited."""
    amount = in_functional(currency, part.amount)
    return debit(DEFERRED + part.donor, amount, part.fund), credit(CONTRIBUTIONS + part.donor, amount, part.fund)


def disburse(
    *,
    number: str,
    payee: str,
    on: date,
    bank: str,
    charges: Sequence[Charge],
    cash: Sequence[CashOut],
    currency: str,
    releases: Sequence[Release] = (),
) -> Draft:
    """[13, 14] Money paid out: the expense at the rate of the day, the cash at its carrying amount, by sub-fund.

    What an obligation reserved of it is released.
    What it spends of conditional agreements meets their conditions: `releases` become income in the same entry.
    """
    legs: list[Leg] = []
    for out in cash:
        own = [charge for charge in charges if charge.fund == out.fund]
        for charge in own:
            account = f"{PROJECTS}{charge.project}:{charge.category}"
            legs.append(debit(account, in_functional(currency, charge.expense), out.fund, project=charge.project))
        legs.append(credit(bank, out.carried, out.fund))
        legs += exchange(legs, out.fund, currency)
        for charge in (charge for charge in own if charge.released):
            released = Reserved(charge.obligation, charge.fund, charge.released)
            legs += (leg.opposite() for leg in reserve(charge.project, [released], currency))
    for part in releases:
        legs += release(part, currency)
    obligations = dict.fromkeys(charge.obligation.partition("/")[0] for charge in charges if charge.released)
    return Draft(on, "disbursement", payee, f"Disbursement {number}", (number, *obligations), tuple(legs))


def carry_over(entry: CarriedEntry, *, number: str, kind: str) -> Draft:
    """An entry of a book that is opened in ours, with the place in the file that it comes from as its second link."""
    links = (number, f"{number}/{entry.line}") if entry.line else (number,)
    return Draft(entry.on, kind, entry.payee, entry.narration, links, entry.legs)


def open_balances(legs: Sequence[Leg], *, equity: str, currency: str) -> tuple[Leg, ...]:
    """Balances of a day, and in each sub-fund what they leave open in `equity`: earlier income less expense."""
    sums: dict[str, int] = {}
    for leg in legs:
        sums[leg.fund] = sums.get(leg.fund, 0) + leg.functional
    return (*legs, *(Leg(equity, -total, currency, -total, fund) for fund, total in sums.items() if total))
