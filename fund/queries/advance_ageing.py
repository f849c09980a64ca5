"""How long ago what is open of advances was paid, at the end of a day: by partner, in bands of days; reports due."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from fund.models import Payee
from fund.queries.advances import open_advances
from fund.queries.ageing import add_bands, find_band

# The last day of each band but the last, in days since the payment.
BANDS = (30, 90, 180)


@dataclass(frozen=True, slots=True)
class AgedAdvance:
    """An advance of which something was open, as `add_open` has it: for how many days, and by when it is reported."""

    advance: Any
    days: int
    due_on: date

    @property
    def is_due(self) -> bool:
        """Whether its partner should have reported."""
        late: bool = self.days > settings.PARTNER_REPORTS_AFTER_DAYS
        return late

    @property
    def functional(self) -> tuple[int, ...]:
        """What is open of it by band, as it is carried."""
        band = find_band(self.days, BANDS)
        return tuple(self.advance.carried if place == band else 0 for place in range(len(BANDS) + 1))


@dataclass(frozen=True, slots=True)
class AgedPartner:
    """What a partner has, advance by advance."""

    partner: Payee
    advances: tuple[AgedAdvance, ...]

    @property
    def functional(self) -> tuple[int, ...]:
        """What the partner has by band."""
        return add_bands((one.functional for one in self.advances), BANDS)

    @property
    def total(self) -> int:
        """All that the partner has."""
        return sum(self.functional)


def find_due_on(paid_on: date) -> date:
    """The last day on which a report of what was paid on a day is in time."""
    return paid_on + timedelta(days=settings.PARTNER_REPORTS_AFTER_DAYS)


def age_advances(*, as_of: date) -> list[AgedPartner]:
    """What each partner had at the end of a day, at the carrying amounts of that day; partners by name."""
    found: defaultdict[Payee, list[AgedAdvance]] = defaultdict(list)
    for advance in open_advances(until=as_of):
        aged = AgedAdvance(advance, (as_of - advance.paid_on).days, find_due_on(advance.paid_on))
        found[advance.partner].append(aged)
    ordered = sorted(found.items(), key=lambda item: (item[0].name.casefold(), item[0].code))
    return [AgedPartner(partner, tuple(advances)) for partner, advances in ordered]


def count_due(*, as_of: date) -> int:
    """How many advances their partners should have reported, or returned, by the end of a day."""
    return sum(one.is_due for partner in age_advances(as_of=as_of) for one in partner.advances)
