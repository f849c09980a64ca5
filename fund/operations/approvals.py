"""Four eyes: who prepared a document never decides on it, nor a delegate of theirs; large ones need two others."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from fund.errors import NotPermitted, SamePerson, StateUnfit, ValueInvalid
from fund.models import Approval, Decided, Delegation, State
from fund.models.approvals import describe_delegation
from fund.operations import acts
from fund.roles import AUDITOR, say_who_may
from ledger.money import Amount, to_exact_minor
from ledger.operations import writing
from ledger.queries import functional_currency

# Longer than a leave: who needs more gives it again, and thinks of it.
LONGEST_DELEGATION = timedelta(days=92)
RIGHT = "fund.add_approval"

D = TypeVar("D", bound=Decided)


@dataclass(frozen=True, slots=True)
class Right:
    """What lets a person decide: their own role, or that of `giver`, who gave it for some days."""

    by: User
    giver: User | None = None

    @property
    def holder(self) -> User:
        """Whose right it is."""
        return self.giver or self.by


def count_needed(functional: int) -> int:
    """How many people approve an amount in minor units of the functional currency: two from a threshold on."""
    threshold = to_exact_minor(Decimal(settings.TWO_APPROVERS_FROM), functional_currency())
    return 2 if functional >= threshold else 1


def get_right(document: Decided, *, by: User) -> Right:
    """What lets `by` decide on a document, as roles and delegations are now and not when the page was opened.

    Raises SamePerson where `by`, or who gave them the right, prepared it; NotPermitted where they have none.
    """
    rights = find_rights(by)
    if not rights:
        raise NotPermitted(say_who_may("add_approval"))
    if document.created_by_id == by.pk:
        raise SamePerson(f"You prepared {document}: another person decides on it.")
    for right in rights:
        if right.holder.pk != document.created_by_id:
            return right
    raise SamePerson(f"Who gave you the right prepared {document}: somebody else decides on it.")


def find_rights(by: User) -> list[Right]:
    """All that lets a person decide, as roles and delegations are now: their own role first."""
    by = User.objects.get(pk=by.pk)
    rights = [Right(by)] if by.is_active and by.has_perm(RIGHT) else []
    return rights + [Right(by, delegation.giver) for delegation in active_delegations(by)]


def may_decide(document: Decided, *, by: User) -> bool:
    """True where a document waits, and `by` may decide on it and did not approve it yet."""
    if not document.is_waiting:
        return False
    try:
        right = get_right(document, by=by)
    except (SamePerson, NotPermitted):
        return False
    return not find_deciders(document) & {right.by.pk, right.holder.pk}


def find_deciders(document: Decided) -> set[int]:
    """Who approved a document, and who gave them the right."""
    found = Approval.objects.filter(document=document.number).values_list("by", "on_behalf_of")
    return {person for pair in found for person in pair if person}


def active_delegations(receiver: User) -> list[Delegation]:
    """The delegations to a person that hold today, of people who have the right themselves; none to an auditor."""
    if is_auditor(receiver):
        return []
    today = timezone.localdate()
    found = Delegation.objects.filter(receiver=receiver, since__lte=today, until__gte=today, ended_at=None)
    return [one for one in found.select_related("giver") if one.giver.is_active and one.giver.has_perm(RIGHT)]


def add_approval(document: Decided, *, functional: int, by: User) -> bool:
    """Records that `by` approves a document of an amount in the functional currency; True where no more is needed.

    Raises what `get_right` raises, and StateUnfit where `by`, or who gave them the right, approved it before.
    """
    right = get_right(document, by=by)
    before = Approval.objects.filter(document=document.number).count()
    if find_deciders(document) & {right.by.pk, right.holder.pk}:
        raise StateUnfit(f"You approved {document} already, or who gave you the right did: it needs another person.")
    Approval.objects.create(document=document.number, by=right.by, on_behalf_of=right.giver)
    return before + 1 >= count_needed(functional)


def get_prepared(document: D, *, by: User) -> D:
    """The document as it stands under the lock, where it waits and `by` may decide on it.

    Raises what `get_right` raises, and StateUnfit where it is decided already.
    """
    found: D = type(document)._default_manager.get(pk=document.pk)
    get_right(found, by=by)
    if not found.is_waiting:
        raise StateUnfit(
            f"{found} is {found.get_state_display().lower()} already: a decision is made once, and a mistake corrected "
            "by another document."
        )
    return found


def decide(document: Decided, state: str, *, by: User, reason: str = "") -> None:
    """Keeps what was decided on a document, and by whom."""
    document.state, document.decided_by, document.decided_at, document.reason = state, by, timezone.now(), reason
    document.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def reject(document: Decided, *, reason: str, by: User) -> None:
    """Rejects a document that waits. Raises what `get_prepared` raises, ValueInvalid."""
    reason = acts.clean_text(reason, field="reason", longest=300)
    with writing():
        found = get_prepared(document, by=by)
        decide(found, State.REJECTED, by=by, reason=reason)
        acts.record(f"reject {found._meta.verbose_name}", found, by=by, detail=reason)


def delegate(*, receiver: User, since: date, until: date, reason: str, by: User) -> Delegation:
    """Gives another person one's own right to approve, from one day to another.

    Raises NotPermitted where `by` has no such right of their own, ValueInvalid.
    """
    acts.require(by, "add_approval")
    reason = acts.clean_text(reason, field="reason", longest=300)
    today = timezone.localdate()
    with writing():
        _check_receiver(receiver, by)
        if until < max(since, today):
            raise ValueInvalid(f"Choose {max(since, today)} or later.", field="until")
        if until - since > LONGEST_DELEGATION:
            raise ValueInvalid(
                f"At most {LONGEST_DELEGATION.days} days: until {since + LONGEST_DELEGATION}.", field="until"
            )
        given = Delegation.objects.create(giver=by, receiver=receiver, since=since, until=until, reason=reason)
        acts.record("delegate approval", receiver.get_username(), by=by, detail=describe_delegation(given), of=given)
    return given


def _check_receiver(receiver: User, by: User) -> None:
    if receiver.pk == by.pk:
        raise ValueInvalid("Choose another person: one's own right needs no delegation.", field="receiver")
    if not receiver.is_active or not receiver.groups.exists():
        raise ValueInvalid("Choose a person who works in the fund.", field="receiver")
    if is_auditor(receiver):
        raise ValueInvalid(
            f"{receiver} is an auditor and decides on nothing: choose a finance officer or an approver.",
            field="receiver",
        )


def is_auditor(person: User) -> bool:
    """Whether the person audits, whatever other role there is."""
    return person.groups.filter(name=AUDITOR).exists()


def end_delegation(delegation: Delegation, *, by: User) -> None:
    """Takes a delegation back at once. Raises NotPermitted for anybody but who gave it, StateUnfit where it ended."""
    with writing():
        found = Delegation.objects.select_related("giver", "receiver").get(pk=delegation.pk)
        if found.giver_id != by.pk:
            raise NotPermitted(f"{found.giver} gave it, and can end it.")
        if found.ended_at or found.until < timezone.localdate():
            raise StateUnfit("It ended already.")
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        acts.record("end delegation", found.receiver.get_username(), by=by, of=found)


def describe_threshold() -> str:
    """From which amount on two people approve."""
    currency = functional_currency()
    return str(Amount(to_exact_minor(Decimal(settings.TWO_APPROVERS_FROM), currency), currency))
