"""Rates for a book that is opened: its own `price` lines, then the fund's table."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from fund.errors import RateMissing


class BookRates:
    """The rates in force on a day, in units of the functional currency per unit of another one."""

    def __init__(
        self,
        prices: Iterable[tuple[date, str, Decimal, str]],
        *,
        functional: str,
        longest_days: int,
        get_rate: Callable[[str, date], Decimal],
    ) -> None:
        """`prices` are the book's own; one as old as `longest_days` counts, `get_rate` is asked where there is none."""
        self._longest = timedelta(days=longest_days)
        self._get_rate = get_rate
        found: defaultdict[str, dict[date, Fraction]] = defaultdict(dict)
        for on, currency, number, other in prices:
            if other == functional:
                found[currency][on] = Fraction(number)
            elif currency == functional and number:
                found[other].setdefault(on, 1 / Fraction(number))
        self._rates = {currency: sorted(rates.items()) for currency, rates in found.items()}

    def find(self, currency: str, on: date) -> Fraction:
        """The rate of a day. Raises RateMissing, which says what to add."""
        rates = self._rates.get(currency, [])
        place = bisect_right(rates, on, key=lambda rate: rate[0])
        if place and on - rates[place - 1][0] <= self._longest:
            return rates[place - 1][1]
        try:
            return Fraction(self._get_rate(currency, on))
        except RateMissing:
            oldest = on - self._longest
            raise RateMissing(
                f"Neither the book has a price nor the fund a rate of {currency} from {oldest} to {on}: add a rate."
            ) from None
