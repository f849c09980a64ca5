"""What each line of a transaction weighs, exactly as it was written. Pure.

Beancount accepts half a unit of the last decimal, and keeps a total price as the price of one unit, which leaves dust
some 25 digits down. Here the written total counts, and a number that Beancount computed is what the other lines leave
where the two differ by no more than dust.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from ledger.errors import AmountInvalid
from ledger.money import digits
from ledger.quarantine import OutsideLine

# Far below any minor unit, far above what 28 digits lose of the largest amount that the books take.
_DUST = Fraction(1, 10**12)
_SHOWN = Context(prec=28)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line with its exact number in major units, and its weight: what it adds to the transaction, and in what."""

    line: OutsideLine
    number: Fraction
    weight: Fraction
    currency: str


def weigh(lines: Sequence[OutsideLine]) -> list[Weighed]:
    """The lines of one transaction, weighed: 3 EUR @@ 10 USD weigh exactly 10 USD."""
    written = [_find_written(line) for line in lines]
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    computed: defaultdict[str, int] = defaultdict(int)
    for line, weight in zip(lines, written, strict=True):
        if weight is None:
            computed[_currency(line)] += 1
        else:
            sums[_currency(line)] += weight
    found = []
    for line, weight in zip(lines, written, strict=True):
        currency = _currency(line)
        if weight is None:
            weight = _clean(_find_own(line), -sums[currency] if computed[currency] == 1 else None)
        is_plain = line.price is None and line.cost is None
        found.append(Weighed(line, weight if is_plain else Fraction(line.number), weight, currency))
    return found


def _currency(line: OutsideLine) -> str:
    return (line.cost or line.price or line).currency


def _find_written(line: OutsideLine) -> Fraction | None:
    """The weight where everything was written, otherwise None."""
    return None if line.is_computed else _find_own(line)


def _find_own(line: OutsideLine) -> Fraction | None:
    """The weight by Beancount's own numbers; None where they do not tell."""
    number, price = Fraction(line.number), line.cost or line.price
    if price is None:
        return number
    if price.number is None:
        return None
    if price.is_total:
        return Fraction(price.number) if number > 0 else -Fraction(price.number)
    return number * Fraction(price.number)


def _clean(own: Fraction | None, left: Fraction | None) -> Fraction:
    """What the other lines leave, where Beancount's own number says the same but for dust."""
    if own is None:
        return left or Fraction(0)
    return left if left is not None and abs(own - left) <= _DUST else own


def add_up(lines: Sequence[Weighed]) -> dict[str, Fraction]:
    """What a transaction, or a part of one, is off by in each currency; empty where it is exactly zero.

    Beancount divides costs of whole lots, too, and keeps no total of them: beside a cost, dust is nothing.
    """
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        sums[line.currency] += line.weight
    dust = _DUST if any(line.line.cost for line in lines) else 0
    return {currency: total for currency, total in sums.items() if abs(total) > dust}


def to_exact_minor(number: Fraction, currency: str) -> int:
    """Minor units of an exact number of major units. Raises AmountInvalid, never rounds, and UnknownCurrency."""
    minor = number * 10 ** digits(currency)
    if minor.denominator != 1:
        places = digits(currency)
        allowed = f"at most {places} decimals" if places else "no decimals"
        raise AmountInvalid(f"{show(number)} has too many decimals: {currency} takes {allowed}.")
    return int(minor)


def settle(number: Decimal, currency: str) -> int:
    """Minor units of a sum of beanquery's, which has the dust of what Beancount computed. Raises AmountInvalid."""
    exact = Fraction(number)
    nearest = Fraction(round(exact * 10 ** digits(currency)), 10 ** digits(currency))
    return to_exact_minor(nearest if abs(nearest - exact) <= _DUST else exact, currency)


def show(number: Fraction) -> str:
    """The number in digits, with all of its decimals up to 28 digits."""
    return f"{_SHOWN.divide(Decimal(number.numerator), Decimal(number.denominator)):f}"
