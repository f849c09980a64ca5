"""What each line of a transaction is worth in the functional currency, to the minor unit and adding up. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from imports.books.weights import Weighed
from ledger.errors import AmountInvalid
from ledger.money import digits, split

# Units of the functional currency per unit of a currency, on the transaction's day. Raises RateMissing.
FindRate = Callable[[str], Fraction]


@dataclass(frozen=True, slots=True)
class Valuation:
    """How lines are valued: the functional currency, and the rates of a day for what no price ties to it."""

    functional: str
    find_rate: FindRate

    def value(self, lines: Sequence[Weighed]) -> list[int]:
        """Minor units of the functional currency for each line. The lines are exactly zero in each currency.

        A line in the functional currency is worth its own amount; a price in it is exact; lines that are priced in
        another currency together with some in the functional one share what those are worth; the rest takes the rate
        of the day. Raises AmountInvalid where the prices contradict one another, RateMissing.
        """
        values: list[int | None] = [None] * len(lines)
        for currency in {line.currency for line in lines}:
            places = [place for place, line in enumerate(lines) if line.currency == currency]
            found = self._value_alike([lines[place] for place in places], currency)
            for place, value in zip(places, found, strict=True):
                values[place] = value
        return [value for value in values if value is not None]

    def _value_alike(self, lines: Sequence[Weighed], currency: str) -> list[int]:
        unit = 10 ** digits(self.functional)
        if currency == self.functional:
            return round_together([line.weight * unit for line in lines])
        fixed = [line.number * unit for line in lines if self._is_known(line)]
        loose = [line.weight for line in lines if not self._is_known(line)]
        rate = self._find_rate(-sum(fixed), loose, currency) if fixed else self.find_rate(currency) * unit
        return round_together([line.number * unit if self._is_known(line) else line.weight * rate for line in lines])

    def _is_known(self, line: Weighed) -> bool:
        return line.line.currency == self.functional

    def _find_rate(self, worth: Fraction, weights: Sequence[Fraction], currency: str) -> Fraction:
        """Minor units per unit of `currency` by which lines of these weights are together worth `worth`."""
        weight = sum(weights, Fraction())
        if weight and worth / weight > 0:
            return worth / weight
        if weight or worth:
            raise AmountInvalid(f"The prices in {currency} do not tell what its lines are worth in {self.functional}.")
        return self.find_rate(currency) * 10 ** digits(self.functional) if weights else Fraction()


def round_together(values: Sequence[Fraction]) -> list[int]:
    """Integers for numbers that add up to an integer, with the same sum; what is an integer stays.

    Debits are rounded as a whole, half up, and shared by largest fraction (accounting policy, rule 3); credits take
    what is left in the same way. `round_together([5/3, 4/3, -3])` is [2, 1, -3].
    """
    found = [int(value) for value in values]
    debits = [place for place, value in enumerate(values) if value.denominator != 1 and value > 0]
    credits = [place for place, value in enumerate(values) if value.denominator != 1 and value < 0]
    total = sum((values[place] for place in (*debits, *credits)), Fraction())
    assert total.denominator == 1
    debited = int(sum((values[place] for place in debits), Fraction()) + Fraction(1, 2))
    for places, part in ((debits, debited), (credits, int(total) - debited)):
        if places:
            scale = lcm(*(values[place].denominator for place in places))
            weights = [int(abs(values[place]) * scale) for place in places]
            for place, share in zip(places, split(part, weights), strict=True):
                found[place] = share
    return found
