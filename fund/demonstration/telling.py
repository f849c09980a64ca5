"""Makes the demonstration's story happen, through the fund's own operations."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User

from fund.demonstration.story import STORY
from fund.demonstration.teller import Teller
from fund.demonstration.telling_books import BOOKS
from fund.demonstration.telling_giving import GIVING
from fund.demonstration.telling_spending import SPENDING
from ledger.operations import writing

_TELL = GIVING | SPENDING | BOOKS


def build_demonstration(today: date, *, officer: User, approvers: Sequence[User]) -> None:
    """Makes the demonstration fund as it stands on `today`: this year and the last one, all of it or nothing.

    What is large needs two approvers.
    """
    with writing():
        teller = Teller(today, officer, approvers)
        teller.prepare()
        for step in sorted(STORY, key=lambda step: -step.ago):
            _TELL[type(step)](teller, step)
