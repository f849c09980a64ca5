"""What lines weigh and are worth: exact as written, dust told from fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.books.valuation import Valuation, round_together
from imports.books.weights import Weighed, add_up, settle, to_exact_minor, weigh
from ledger.errors import AmountInvalid
from ledger.quarantine import read_book

HEAD = "2026-01-01 open Assets:A\n2026-01-01 open Assets:B\n2026-01-01 open Assets:C\n2026-01-02 * ''\n".replace(
    "''", '""'
)


def read(*lines: str) -> list[Weighed]:
    (entry,) = read_book((HEAD + "".join(f"  {line}\n" for line in lines)).encode()).entries
    return weigh(entry.lines)


def test_a_total_price_weighs_what_was_written():
    assert add_up(read("Assets:A  3.00 EUR @@ 10.00 USD", "Assets:B  -10.00 USD")) == {}
    assert add_up(read("Assets:A  -7 EUR @@ 9.99 USD", "Assets:B  9.99 USD")) == {}


def test_the_dust_of_what_beancount_computed_is_nothing():
    found = read("Assets:A  3.00 EUR @@ 10.00 USD", "Assets:B")
    assert found[1].line.number != -10
    assert found[1].number == -10
    assert add_up(found) == {}


def test_a_price_that_beancount_computed_is_what_the_others_leave():
    assert add_up(read("Assets:A  3.00 EUR @ USD", "Assets:B  -10.00 USD")) == {}


@pytest.mark.parametrize(
    ("lines", "off"),
    [
        (("Assets:A  10.00 USD", "Assets:B  -9.996 USD"), "0.004"),
        (("Assets:A  10.0 USD", "Assets:B  -9.96 USD"), "0.04"),
        (("Assets:A  10.00 EUR @ 1.1234 USD", "Assets:B  -11.23 USD"), "0.004"),
        (("Assets:A  3.00 EUR @ 3.333333333333333333333333333 USD", "Assets:B  -10.00 USD"), "-1E-27"),
        (("Assets:A  10.00 EUR @ 1.1234 USD", "Assets:B  -1.00 USD", "Assets:C"), "0.004"),
    ],
)
def test_a_written_fraction_is_off_however_small(lines: tuple[str, ...], off: str):
    assert add_up(read(*lines)) == {"USD": Fraction(off)}


def test_amounts_fit_their_currency_exactly():
    assert to_exact_minor(Fraction("12.34"), "USD") == 1234
    with pytest.raises(AmountInvalid, match=r"12\.345 has too many decimals: USD takes at most 2 decimals"):
        to_exact_minor(Fraction("12.345"), "USD")
    assert settle(Decimal("-9.999999999999999999999999999"), "USD") == -1000
    with pytest.raises(AmountInvalid):
        settle(Decimal("9.999"), "USD")


def value(*lines: str, rate: str = "0") -> list[int]:
    return Valuation("USD", lambda _: Fraction(rate)).value(read(*lines))


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        (("Assets:A  3.00 EUR @@ 10.00 USD", "Assets:B  -10.00 USD"), [1000, -1000]),
        (("Assets:A  90.00 EUR", "Assets:B  -100.00 USD @@ 90.00 EUR"), [10000, -10000]),
        (("Assets:A  45 EUR", "Assets:B  -100.01 USD @@ 90 EUR", "Assets:C  45 EUR"), [5001, -10001, 5000]),
        (("Assets:A  1.00 EUR @ 1.005 USD", "Assets:B  1.00 EUR @ 1.005 USD", "Assets:C  -2.01 USD"), [101, 100, -201]),
        (("Assets:A  1.00 EUR", "Assets:B  0.50 EUR", "Assets:C  -1.50 EUR"), [111, 56, -167]),
        (("Assets:A  5.00 CAD @@ 3.00 EUR", "Assets:B  -3.00 EUR"), [333, -333]),
    ],
)
def test_lines_are_worth_what_their_prices_say_or_the_rate_of_the_day(lines: tuple[str, ...], values: list[int]):
    assert value(*lines, rate="1.11") == values


def test_prices_that_contradict_one_another_tell_no_worth():
    with pytest.raises(AmountInvalid, match="The prices in EUR do not tell what its lines are worth in USD"):
        value("Assets:A  10.00 USD @@ 20.00 EUR", "Assets:B  -20.00 USD @@ 20.00 EUR")


@given(st.lists(st.builds(Fraction, st.integers(-9999, 9999), st.integers(1, 300)), max_size=8))
def test_rounding_together_keeps_the_sum_and_stays_within_a_unit(values: list[Fraction]):
    values.append(-sum(values, Fraction()))
    rounded = round_together(values)
    assert sum(rounded) == 0
    assert all(abs(one - exact) < 2 and one * exact >= 0 for one, exact in zip(rounded, values, strict=True))
    assert all(one == exact for one, exact in zip(rounded, values, strict=True) if exact.denominator == 1)
