"""Amounts on pages."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from djmoney.money import Money

from fund.templatetags.money import breakable, credit, debit, minor, money
from ledger.money import Amount


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123450, "USD", "1,234.50"),
        (-123450, "USD", "−1,234.50"),
        (0, "USD", "0.00"),
        (1234, "JPY", "1,234"),
        (1234567, "KWD", "1,234.567"),
        (152547119860, "USD", "1,525,471,198.60"),
        (99999999999999999, "USD", "999,999,999,999,999.99"),
        (None, "USD", ""),
    ],
)
def test_minor_units_have_their_currencys_decimals(amount, currency, text):
    assert minor(amount, currency) == text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "−1,234.50"), ("fr", "−1\xa0234,50"), ("es", "−1\xa0234,50"), ("pt-br", "−1.234,50")]
)
def test_amounts_follow_the_readers_language_and_never_break(language, text):
    with translation.override(language):
        assert minor(-123450, "USD") == text


def test_a_debit_stands_in_the_debit_column_alone():
    assert (debit(4350, "USD"), credit(4350, "USD")) == ("43.50", "")


def test_a_credit_stands_in_the_credit_column_without_its_sign():
    assert (debit(-4350, "USD"), credit(-4350, "USD")) == ("", "43.50")


def test_nothing_stands_in_either_column_for_zero_and_none():
    assert [debit(0, "USD"), credit(0, "USD"), debit(None, "USD"), credit(None, "USD")] == [""] * 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Money("1234.5", "USD"), "USD\xa01,234.50"),
        (Money("-40000", "CAD"), "CAD\xa0−40,000.00"),
        (Money("60000.00", "JPY"), "JPY\xa060,000"),
        (Money("1E+3", "USD"), "USD\xa01,000.00"),
        (Money("0.005", "USD"), "USD\xa00.005"),
        (Amount(-123450, "USD"), "USD\xa0−1,234.50"),
        (None, ""),
    ],
)
def test_money_says_its_currency_and_hides_no_decimal(value, text):
    assert money(value) == text


def test_templates_write_amounts_with_the_filters():
    template = Template("{% load money %}{{ amount|minor:currency }} {{ value|money }}")
    context = Context({"amount": -100, "currency": "USD", "value": Money(Decimal("1.5"), "EUR")})
    assert template.render(context) == "−1.00 EUR\xa01.50"


def test_an_accounts_name_breaks_after_a_colon():
    assert breakable("Assets:Bank:<A>") == "Assets:<wbr>Bank:<wbr>&lt;A&gt;"
