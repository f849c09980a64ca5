"""What tests of deposits read of the books."""

from datetime import date
from typing import Any

from fund.models import Agreement
from ledger.queries import Scope, entries, get_draft, totals

DAY, LATER = date(2026, 3, 2), date(2026, 3, 9)
UNIDENTIFIED = "Liabilities:Unidentified"


def legs_of_last() -> list[tuple[str, int, int, str]]:
    """Account, amount, functional amount and sub-fund of each leg of the last entry."""
    entry = entries().last()
    assert entry is not None
    return [(leg.account, leg.amount, leg.functional, leg.fund) for leg in get_draft(entry).legs]


def balances(account: str) -> dict[str, tuple[int, int]]:
    found = totals(Scope(accounts=(account,)), by=("fund", "currency"))
    return {total.fund: (total.amount, total.functional) for total in found if total.amount or total.functional}


def first_of(agreement: Agreement) -> Any:
    return agreement.instalments.get(position=1)
