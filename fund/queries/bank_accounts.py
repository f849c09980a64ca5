"""Bank accounts: what each holds, as the ledger has it."""

from dataclasses import dataclass

from django.db.models import Max, Q

from fund import policy
from fund.models import BankAccount
from ledger.queries import Scope, totals

_RECONCILED_ON = Max("reconciliations__dated_on", filter=Q(reconciliations__withdrawn_on=None))


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What a bank account holds: `amount` in minor units of its currency, `carried` in those of the functional one."""

    account: BankAccount
    amount: int = 0
    carried: int = 0


def bank_balances() -> list[BankBalance]:
    """Every bank account with what it holds and the last day of its latest statement, `reconciled_on`, by code."""
    found = {total.account: total for total in totals(Scope(accounts=(policy.BANK,)), by=("account", "currency"))}
    return [
        BankBalance(account, total.amount, total.functional)
        if (total := found.get(account.account))
        else BankBalance(account)
        # What is grouped is not in the order of its model.
        for account in BankAccount.objects.annotate(reconciled_on=_RECONCILED_ON).order_by("code")
    ]
