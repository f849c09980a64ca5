from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import money
from ledger.errors import AmountInvalid, UnknownCurrency
from ledger.money import Amount

MINOR = st.integers(-(10**14) + 1, 10**14 - 1)
CURRENCIES = st.sampled_from(money.currencies())


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("XAF", 0), ("XCG", 2)])
def test_digits_are_those_of_iso_4217(currency: str, digits: int):
    assert money.digits(currency) == digits


@pytest.mark.parametrize("code", ["", "usd", "XAU", "XXX", "CLF", "EURO", "ZZZ"])
def test_unknown_currency_is_refused_with_examples(code: str):
    with pytest.raises(UnknownCurrency, match="such as USD"):
        money.digits(code)


def test_currency_has_an_english_name():
    assert money.currency_name("CAD") == "Canadian Dollar"


@given(MINOR, CURRENCIES)
def test_minor_units_survive_the_way_through_decimal(minor: int, currency: str):
    assert money.to_exact_minor(money.to_decimal(minor, currency), currency) == minor


@given(MINOR, st.sampled_from(["USD", "JPY", "KWD"]), st.booleans())
def test_amount_survives_the_way_through_text(minor: int, currency: str, grouped: bool):
    decimal = Amount(minor % 10**12, currency).decimal
    text = f"{decimal:,f}" if grouped else f"{decimal:f}"
    assert money.parse_amount(f" {text} ", currency) == Amount(minor % 10**12, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1,50",
        "1,5000",
        "12,34,567",
        "1.",
        ".5",
        "1 000",
        "1_000",
        "1E3",
        "NaN",
        "+1",
        "١٠",
        "1.5.5",
        "9" * 5000,
    ],
)
def test_anything_but_a_plain_amount_is_refused_with_an_example(text: str):
    with pytest.raises(AmountInvalid, match=r"Write it like 1234\.50"):
        money.parse_amount(text, "USD")


@pytest.mark.parametrize(
    ("text", "currency"), [("1.005", "USD"), ("1.5", "JPY"), ("1.0000000000000000000000000000001", "USD")]
)
def test_too_many_decimals_are_refused_and_never_rounded(text: str, currency: str):
    with pytest.raises(AmountInvalid, match="too many decimals"):
        money.parse_amount(text, currency)


def test_decimals_that_are_zero_are_no_more_than_the_currency_takes():
    assert money.parse_amount("1.500", "USD") == Amount(150, "USD")


def test_amount_beyond_a_money_field_is_refused():
    assert money.to_minor(Decimal("-999999999999.99"), "USD") == -99999999999999
    with pytest.raises(AmountInvalid, match="at most 12 digits"):
        money.to_minor(Decimal("1000000000000"), "USD")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E999999"])
def test_what_is_no_number_is_refused(value: str):
    with pytest.raises(AmountInvalid, match="not an amount"):
        money.to_minor(Decimal(value), "USD")


@pytest.mark.parametrize(("value", "minor"), [("0.005", 1), ("-0.005", -1), ("0.0049999", 0), ("2.345", 235)])
def test_rounding_is_half_away_from_zero(value: str, minor: int):
    assert money.round_half_up(Decimal(value), "USD") == minor


def test_conversion_multiplies_by_the_rate():
    assert money.convert(Amount(1000000, "CAD"), Decimal("0.75"), "USD") == 750000
    assert money.convert(Amount(1234, "USD"), Decimal("0.75"), "USD") == 1234


def test_conversion_rounds_once():
    # In the usual 28 digits the product would become half a cent first, and a cent after.
    rate = Decimal("0.00166666666666666666666666666666666")
    assert money.convert(Amount(300, "CAD"), rate, "USD") == 0


def test_share_takes_the_average_carrying_amount():
    assert money.share(4438890, 1000000, 5998500) == 740000


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12), st.integers(1, 10**12))
def test_share_is_half_away_from_zero_and_all_of_the_whole(total: int, part: int, whole: int):
    exact = Decimal(total) * part / whole
    assert abs(money.share(total, part, whole) - exact) <= Decimal("0.5000001")
    assert money.share(total, whole, whole) == total
    assert money.share(-total, part, whole) == -money.share(total, part, whole)


def test_split_gives_the_remainder_to_the_largest_fraction():
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(10000, [6173, 3112, 715]) == [6173, 3112, 715]


@given(MINOR, st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any))
def test_split_adds_up_and_no_part_is_a_unit_off(total: int, weights: list[int]):
    parts = money.split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@given(MINOR, st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any))
def test_each_part_is_found_by_itself_from_what_the_division_says(total: int, weights: list[int]):
    division = money.divide(total, weights)
    for part, weight in zip(division.parts, weights, strict=True):
        rounded, fraction = divmod(abs(total) * weight, sum(weights))
        if division.up_from is None:
            assert abs(part) == rounded
        elif fraction != division.up:
            assert abs(part) == rounded + (Fraction(fraction, sum(weights)) >= Fraction(division.up_from))
        else:
            assert abs(part) in (rounded, rounded + 1)


def test_a_division_says_its_bound_in_as_few_digits_as_it_takes():
    assert money.divide(100, [2, 1]).up_from == Decimal("0.6")
    assert money.divide(10000, [6173, 3112, 715]).up_from is None
    assert money.divide(100, [1, 1, 1]).up_from == Decimal("0.3")
    assert str(money.divide(1, [1] * 11).up_from) == "0.0"


def test_amount_reads_like_one():
    assert str(Amount(-123456789, "USD")) == "USD -1,234,567.89"
    assert str(Amount(1500, "JPY")) == "JPY 1,500"
