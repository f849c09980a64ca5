"""Months that runs are of, and the numbers of their runs."""

from django.utils import timezone

from fund.errors import MonthNotOver, ValueInvalid
from fund.models import Document
from ledger.errors import PeriodUnknown
from ledger.periods import Period, parse_period


def get_month(text: str) -> Period:
    """The month that a text such as 2026-06 names. Raises ValueInvalid, and MonthNotOver before its last day."""
    try:
        period = parse_period(text)
    except PeriodUnknown:
        period = None
    if period is None or not period.month:
        raise ValueInvalid(f"“{text[:20]}” is not a month. Write it like 2026-06.", field="month")
    if period.ends_on > timezone.localdate():
        raise MonthNotOver(f"{period} is not over: run it on {period.ends_on} or later.", field="month")
    return period


def take_run_number(model: type[Document], month: Period) -> str:
    """The next number of a run of the month, without gaps: `REV-2026-06`, then `REV-2026-06-2`.

    There is no series for it: runs are never deleted, and are counted under the book's lock.
    """
    number = f"{model.PREFIX}-{month}"
    count = model._default_manager.filter(number__startswith=number).count()
    return f"{number}-{count + 1}" if count else number
