"""Milestones of conditional agreements: planned, accepted, taken back."""

from datetime import date

from django.contrib.auth.models import User

from fund import policy_agreements as policy
from fund.errors import MilestoneTooLarge, StateUnfit, ValueInvalid
from fund.models import Agreement, Milestone
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.reversals import reverse_entries
from fund.policy import Party, Release
from fund.queries.sub_funds import lowest_deferred
from ledger.entries import Draft
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def plan_milestone(
    agreement: Agreement, *, title: str, due_on: date, amount: Amount, by: User, note: str = ""
) -> Milestone:
    """Records what has to be done for a part of a conditional agreement's income. Nothing is posted yet.

    `amount` is in the functional currency, as what is deferred is. Raises StateUnfit, ValueInvalid.
    """
    acts.require(by, "add_milestone")
    acts.check_positive(amount)
    if amount.currency != functional_currency():
        raise ValueInvalid(f"Deferred income is in {functional_currency()}, and so are milestones.", field="amount")
    title = acts.clean_text(title, field="title", longest=200)
    with writing():
        found = Agreement.objects.get(pk=agreement.pk)
        _check_conditional(found)
        acts.check_not_before(due_on, found.signed_on, "due_on")
        position = found.milestones.count() + 1
        milestone = Milestone(agreement=found, position=position, number=f"{found.number}/M{position}", created_by=by)
        milestone.title, milestone.due_on, milestone.amount = title, due_on, to_money(amount)
        milestone.note = acts.clean_text(note, field="note", longest=300, required=False)
        milestone.save(force_insert=True)
        acts.record("plan milestone", milestone, by=by, detail=f"{title}: {amount}")
    return milestone


def accept_milestone(milestone: Milestone, *, on: date, note: str, by: User) -> None:
    """Accepts a milestone that was reached: its part of what is deferred becomes income.

    `note` says on what grounds. Raises MilestoneTooLarge beyond what is deferred then or on any later day,
    StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_milestone")
    note = acts.clean_text(note, field="note", longest=300)
    with writing():
        found = _get_standing(milestone)
        if found.accepted_on:
            raise StateUnfit(f"{found} was accepted on {found.accepted_on} already.")
        _check_conditional(found.agreement)
        acts.check_day(on, "on")
        acts.check_not_before(on, found.agreement.signed_on, "on")
        _check_deferred(found, on)
        acts.post(_to_draft(found, on), by=by)
        found.accepted_on, found.acceptance = on, note
        found.save(update_fields=["accepted_on", "acceptance"])
        acts.record("accept milestone", found, by=by, detail=note)


def reverse_milestone(milestone: Milestone, *, on: date, reason: str, by: User) -> None:
    """Takes an accepted milestone back: its income is deferred again. A planned one is dropped.

    Raises StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_milestone")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found = _get_standing(milestone)
        acts.check_day(on, "on")
        acts.check_not_before(on, found.accepted_on or found.agreement.signed_on, "on")
        reverse_entries(found.number, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse milestone", found, by=by, detail=reason)


def _get_standing(milestone: Milestone) -> Milestone:
    found = Milestone.objects.select_related("agreement__donor").get(pk=milestone.pk)
    if found.reversed_on:
        raise StateUnfit(f"{found} was taken back on {found.reversed_on}: plan another one.")
    return found


def _check_conditional(agreement: Agreement) -> None:
    limits.check_approved(agreement)
    if agreement.cancelled_on:
        raise StateUnfit(f"{agreement} was cancelled on {agreement.cancelled_on}.")
    if not agreement.is_conditional:
        raise StateUnfit(
            f"{agreement} has no conditions: its income is recognised {agreement.get_recognition_display().lower()}."
        )


def _check_deferred(milestone: Milestone, on: date) -> None:
    amount, low = to_amount(milestone.amount), lowest_deferred(milestone.agreement.sub_fund, since=on)
    if amount.minor > low.balance:
        left = Amount(max(low.balance, 0), amount.currency)
        raise MilestoneTooLarge(
            f"{milestone.agreement} has {left} deferred on {low.on}; {amount} is more. What is spent has become "
            "income already: drop this milestone and plan one of what is left.",
            field="on",
        )


def _to_draft(milestone: Milestone, on: date) -> Draft:
    agreement = milestone.agreement
    return policy.accept_milestone(
        number=milestone.number,
        agreement=agreement.number,
        donor=Party(agreement.donor.code, agreement.donor.name),
        on=on,
        title=milestone.title,
        released=Release(agreement.sub_fund, agreement.donor.code, to_amount(milestone.amount).minor),
        currency=functional_currency(),
    )
