"""The check of the books as a step of the period's end."""

from django.contrib.auth.models import User

from fund import checks
from fund.operations import acts
from fund.operations.months import get_month
from fund.queries.period_end import CHECK, describe_check
from ledger import checks as ledger_checks
from ledger.operations import writing


def check_books(*, month: str, by: User) -> list[str]:
    """Runs every check, as check_ledger does, and records what it found. Returns the problems. Raises MonthNotOver."""
    acts.require(by, "close_period")
    period = get_month(month)
    with writing():
        found = [*ledger_checks.run_checks(_keep_quiet), *checks.run_checks(_keep_quiet)]
        acts.record(CHECK, period, by=by, detail=describe_check(len(found)))
    return found


def _keep_quiet(text: str) -> None:
    """Nobody watches how far it is."""
