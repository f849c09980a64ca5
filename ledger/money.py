"""Amounts in minor units, their currencies, rounding and exact division. Pure: no Django, no clock.

The ledger holds an amount as an integer in the minor unit of its currency (USD 12.34 is 1234, JPY 12 is 12,
KWD 1.234 is 1234). The minor units are those of ISO 4217.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import cache

import moneyed

from ledger.errors import AmountInvalid, UnknownCurrency

# Codes of ISO 4217 that begin with X and are money; the other X codes are metals, funds units and tests.
_SHARED_CURRENCIES = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})

# In circulation since 2025 (Curaçao and Sint Maarten) and 2024 (Zimbabwe); moneyed does not know them yet.
for _code, _numeric in (("XCG", "532"), ("ZWG", "924")):
    if _code not in moneyed.CURRENCIES:
        moneyed.add_currency(_code, _numeric, sub_unit=100)

# A fund document's money field holds 15 digits, 3 of them decimals: SQLite keeps them in a float, exact up to there.
LARGEST = Decimal(10) ** 12
MOST_DECIMALS = 3

# Plain digits, or digits in groups of three. Nothing else: Decimal() would take "1_000", "NaN" and "1E3", and a
# lone "1,50" is one and a half in half of the world and a slip in the other half.
_AMOUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
_LONGEST_TEXT = 40

# The usual context keeps 28 digits and rounds the rest away in silence; this one refuses to lose any.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in minor units with its currency. Debit positive where it has a side."""

    minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        """The amount in major units with the currency's own number of decimals."""
        return to_decimal(self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal:,f}"


@cache
def currencies() -> tuple[str, ...]:
    """The codes of every currency that the books can hold, in alphabetical order."""
    return tuple(sorted(filter(_is_money, moneyed.CURRENCIES)))


def _is_money(code: str) -> bool:
    # Units of account with four decimals (CLF, UYW) are no money and fit no money field.
    return (not code.startswith("X") or code in _SHARED_CURRENCIES) and _decimals(code) <= MOST_DECIMALS


def _decimals(code: str) -> int:
    return len(str(moneyed.get_currency(code).sub_unit)) - 1


@cache
def _known() -> frozenset[str]:
    return frozenset(currencies())


@cache
def digits(currency: str) -> int:
    """The number of decimals of `currency`: USD 2, JPY 0, KWD 3. Raises UnknownCurrency."""
    if currency not in _known():
        raise UnknownCurrency(
            f"{currency or 'An empty code'} is not a currency. Use a code of ISO 4217, such as USD, CAD or EUR.",
            field="currency",
        )
    return _decimals(currency)


def currency_name(currency: str) -> str:
    """The English name of `currency`: `currency_name("CAD")` is "Canadian Dollar". Raises UnknownCurrency."""
    digits(currency)
    return str(moneyed.get_currency(currency).get_name("en"))


def to_decimal(minor: int, currency: str) -> Decimal:
    """Major units of an integer in minor units: `to_decimal(1234, "USD")` is Decimal("12.34")."""
    return Decimal(minor).scaleb(-digits(currency), _EXACT)


def to_minor(value: Decimal, currency: str) -> int:
    """Minor units of a decimal from outside, which must fit a money field. Raises AmountInvalid, never rounds.

    `to_minor(Decimal("12.34"), "USD")` is 1234.
    """
    minor = to_exact_minor(value, currency)
    if abs(minor) >= _limit(currency):
        raise AmountInvalid(f"{value:f} is too large: at most 12 digits before the point.", field="amount")
    return minor


@cache
def _limit(currency: str) -> int:
    """The first number of minor units that fits no money field."""
    return int(LARGEST.scaleb(digits(currency)))


def to_exact_minor(value: Decimal, currency: str) -> int:
    """Minor units of a decimal of any size. Raises AmountInvalid where it has too many decimals, never rounds."""
    places = digits(currency)
    try:
        if value.is_zero():
            return 0
        return int(value.scaleb(places, _EXACT).quantize(_ONE, context=_EXACT))
    except (InvalidOperation, Overflow, ValueError):
        raise AmountInvalid(f"{value} is not an amount that the books can hold.", field="amount") from None
    except Inexact:
        allowed = f"at most {places} decimals" if places else "no decimals"
        raise AmountInvalid(f"{value} has too many decimals: {currency} takes {allowed}.", field="amount") from None


