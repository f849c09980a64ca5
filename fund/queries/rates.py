"""Exchange rates in force on a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings

from fund.errors import RateMissing
from fund.models import ExchangeRate
from fund.policy import Carried
from ledger.money import Amount, convert, round_half_up
from ledger.queries import functional_currency


def get_rate(currency: str, on: date) -> Decimal:
    """Units of the functional currency per unit of `currency`: the latest rate in force on `on` (rule 3).

    Raises RateMissing where there is none, or none of the last RATE_MAX_AGE_DAYS days.
    """
    if currency == functional_currency():
        return Decimal(1)
    found = ExchangeRate.objects.filter(currency=currency, effective_on__lte=on).order_by("-effective_on").first()
    # A page may ask for any day, and before the first ones there are not so many.
    oldest = on - min(timedelta(days=settings.RATE_MAX_AGE_DAYS), on - date.min)
    if found and found.effective_on >= oldest:
        return found.rate
    had = f"the latest is of {found.effective_on}" if found else "there is none before"
    raise RateMissing(
        f"No {currency} rate of {oldest} to {on}: {had}. Add the rate first.",
        field="currency",
    )


def carry(amount: Amount, on: date) -> Carried:
    """`amount` with its functional amount at the rate of the day, rounded half up."""
    return Carried(amount, convert(amount, get_rate(amount.currency, on), functional_currency()))


def exchange(amount: Amount, currency: str, on: date) -> Amount:
    """`amount` in another currency at the rates of the day, rounded half up."""
    if amount.currency == currency:
        return amount
    value = amount.decimal * get_rate(amount.currency, on) / get_rate(currency, on)
    return Amount(round_half_up(value, currency), currency)
