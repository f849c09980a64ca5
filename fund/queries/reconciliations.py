"""Bank accounts at a day's end: what the books have, and whether a statement of the bank agrees with it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fund import policy
from fund.models import BankAccount, BankReconciliation, BankReconciliationLine
from fund.money import to_amount
from ledger.money import Amount
from ledger.queries import Scope, totals, totals_at

_BY = ("account", "currency")


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What the books have in an account at a day's end, whether it was used by then, and what stands of that day."""

    account: BankAccount
    held: Amount
    is_used: bool
    reconciliation: BankReconciliation | None

    @property
    def booked(self) -> Amount | None:
        """What the books had when the statement was reconciled."""
        return to_amount(self.reconciliation.booked) if self.reconciliation else None


def find_standings(on: date) -> list[AccountStanding]:
    """Every bank account at the end of a day, by code."""
    # A total is left out only where nothing was ever posted: debits and credits that cancel out are both in it.
    found = {total.account: total for total in totals(Scope(until=on, accounts=(policy.BANK,)), by=_BY)}
    standing = {one.bank_account_id: one for one in BankReconciliation.objects.filter(dated_on=on, withdrawn_on=None)}
    return [
        AccountStanding(
            account,
            Amount(found[account.account].amount if account.account in found else 0, account.currency),
            account.account in found,
            standing.get(account.pk),
        )
        for account in BankAccount.objects.all()
    ]


def book_balance(account: BankAccount, on: date) -> Amount:
    """What the books have in an account at the end of a day, all sub-funds together."""
    found = totals(Scope(until=on, accounts=(account.account,)), by=_BY)
    return Amount(sum(total.amount for total in found), account.currency)


def add_held(found: Sequence[Any]) -> None:
    """Gives reconciliations `held`, what the books have of their days now: in one question, however many there are."""
    balances = totals_at(Scope(accounts=(policy.BANK,)), {one.dated_on for one in found}, by=_BY)
    held = {(day, total.account): total.amount for day, sums in balances.items() for total in sums}
    for one in found:
        account = one.bank_account
        one.held = Amount(held.get((one.dated_on, account.account), 0), account.currency)


def has_moved(found: Any) -> bool:
    """Whether the books have another balance of that day now: something was posted to it, or to a day before it."""
    if not hasattr(found, "held"):
        add_held([found])
    return bool(found.held != to_amount(found.booked))


def explain(balance: Amount, lines: Iterable[Amount]) -> Amount:
    """What a bank's balance and the lines make: `explain` of USD 100.00 and -30.00 is USD 70.00."""
    return Amount(balance.minor + sum(line.minor for line in lines), balance.currency)


def hash_lines(lines: Iterable[BankReconciliationLine]) -> str:
    """What the lines of a reconciliation are known by: the SHA-256 of their texts and amounts."""
    said = [[line.text, str(line.amount.currency), f"{line.amount.amount.normalize():f}"] for line in lines]
    content = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
