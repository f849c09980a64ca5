"""Pledges: announced, withdrawn."""

from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max

from fund import policy
from fund.errors import StateUnfit
from fund.models import Donor, Pledge
from fund.money import to_money
from fund.operations import acts
from fund.policy import Party
from fund.queries.contributions import open_pledges
from fund.queries.rates import carry
from ledger.money import Amount
from ledger.operations import writing


def announce_pledge(*, donor: Donor, announced_on: date, amount: Amount, by: User, note: str = "") -> Pledge:
    """Records a pledge: a memorandum at the rate of the day. Raises RateMissing, YearNotOpen, ValueInvalid."""
    acts.require(by, "add_pledge")
    acts.check_positive(amount)
    with writing():
        acts.check_day(announced_on, "announced_on")
        pledge = Pledge(donor=donor, announced_on=announced_on, amount=to_money(amount), created_by=by)
        pledge.number = acts.take_number(Pledge, announced_on)
        pledge.note = acts.clean_text(note, field="note", longest=300, required=False)
        pledge.save(force_insert=True)
        pledged = carry(amount, announced_on)
        party = Party(donor.code, donor.name)
        acts.post(policy.announce_pledge(number=pledge.number, donor=party, on=announced_on, pledged=pledged), by=by)
        acts.record("announce pledge", pledge, by=by, detail=f"{donor}: {amount}")
    return pledge


def withdraw_pledge(pledge: Pledge, *, on: date, reason: str, by: User) -> None:
    """Takes back what of a pledge is not signed. Raises StateUnfit where nothing is left of it.

    What a cancelled agreement gave back to the pledge is not taken before the day of its cancellation.
    """
    acts.require(by, "change_pledge")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        acts.check_day(on, "on")
        given_back_on = pledge.agreements.aggregate(last=Max("cancelled_on"))["last"]
        acts.check_not_before(on, given_back_on or pledge.announced_on, "on")
        remaining = open_pledges([pledge])[pledge.number]
        if not remaining.amount.minor:
            raise StateUnfit(f"Nothing of {pledge} is open: it is signed or withdrawn.")
        party = Party(pledge.donor.code, pledge.donor.name)
        draft = policy.withdraw_pledge(number=pledge.number, donor=party, on=on, remaining=remaining, reason=reason)
        acts.post(draft, by=by)
        pledge.withdrawn_on = on
        pledge.save(update_fields=["withdrawn_on"])
        acts.record("withdraw pledge", pledge, by=by, detail=reason)
