"""Where agreements stand, for what tests assert."""

from collections.abc import Iterable
from datetime import date

from fund.models import Agreement
from fund.queries.agreements import add_dues
from fund.queries.contributions import Standing


def agreement_standings(agreements: Iterable[Agreement]) -> dict[str, Standing]:
    """The standing of each agreement, by its number."""
    return {agreement.number: agreement.dues.standing for agreement in add_dues(agreements, today=date(2026, 6, 15))}
