"""Bank accounts, exchange rates and fiscal years."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from fund.errors import CodeTaken, ValueInvalid
from fund.models import BankAccount, ExchangeRate
from fund.operations.acts import clean_text, open_bank, record, require
from fund.operations.donors import clean_code
from ledger import operations as ledger
from ledger.money import digits
from ledger.operations import writing
from ledger.queries import functional_currency

# A rate this far from the one before it is more often a slip of the pen than a market.
_LARGEST_STEP = Decimal("0.2")


def add_bank_account(*, code: str, name: str, currency: str, by: User) -> BankAccount:
    """Adds a bank account and opens its account in the ledger. Raises CodeTaken, UnknownCurrency, ValueInvalid."""
    require(by, "add_bankaccount")
    code = clean_code(code)
    digits(currency)
    with writing():
        if BankAccount.objects.filter(code=code).exists():
            raise CodeTaken(f"{code} is the code of another bank account. Choose another one.", field="code")
        account = BankAccount(code=code, name=clean_text(name, field="name", longest=120), currency=currency)
        account.save(force_insert=True)
        open_bank(account)
        record("add bank account", code, by=by, detail=f"{account.name}, {currency}")
    return account


def add_rate(*, currency: str, effective_on: date, rate: Decimal, by: User, confirmed: bool = False) -> ExchangeRate:
    """Adds a rate, in units of the functional currency per unit of `currency`, in force from a day on.

    A rate is never changed: entries rest on it. Raises CodeTaken where the day has one, and ValueInvalid where it
    is a fifth away from the rate before it and not `confirmed`.
    """
    require(by, "add_exchangerate")
    functional = functional_currency()
    digits(currency)
    if currency == functional:
        raise ValueInvalid(f"The books are kept in {functional}: it needs no rate.", field="currency")
    _check_rate(rate)
    with writing():
        if ExchangeRate.objects.filter(currency=currency, effective_on=effective_on).exists():
            raise CodeTaken(f"{currency} has a rate of {effective_on}; enter one of a later day.", field="effective_on")
        if not confirmed:
            _check_step(currency, effective_on, rate)
        found = ExchangeRate(currency=currency, effective_on=effective_on, rate=rate)
        found.save(force_insert=True)
        record("add rate", f"{currency} {effective_on}", by=by, detail=f"{rate:f} {functional} per {currency}")
    return found


def _check_rate(rate: Decimal) -> None:
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int) or rate <= 0 or rate >= 10**7 or exponent < -8:
        raise ValueInvalid("A rate is more than 0 and less than 10,000,000, with at most 8 decimals.", field="rate")


def _check_step(currency: str, on: date, rate: Decimal) -> None:
    before = ExchangeRate.objects.filter(currency=currency, effective_on__lt=on).order_by("-effective_on").first()
    if before and abs(rate - before.rate) > before.rate * _LARGEST_STEP:
        raise ValueInvalid(
            f"The rate before, of {before.effective_on}, is {before.rate.normalize():f}: more than a fifth away. "
            "Correct the rate, or confirm it.",
            field="confirmed",
        )


def open_year(year: int, *, by: User) -> None:
    """Opens a fiscal year (a calendar year) for entries. Raises YearInvalid."""
    require(by, "close_period")
    with writing():
        ledger.open_year(year, by=by.get_username())
        record("open year", year, by=by)
