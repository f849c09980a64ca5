from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from fund.errors import CodeTaken, RateMissing, ValueInvalid
from fund.models import BankAccount, ExchangeRate
from fund.operations.treasury import add_bank_account, add_rate
from fund.queries.rates import carry, exchange, get_rate
from ledger.errors import UnknownCurrency
from ledger.money import Amount


def rate(
    by: User, value: str, day: str = "2026-01-01", currency: str = "CAD", *, confirmed: bool = False
) -> ExchangeRate:
    on = date.fromisoformat(day)
    return add_rate(currency=currency, effective_on=on, rate=Decimal(value), by=by, confirmed=confirmed)


def test_the_rate_of_a_day_is_the_latest_in_force(officer: User) -> None:
    rate(officer, "0.73")
    rate(officer, "0.74", "2026-02-01")
    assert get_rate("CAD", date(2026, 1, 31)) == Decimal("0.73")
    assert get_rate("CAD", date(2026, 2, 1)) == Decimal("0.74")


def test_a_rate_is_in_force_for_45_days(officer: User) -> None:
    rate(officer, "0.73")
    get_rate("CAD", date(2026, 2, 15))
    with pytest.raises(RateMissing, match="the latest is of 2026-01-01"):
        get_rate("CAD", date(2026, 2, 16))
    with pytest.raises(RateMissing, match="No CAD rate of 0001-01-01 to 0001-01-02"):
        get_rate("CAD", date(1, 1, 2))


def test_the_functional_currency_needs_no_rate(officer: User) -> None:
    assert get_rate("USD", date(2026, 1, 1)) == 1
    with pytest.raises(ValueInvalid, match="kept in USD"):
        rate(officer, "1", currency="USD")


def test_a_days_rate_is_entered_once(officer: User) -> None:
    rate(officer, "0.73")
    with pytest.raises(CodeTaken, match="later day"):
        rate(officer, "0.74")


def test_a_rate_far_from_the_one_before_needs_to_be_confirmed(officer: User) -> None:
    rate(officer, "0.73")
    with pytest.raises(ValueInvalid, match=r"of 2026-01-01, is 0\.73: more than a fifth away"):
        rate(officer, "7.3", "2026-02-01")
    rate(officer, "7.3", "2026-02-01", confirmed=True)


@pytest.mark.parametrize("value", ["0", "-1", "10000000", "0.123456789", "NaN", "Infinity"])
def test_a_rate_that_cannot_be_kept_exactly_is_refused(officer: User, value: str) -> None:
    with pytest.raises(ValueInvalid):
        rate(officer, value)


def test_a_rate_comes_back_as_it_was_entered(officer: User) -> None:
    rate(officer, "1234567.12345678")
    assert ExchangeRate.objects.get().rate == Decimal("1234567.12345678")


def test_an_amount_is_carried_at_the_rate_of_the_day_rounded_half_up(officer: User) -> None:
    rate(officer, "0.735")
    assert carry(Amount(100, "CAD"), date(2026, 1, 1)).functional == 74
    assert exchange(Amount(735, "USD"), "CAD", date(2026, 1, 1)) == Amount(1000, "CAD")


def test_a_bank_account_opens_its_account_in_its_currency(officer: User) -> None:
    account = add_bank_account(code="rbc-cad", name="Royal Bank", currency="CAD", by=officer)
    assert (account.account, str(account)) == ("Assets:Bank:RBC-CAD", "RBC-CAD · Royal Bank")


@pytest.mark.parametrize("currency", ["", "XXX", "usd", "BTC"])
def test_a_bank_account_in_an_unknown_currency_is_refused(officer: User, currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        add_bank_account(code="A", name="A", currency=currency, by=officer)
    assert not BankAccount.objects.exists()


def test_a_bank_accounts_code_is_taken_once(officer: User) -> None:
    add_bank_account(code="A", name="A", currency="USD", by=officer)
    with pytest.raises(CodeTaken):
        add_bank_account(code="a", name="B", currency="CAD", by=officer)
