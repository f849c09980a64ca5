"""Pledges: announced, held for longer or shorter, withdrawn, lapsed."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from fund import policy
from fund.errors import StateUnfit, ValueInvalid
from fund.models import Donor, Pledge, State
from fund.money import to_money
from fund.operations import acts
from fund.policy import Carried, Party
from fund.queries.contributions import open_pledges
from fund.queries.rates import carry
from ledger.entries import Draft
from ledger.money import Amount
from ledger.operations import writing


def announce_pledge(
    *, donor: Donor, announced_on: date, amount: Amount, by: User, note: str = "", expires_on: date | None = None
) -> Pledge:
    """Records a pledge: a memorandum at the rate of the day. `expires_on` is the last day on which it holds.

    Raises RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_pledge")
    acts.check_positive(amount)
    if expires_on:
        acts.check_not_before(expires_on, announced_on, "expires_on")
    with writing():
        acts.check_day(announced_on, "announced_on")
        pledge = Pledge(donor=donor, announced_on=announced_on, amount=to_money(amount), created_by=by)
        pledge.expires_on = expires_on
        pledge.number = acts.take_number(Pledge, announced_on)
        pledge.note = acts.clean_text(note, field="note", longest=300, required=False)
        pledge.save(force_insert=True)
        pledged = carry(amount, announced_on)
        party = Party(donor.code, donor.name)
        acts.post(policy.announce_pledge(number=pledge.number, donor=party, on=announced_on, pledged=pledged), by=by)
        acts.record("announce pledge", pledge, by=by, detail=f"{donor}: {amount}")
    return pledge


def change_last_day(pledge: Pledge, *, expires_on: date, reason: str, by: User) -> None:
    """Changes the last day on which an open pledge holds, or gives it one. Nothing is posted.

    Raises StateUnfit where nothing of it is open; ValueInvalid before today, or before what is signed of it.
    """
    acts.require(by, "change_pledge")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found = Pledge.objects.get(pk=pledge.pk)
        _get_remaining(found)
        if expires_on == found.expires_on:
            raise ValueInvalid(f"{found} holds until {expires_on} already: choose another day.", field="expires_on")
        if expires_on < timezone.localdate():
            raise ValueInvalid(f"This day is past: choose {timezone.localdate()} or later.", field="expires_on")
        acts.check_not_before(expires_on, _find_last_signed(found), "expires_on")
        found.expires_on = expires_on
        found.save(update_fields=["expires_on"])
        acts.record("change pledge", found, by=by, detail=reason)


def _find_last_signed(pledge: Pledge) -> date:
    """The last day on which something of a pledge was signed, or is about to be; otherwise that of its announcement."""
    signed = pledge.agreements.filter(cancelled_on=None).exclude(state=State.REJECTED)
    last: date | None = signed.aggregate(last=Max("signed_on"))["last"]
    return last or pledge.announced_on


def withdraw_pledge(pledge: Pledge, *, on: date, reason: str, by: User) -> None:
    """Takes back what of a pledge is not signed. Raises StateUnfit where nothing is left of it.

    What a cancelled agreement gave back to the pledge is not taken before the day of its cancellation.
    """
    _end(pledge, policy.withdraw_pledge, "withdrawn_on", "withdraw pledge", on, reason, by)


def lapse_pledge(pledge: Pledge, *, on: date, reason: str, by: User) -> None:
    """Lets lapse what of a pledge is not signed, where the donor said nothing.

    Raises what `withdraw_pledge` raises, and ValueInvalid up to the last day on which it holds.
    """
    with writing():
        found = Pledge.objects.get(pk=pledge.pk)
        if found.expires_on and on <= found.expires_on:
            raise ValueInvalid(f"{found} holds until {found.expires_on}: it lapses after that day.", field="on")
        _end(pledge, policy.lapse_pledge, "lapsed_on", "lapse pledge", on, reason, by)


def _end(pledge: Pledge, draft: Callable[..., Draft], field: str, act: str, on: date, reason: str, by: User) -> None:
    acts.require(by, "change_pledge")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        pledge.refresh_from_db()
        acts.check_day(on, "on")
        given_back_on = pledge.agreements.aggregate(last=Max("cancelled_on"))["last"]
        acts.check_not_before(on, given_back_on or pledge.announced_on, "on")
        remaining = _get_remaining(pledge)
        party = Party(pledge.donor.code, pledge.donor.name)
        acts.post(draft(number=pledge.number, donor=party, on=on, remaining=remaining, reason=reason), by=by)
        setattr(pledge, field, on)
        pledge.save(update_fields=[field])
        acts.record(act, pledge, by=by, detail=reason)


def _get_remaining(pledge: Pledge) -> Carried:
    remaining = open_pledges([pledge])[pledge.number]
    if not remaining.amount.minor:
        raise StateUnfit(f"Nothing of {pledge} is open: it is signed, withdrawn or lapsed.")
    return remaining
