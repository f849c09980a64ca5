"""Between a document's Money and the ledger's Amount."""

from typing import Any

from djmoney.money import Money

from ledger.money import Amount, to_minor


def to_amount(money: Money) -> Amount:
    """The exact Amount of a document's Money. Raises AmountInvalid where its currency has fewer decimals."""
    currency = str(money.currency)
    return Amount(to_minor(money.amount, currency), currency)


def read_amount(row: Any, name: str) -> Amount:
    """The exact Amount of a money field of a row, without a Money between, for who reads a hundred thousand of them.

    Raises AmountInvalid as `to_amount` does.
    """
    value = row.__dict__[name]
    if isinstance(value, Money):
        return to_amount(value)
    currency = row.__dict__[f"{name}_currency"]
    return Amount(to_minor(value, currency), currency)


def to_money(amount: Amount) -> Any:
    """The Money of an Amount. Typed as anything: the type checker takes a money field for a decimal one."""
    return Money(amount.decimal, amount.currency)
