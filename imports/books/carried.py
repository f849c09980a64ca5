"""What a book becomes in ours. Pure."""

from dataclasses import dataclass

from fund.operations.opened_books import Key
from fund.policy import CarriedEntry


@dataclass(frozen=True, slots=True)
class CarriedBook:
    """A book in our terms: its entries, the currency of accounts that it opens, and the balances it must come to.

    `balances` are in minor units; `empty` are the lines of transactions that move nothing and are left out.
    """

    entries: list[CarriedEntry]
    currencies: dict[str, str]
    balances: dict[Key, int]
    empty: tuple[int, ...] = ()
