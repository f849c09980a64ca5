from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import NotPermitted, StateUnfit, ValueInvalid
from fund.models import Donor, Pledge
from fund.operations.agreements import Due
from fund.operations.pledges import announce_pledge, lapse_pledge, withdraw_pledge
from fund.queries.contributions import open_pledges
from ledger.money import parse_amount
from ledger.queries import entries
from tests.deeds import cancel_agreement, sign_agreement
from tests.shorthand import usd

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


def test_a_pledge_lapses_after_its_day_and_is_open_no_more(canada: Donor, fund_year: int, officer: User) -> None:
    facts: dict[str, Any] = {"announced_on": date(2026, 1, 5), "expires_on": date(2026, 3, 31)}
    pledge = announce_pledge(donor=canada, amount=usd("500"), **facts, by=officer)
    with pytest.raises(ValueInvalid, match="PLG-2026-0001 holds until 2026-03-31: it lapses after that day"):
        lapse_pledge(pledge, on=date(2026, 3, 31), reason="Silence", by=officer)
    lapse_pledge(pledge, on=date(2026, 4, 1), reason="Silence", by=officer)
    entry = entries().get(dated_on=date(2026, 4, 1))
    legs = sorted(entry.postings.values_list("account__name", "amount", "fund"))
    assert legs == [
        ("Equity:Memorandum:Pledged:CAN", -50000, "GENERAL"),
        ("Equity:Memorandum:Pledges", 50000, "GENERAL"),
    ]
    assert (entry.narration, open_pledges([pledge])[pledge.number].amount.minor) == (
        "Pledge PLG-2026-0001 lapsed: Silence",
        0,
    )
    with pytest.raises(StateUnfit, match="signed, withdrawn or lapsed"):
        withdraw_pledge(pledge, on=date(2026, 4, 2), reason="Again", by=officer)
    assert run_checks(lambda _: None) == []


def test_a_lapsed_pledge_is_open_again_when_its_agreement_is_cancelled(
    pledge: Pledge, canada: Donor, officer: User
) -> None:
    signed = sign_agreement(
        donor=canada,
        signed_on=date(2026, 2, 1),
        amount=usd("400"),
        instalments=[Due(date(2026, 7, 1), usd("400"))],
        pledge=pledge,
        by=officer,
    )
    lapse_pledge(pledge, on=date(2026, 3, 1), reason="Silence", by=officer)
    cancel_agreement(signed, on=date(2026, 4, 1), reason="A slip", by=officer)
    pledge.refresh_from_db()
    assert (pledge.lapsed_on, open_pledges([pledge])[pledge.number].amount.minor) == (None, 40000)
    assert run_checks(lambda _: None) == []


def test_a_pledge_that_is_said_to_have_lapsed_and_is_open_is_found(pledge: Pledge) -> None:
    Pledge.objects.update(lapsed_on=date(2026, 3, 1))
    found = run_checks(lambda _: None)
    assert "PLG-2026-0001 has USD 100,000.00 open, which it must not have." in found
    assert "PLG-2026-0001 has no audit record of “lapse pledge”." in found


def test_a_pledge_does_not_end_before_it_begins(canada: Donor, fund_year: int, officer: User) -> None:
    days: dict[str, Any] = {"announced_on": date(2026, 1, 5), "expires_on": date(2026, 1, 4)}
    with pytest.raises(ValueInvalid, match="2026-01-05 or later"):
        announce_pledge(donor=canada, amount=usd("500"), **days, by=officer)


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_only_an_officer_lets_a_pledge_lapse(pledge: Pledge, role: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        lapse_pledge(pledge, on=date(2026, 4, 1), reason="Silence", by=request.getfixturevalue(role))
