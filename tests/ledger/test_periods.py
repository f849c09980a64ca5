from datetime import date

import pytest

from ledger.errors import PeriodUnknown
from ledger.periods import Period, following, parse_period


@pytest.mark.parametrize(
    ("text", "begins_on", "ends_on"),
    [
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (" 2026 ", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_period_has_its_days_and_its_name(text: str, begins_on: date, ends_on: date):
    period = parse_period(text)
    assert (period.begins_on, period.ends_on, str(period)) == (begins_on, ends_on, text.strip())


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-1", "26-01", "2026-01-31", "٢٠٢٦", "0000", "2026-00", "0001-01", "9999-12"]
)
def test_text_that_is_no_period_is_refused(text: str):
    with pytest.raises(PeriodUnknown, match="Write a month like 2026-01"):
        parse_period(text)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, Period(2025, 1)),
        (Period(2025, 1), Period(2025, 2)),
        (Period(2025, 12), Period(2025)),
        (Period(2025), Period(2027, 1)),
        (Period(2027), None),
    ],
)
def test_months_close_in_order_and_then_their_year(last: Period | None, due: Period | None):
    assert following(last, [2025, 2027]) == due


def test_nothing_closes_before_a_year_is_open():
    assert following(None, []) is None
