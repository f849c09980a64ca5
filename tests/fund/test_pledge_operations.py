from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.errors import ValueInvalid
from fund.models import Pledge
from fund.operations.agreements import Due
from fund.operations.pledges import withdraw_pledge
from fund.operations.reversals import cancel_agreement
from fund.queries.contributions import open_pledges
from ledger.money import parse_amount
from tests.deeds import sign_agreement

SIGNED, CANCELLED = date(2026, 2, 1), date(2026, 5, 1)


def test_what_a_cancelled_agreement_gave_back_is_not_withdrawn_before_that_day(pledge: Pledge, officer: User) -> None:
    amount = parse_amount("60000", "USD")
    agreement = sign_agreement(
        donor=pledge.donor,
        signed_on=SIGNED,
        amount=amount,
        instalments=[Due(SIGNED, amount)],
        pledge=pledge,
        by=officer,
    )
    cancel_agreement(agreement, on=CANCELLED, reason="Never ratified", by=officer)
    # On that day 60,000.00 of the 100,000.00 were signed still.
    with pytest.raises(ValueInvalid, match="2026-05-01 or later"):
        withdraw_pledge(pledge, on=date(2026, 4, 30), reason="Budget", by=officer)
    withdraw_pledge(pledge, on=CANCELLED, reason="Budget", by=officer)
    left = {day: open_pledges([pledge], until=day)[pledge.number].amount.minor for day in (SIGNED, CANCELLED)}
    assert left == {SIGNED: 4_000_000, CANCELLED: 0}
