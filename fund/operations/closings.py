"""The end of a period: it is closed, and a certificate says what was in it."""

from django.contrib.auth.models import User

from fund.operations.acts import record, require
from ledger import operations as ledger
from ledger.certificates import Certificate
from ledger.operations import writing
from ledger.periods import parse_period
from ledger.queries import make_certificate


def close_period(period: str, *, by: User) -> str:
    """Closes a month (2026-01) or a fiscal year (2026) for good and returns its name.

    Periods close in order. Raises NotPermitted, PeriodUnknown, PeriodNotDue.
    """
    require(by, "close_period")
    with writing():
        closing = ledger.close_period(parse_period(period), by=by.get_username())
        record("close period", closing.period, by=by, detail=describe_closing(make_certificate(closing)))
    return closing.period


def describe_closing(seen: Certificate) -> str:
    """What the audit record of a closing says."""
    head = f", up to {seen.head}" if seen.head else ""
    return f"{seen.entries} entries, debit {seen.debit}, credit {seen.credit}, {seen.chain_entries} in all{head}"
