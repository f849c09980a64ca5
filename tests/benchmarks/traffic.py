"""Invented traffic of a fund: ten years, the same donors, sub-funds and projects however many entries there are."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random

from fund import policy
from fund.operations.acts import open_accounts
from ledger.entries import Draft, Leg
from ledger.operations import open_account, open_year, post_entries, writing

FIRST_DAY, DAYS = date(2016, 1, 1), 3_653
CATEGORIES = ("Personnel", "Supplies", "Contractual", "Travel")
BANKS = ("Assets:Bank:CITI-USD", "Assets:Bank:WELLS-USD", "Assets:Bank:RBC-CAD")
DONORS = tuple(f"D{number:02d}" for number in range(60))
FUNDS = ("POOL", *(f"AGR-2016-{number:04d}" for number in range(1, 121)))
PROJECTS = tuple(f"P{number:02d}" for number in range(30))
BATCH = 2_000


def make_drafts(count: int, *, seed: int = 1) -> Iterator[Draft]:
    """So many entries in the order of their days: half are receipts, the others payments and allocations."""
    random = Random(seed)
    for place in range(count):
        on = FIRST_DAY + timedelta(days=place * DAYS // count)
        yield _MAKERS[place % len(_MAKERS)](random, place, on)


def _receipt(random: Random, place: int, on: date) -> Draft:
    number, bank, amount = random.randrange(len(FUNDS)), random.choice(BANKS), random.randint(100_00, 90_000_00)
    fund = random.choice(("POOL", FUNDS[number]))
    donor = DONORS[number % len(DONORS)]
    currency = bank[-3:]
    carried = amount if currency == "USD" else amount * 3 // 4
    money = Leg(bank, amount, currency, carried, fund, party=donor)
    legs = (money, Leg(policy.CONTRIBUTIONS + donor, -carried, "USD", -carried, fund))
    return Draft(on, "receipt", f"Donor {donor}", "Unearmarked gift", (f"RCT-{on.year}-{place:07d}",), legs)


def _payment(random: Random, place: int, on: date) -> Draft:
    number, amount = random.randrange(len(FUNDS)), random.randint(10_00, 9_000_00)
    project = PROJECTS[number % len(PROJECTS)]
    account = f"{policy.PROJECTS}{project}:{random.choice(CATEGORIES)}"
    paid = Leg(account, amount, "USD", amount, FUNDS[number], project=project)
    legs = (paid, Leg(BANKS[0], -amount, "USD", -amount, FUNDS[number]))
    return Draft(on, "disbursement", "A supplier", "Disbursement", (f"DSB-{on.year}-{place:07d}",), legs)


def _allocation(random: Random, place: int, on: date) -> Draft:
    number, amount = random.randrange(len(FUNDS)), random.randint(10_00, 9_000_00)
    project = PROJECTS[number % len(PROJECTS)]
    given = Leg(policy.UNALLOCATED, amount, "USD", amount, FUNDS[number])
    legs = (given, Leg(policy.ALLOCATED + project, -amount, "USD", -amount, FUNDS[number]))
    return Draft(on, "allocation", project, "Allocation", (f"ALC-{on.year}-{place:07d}",), legs)


_MAKERS = (_receipt, _payment, _receipt, _allocation)


def open_books() -> None:
    """Opens the years and the accounts of the traffic."""
    with writing():
        for year in range(FIRST_DAY.year, FIRST_DAY.year + 11):
            open_year(year, by="benchmark")
        for bank in BANKS:
            open_account(bank, currency=bank[-3:])
        # So many entries use every account there is.
        open_accounts(make_drafts(20_000))


def fill(count: int, *, seed: int = 1) -> None:
    """Posts the traffic in batches, through the full path."""
    drafts = make_drafts(count, seed=seed)
    while batch := list(islice(drafts, BATCH)):
        post_entries(batch, by="benchmark")
