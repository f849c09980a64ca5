"""Money of several sub-funds in one bank account: how it is divided, and at what it leaves."""

from datetime import date

from fund import policy
from fund.errors import FundsFirst, ValueInvalid
from fund.models import BankAccount
from fund.operations import acts, limits
from fund.policy import Carried
from fund.queries.daily_balances import balances_on
from fund.queries.sub_funds import bank_cash, find_earmark
from ledger.money import Amount, share, split


def divide(account: BankAccount, amount: Amount, fund: str, *, on: date) -> dict[str, int]:
    """What of `amount` each sub-fund bears: `fund` all of it, or each its part by its balance where `fund` is empty.

    Then GENERAL bears nothing: its cash is deposits, owed in full to whom they turn out to be of. Checks that each has
    as much, then and on every later day. Raises FundsFirst, ValueInvalid.
    """
    acts.check_positive(amount)
    if amount.currency != account.currency:
        raise ValueInvalid(f"{account.code} holds {account.currency}: the amount is in it.", field="amount")
    parts = {_check_fund(fund): amount.minor} if fund else _divide_by_balance(account, amount, on)
    for code, minor in parts.items():
        limits.check_cash(account, code, Amount(minor, amount.currency), on=on, field="amount")
    return parts


def _check_fund(fund: str) -> str:
    if fund in (policy.POOL, policy.GENERAL):
        return fund
    agreement = find_earmark(fund)
    if agreement is None:
        raise ValueInvalid(
            f"{fund} is not a sub-fund. There are {policy.POOL}, {policy.GENERAL} and each earmarked agreement.",
            field="fund",
        )
    limits.check_approved(agreement, field="fund")
    return fund


def _divide_by_balance(account: BankAccount, amount: Amount, on: date) -> dict[str, int]:
    balances = {fund: held for fund, held in balances_on(account.account, on).items() if fund != policy.GENERAL}
    held = Amount(sum(balances.values()), account.currency)
    if amount.minor > held.minor:
        raise FundsFirst(
            f"{account.code} holds {held} on {on} beside what is in {policy.GENERAL}; {amount} is more.", field="amount"
        )
    parts = split(amount.minor, list(balances.values()))
    return {fund: part for fund, part in zip(balances, parts, strict=True) if part}


def take_out(account: BankAccount, fund: str, minor: int) -> Carried:
    """Rule 4: what leaves a balance leaves at its average carrying amount; the last unit takes what is left."""
    held = bank_cash(account.account, fund)
    return Carried(Amount(minor, account.currency), share(held.functional, minor, held.amount))
