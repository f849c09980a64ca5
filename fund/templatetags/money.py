"""Amounts as people read them: `1,234.50` in English, `1 234,50` in French, with a real minus sign, never broken."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from djmoney.money import Money

from ledger.money import Amount, digits, to_decimal

register = template.Library()

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def format_amount(value: Decimal, places: int) -> str:
    """`value` in the reader's language with `places` decimals: `format_amount(Decimal("-1234.5"), 2)` is −1,234.50."""
    text = number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
    return text.replace("-", MINUS, 1)


@register.filter
def minor(amount: int | None, currency: str) -> str:
    """An integer in minor units of `currency`: `123450|minor:"USD"` is 1,234.50. Nothing for None."""
    if amount is None:
        return ""
    return format_amount(to_decimal(amount, currency), digits(currency))


@register.filter
def debit(amount: int | None, currency: str) -> str:
    """What stands in the debit column: a positive amount in minor units, nothing for another."""
    return minor(amount, currency) if amount and amount > 0 else ""


@register.filter
def credit(amount: int | None, currency: str) -> str:
    """What stands in the credit column: a negative amount in minor units without its sign, nothing for another."""
    return minor(-amount, currency) if amount and amount < 0 else ""


@register.filter
def money(value: Money | Amount | None) -> str:
    """A document's or the ledger's amount with its currency: USD 1,234.50. Nothing for None.

    A value with more decimals than its currency has shows them all, rather than a rounded figure.
    """
    if value is None:
        return ""
    code = str(value.currency)
    number = value.decimal if isinstance(value, Amount) else value.amount
    exponent = number.normalize().as_tuple().exponent
    places = max(digits(code), -exponent if isinstance(exponent, int) else 0)
    return f"{code}{NO_BREAK_SPACE}{format_amount(number, places)}"


@register.filter("rate")
def format_rate(rate: Decimal) -> str:
    """A rate with all its decimals and no idle zeros, four at least: 0.7525."""
    exponent = rate.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return format_amount(rate, max(4, -exponent))


@register.filter
def breakable(account: object) -> SafeString:
    """An account's name that a narrow column breaks after a colon, and copies as it is."""
    return mark_safe(escape(str(account)).replace(":", ":<wbr>"))
