"""The period of a report."""

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.queries import entries, get_begins_on, open_years
from reports.errors import PeriodInvalid

# As far as fiscal years go.
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another."""

    since: date
    until: date

    @property
    def before(self) -> date:
        """The day before: its end is the opening."""
        return self.since - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.since} to {self.until}"


def make_period(since: date | None = None, until: date | None = None) -> Period:
    """A period; by default from the first day of the books to the day of the last entry. Raises PeriodInvalid."""
    if not open_years():
        raise PeriodInvalid("No fiscal year is open yet: there is nothing to report.")
    since = since or get_begins_on()
    until = until or find_last_day() or date(since.year, 12, 31)
    if since < _EARLIEST or until > _LATEST:
        raise PeriodInvalid(f"A period lies between {_EARLIEST} and {_LATEST}.", field="until")
    if until < since:
        raise PeriodInvalid(f"The period ends on {until}, before it begins on {since}.", field="until")
    return Period(since, until)


def find_last_day() -> date | None:
    """The day of the entry that is dated last."""
    last: date | None = entries().order_by("-dated_on").values_list("dated_on", flat=True).first()
    return last
