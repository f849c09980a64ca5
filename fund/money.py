"""Between a document's Money and the ledger's Amount."""

from typing import Any

from djmoney.money import Money

from ledger.money import Amount, to_minor


def to_amount(money: Money) -> Amount:
    """The exact Amount of a document's Money. Raises AmountInvalid where its currency has fewer decimals."""
    currency = str(money.currency)
    return Amount(to_minor(money.amount, currency), currency)


def to_money(amount: Amount) -> Any:
    """The Money of an Amount. Typed as anything: the type checker takes a money field for a decimal one."""
    return Money(amount.decimal, amount.currency)
