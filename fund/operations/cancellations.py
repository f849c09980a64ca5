"""Cancellations of agreements of which nothing is received: prepared by one person, approved by another."""

from datetime import date

from django.contrib.auth.models import User

from fund.errors import StateUnfit
from fund.models import Agreement, Cancellation, Pledge, State
from fund.money import to_amount
from fund.operations import acts
from fund.operations.amendments import check_none_waits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.reversals import check_posted, check_standing, clear_rests, reverse_entries
from fund.queries.contributions import instalment_standings
from fund.queries.receipts import has_receipts
from ledger.causes import entries_caused_by
from ledger.operations import writing
from ledger.queries import get_draft, get_last_day


def prepare_cancellation(agreement: Agreement, *, on: date, reason: str, by: User) -> Cancellation:
    """Records that an agreement is to be cancelled; all of it stands until another person approves.

    Raises StateUnfit where something of it was received or corrected or another change waits, YearNotOpen,
    PeriodClosed, ValueInvalid.
    """
    acts.require(by, "add_cancellation")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found = Agreement.objects.select_related("donor").get(pk=agreement.pk)
        check_posted(found)
        check_none_waits(found)
        _check_untouched(found, on)
        position = found.cancellations.count() + 1
        cancellation = Cancellation(agreement=found, position=position, number=f"{found.number}/C{position}")
        cancellation.dated_on, cancellation.grounds, cancellation.created_by = on, reason, by
        cancellation.save(force_insert=True)
        acts.record("prepare cancellation", cancellation, by=by, detail=f"{to_amount(found.amount)}: {reason}")
    return cancellation


def approve_cancellation(cancellation: Cancellation, *, by: User) -> bool:
    """Approves a cancellation and reverses the agreement; False where it needs another approver before that.

    What the agreement took off a pledge is open again. Raises SamePerson, and StateUnfit, YearNotOpen, ValueInvalid as
    on preparing, since others may have acted between.
    """
    with writing():
        found = get_prepared(cancellation, by=by)
        agreement = Agreement.objects.select_related("donor").get(pk=found.agreement_id)
        _check_untouched(agreement, found.dated_on)
        if not add_approval(found, functional=_weigh(agreement), by=by):
            acts.record("approve cancellation as the first of two", found, by=by, detail=found.grounds)
            return False
        _reverse(agreement, found, by)
        _reopen_pledge(agreement, by)
        agreement.cancelled_on = found.dated_on
        agreement.save(update_fields=["cancelled_on"])
        acts.record("cancel agreement", agreement, by=by, detail=f"{found}: {found.grounds}")
        decide(found, State.APPROVED, by=by)
        acts.record("approve cancellation", found, by=by, detail=found.grounds)
    return True


def _check_untouched(agreement: Agreement, on: date) -> None:
    """Nothing is received of it, written off, refunded or made income, and nothing is dated later."""
    check_standing(agreement, agreement.cancelled_on, on)
    if has_receipts(agreement):
        raise StateUnfit(f"{agreement} has receipts: reverse them first.")
    # What was written off is not owed any more, so that the opposite of the signature would go below zero.
    for corrections in (agreement.write_offs, agreement.refunds):
        standing = corrections.filter(state=State.APPROVED).first()
        if standing:
            raise StateUnfit(f"{standing} of {agreement} stands: reverse it first.")
    accepted = agreement.milestones.filter(reversed_on=None).exclude(accepted_on=None).first()
    if accepted:
        raise StateUnfit(f"{accepted} is accepted, and its income recognised: reverse it first.")
    acts.check_not_before(on, get_last_day(agreement.number), "on")


def _weigh(agreement: Agreement) -> int:
    """What needs approval (functional): all that is owed, at what it is carried at."""
    return sum(standing.carried for standing in instalment_standings(list(agreement.instalments.all())).values())


def _reverse(agreement: Agreement, cancellation: Cancellation, by: User) -> None:
    """Posts the opposite of its entries and its amendments'. They were the agreement's, and name its cancellation."""
    on, reason = cancellation.dated_on, cancellation.grounds
    numbers = (agreement.number, *agreement.amendments.values_list("number", flat=True))
    legs = [leg for number in numbers for entry in entries_caused_by(number) for leg in get_draft(entry).legs]
    for number in numbers:
        reverse_entries(number, on=on, reason=reason, by=by, links=(cancellation.number,))
    clear_rests(agreement.number, agreement.donor.name, legs, on=on, by=by)


def _reopen_pledge(agreement: Agreement, by: User) -> None:
    """What was withdrawn or lapsed of the pledge was what the agreement had left of it."""
    pledge = Pledge.objects.filter(agreements=agreement).first()
    if pledge and pledge.ended_on:
        pledge.withdrawn_on = pledge.lapsed_on = None
        pledge.save(update_fields=["withdrawn_on", "lapsed_on"])
        acts.record("reopen pledge", pledge, by=by, detail=str(agreement))