def parse_amount(text: str, currency: str) -> Amount:
    """The amount that an outside text states, exactly. Raises AmountInvalid or UnknownCurrency.

    Takes `1234.5`, `1,234.50` and `-3`; refuses exponents, other scripts' digits, blanks inside and a lone
    decimal comma. `parse_amount("1,234.50", "USD")` is Amount(123450, "USD").
    """
    cleaned = text.strip()
    if len(cleaned) > _LONGEST_TEXT or not _AMOUNT.fullmatch(cleaned):
        example = to_decimal(123450 * 10 ** digits(currency) // 100, currency)
        raise AmountInvalid(
            f"“{cleaned[:_LONGEST_TEXT]}” is not an amount. Write it like {example}.",
            field="amount",
        )
    return Amount(to_minor(Decimal(cleaned.replace(",", "")), currency), currency)


def round_half_up(value: Decimal, currency: str) -> int:
    """Minor units of `value` (major units), half away from zero (accounting policy, rule 3)."""
    return int(value.scaleb(digits(currency), _EXACT).to_integral_value(ROUND_HALF_UP))


def convert(amount: Amount, rate: Decimal, currency: str) -> int:
    """Minor units of `currency` that `amount` is worth; `rate` is units of `currency` per unit of the amount's.

    10,000.00 CAD at 0.7500 USD per CAD: `convert(Amount(1000000, "CAD"), Decimal("0.75"), "USD")` is 750000.
    """
    if amount.currency == currency:
        return amount.minor
    return round_half_up(_EXACT.multiply(amount.decimal, rate), currency)


def share(total: int, part: int, whole: int) -> int:
    """What `part` of `whole` is of `total`, half away from zero; all of it where `part` is the whole.

    The average carrying amount that leaves with part of a balance (accounting policy, rule 4): of 44,388.90
    carried for 59,985.00, 10,000.00 take `share(4438890, 1000000, 5998500)`, 740000.
    """
    assert whole != 0
    product = total * part
    sign = -1 if (product < 0) != (whole < 0) else 1
    return sign * ((2 * abs(product) + abs(whole)) // (2 * abs(whole)))


@dataclass(frozen=True, slots=True)
class Division:
    """A total in parts that add up to it, and what tells each part by itself.

    A part is rounded towards zero, and is one unit more where its fraction of a unit is `up` or more, in units of
    1/`whole`; of those that are just `up`, the first ones. None where the division leaves no unit over. `down` is the
    largest fraction below it.
    """

    parts: list[int]
    whole: int
    up: int | None = None
    down: int = -1

    @property
    def up_from(self) -> Decimal | None:
        """From which fraction on a part is one unit more: the shortest number that tells them apart."""
        if self.up is None:
            return None
        places = 1
        while self.up * 10**places // self.whole * self.whole <= self.down * 10**places:
            places += 1
        return Decimal(self.up * 10**places // self.whole).scaleb(-places, _EXACT)


def divide(total: int, weights: Sequence[int]) -> Division:
    """`total` divided by `weights` so that the parts add up to it exactly.

    Each part is rounded towards zero; the units left over go to the largest fractions, the first of equals
    (accounting policy, rule 3). Weights are not negative, and not all 0. `divide(100, [2, 1]).up_from` is 0.6: of
    66.67 and 33.33, a fraction of 0.6 or more gets the unit.
    """
    whole = sum(weights)
    assert whole > 0
    assert min(weights) >= 0
    sign = -1 if total < 0 else 1
    parts = [abs(total) * weight // whole for weight in weights]
    left = abs(total) - sum(parts)
    if not left:
        return Division([sign * part for part in parts], whole)
    fractions = [abs(total) * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-fractions[index], index))
    for index in order[:left]:
        parts[index] += 1
    up = fractions[order[left - 1]]
    down = max((fraction for fraction in fractions if fraction < up), default=-1)
    return Division([sign * part for part in parts], whole, up, down)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """The parts of `divide`: `split(100, [1, 1, 1])` is [34, 33, 33]."""
    return divide(total, weights).parts
