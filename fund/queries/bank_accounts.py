"""Bank accounts: what each holds, as the ledger has it."""

from dataclasses import dataclass

from fund import policy
from fund.models import BankAccount
from ledger.queries import Scope, totals


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What a bank account holds: `amount` in minor units of its currency, `carried` in those of the functional one."""

    account: BankAccount
    amount: int = 0
    carried: int = 0


def bank_balances() -> list[BankBalance]:
    """Every bank account with what it holds, by code."""
    found = {total.account: total for total in totals(Scope(accounts=(policy.BANK,)), by=("account", "currency"))}
    return [
        BankBalance(account, total.amount, total.functional)
        if (total := found.get(account.account))
        else BankBalance(account)
        for account in BankAccount.objects.all()
    ]
