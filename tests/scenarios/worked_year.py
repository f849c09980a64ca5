"""Reads the worked year with Beancount's own loader: its balances, and its events as drafts of the ledger."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from beancount import loader
from beancount.core import data

from ledger.entries import Draft, Leg
from ledger.money import round_half_up, to_minor

PATH = Path(__file__).parent.parent / "data" / "worked_year.beancount"

Balances = dict[tuple[str, str, str], tuple[int, int]]


def load_transactions() -> list[data.Transaction]:
    """The transactions of the file, in its order."""
    entries, errors, _ = loader.load_file(str(PATH))
    assert errors == []
    return [entry for entry in entries if isinstance(entry, data.Transaction)]


def to_leg(posting: data.Posting) -> Leg:
    """A posting as a leg: integers in minor units, the functional amount out of the total price."""
    assert posting.units is not None
    assert posting.meta is not None
    number, currency = Decimal(posting.units.number or 0), posting.units.currency
    price = Decimal(posting.price.number or 0) if posting.price else Decimal(1)
    return Leg(
        posting.account,
        to_minor(number, currency),
        currency,
        round_half_up(number * price, "USD"),
        posting.meta["fund"],
        posting.meta.get("project", ""),
        posting.meta.get("instalment", ""),
    )


def to_draft(transaction: data.Transaction) -> Draft:
    """A transaction as a draft."""
    legs = tuple(map(to_leg, transaction.postings))
    links = tuple(sorted(transaction.links))
    return Draft(transaction.date, "later", transaction.payee or "", transaction.narration or "", links, legs)


def add_up(transactions: list[data.Transaction]) -> Balances:
    """Balances in minor units by account, sub-fund and currency, zero balances left out."""
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for transaction in transactions:
        for leg in map(to_leg, transaction.postings):
            cell = sums[leg.account, leg.fund, leg.currency]
            cell[0] += leg.amount
            cell[1] += leg.functional
    return {key: (amount, functional) for key, (amount, functional) in sums.items() if amount or functional}
