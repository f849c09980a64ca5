"""Who made and decided documents, and who was paid: documents against the audit records and their entries."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef

from fund.checks.instants import Done, Recorded, are_near, to_minute
from fund.checks.kinds import KINDS
from fund.models import (
    Advance,
    AdvanceReport,
    AdvanceReturn,
    Approval,
    AuditRecord,
    Decided,
    Delegation,
    Disbursement,
    Document,
    Obligation,
    Payee,
    State,
)
from fund.models.approvals import describe_delegation
from ledger.checks import Report
from ledger.queries import entries


def check_people(
    document: Any, acts: Sequence[str], done: Mapping[str, Done], instants: Sequence[str]
) -> Iterator[str]:
    """A document has the audit records of its `acts`, and says who made and decided it, and when, as `done` has it."""
    yield from (f"{document} has no audit record of “{act}”." for act in acts if act not in done)
    first, *others = acts
    named = {first: document.created_by_id}
    if isinstance(document, Decided) and needs_approval(acts):
        named |= dict.fromkeys(others[:1], document.decided_by_id)
        noun = first.removeprefix("prepare ")
        for act in (f"approve {noun}", f"reject {noun}"):
            if act in done and act not in others:
                yield f"{document} is {document.get_state_display().lower()}, and has an audit record of “{act}”."
        if not others and (document.decided_by_id or any(instants[1:])):
            yield f"{document} is not decided, and says by whom or when."
    for (act, person), minute in zip(named.items(), instants, strict=False):
        who, at = done.get(act, (person, minute))
        if who != person:
            yield f"{document} names another person than the audit record of “{act}”."
        if at != minute and not are_near(at, minute):
            yield f"{document} has {minute or 'nothing'} as the minute of “{act}”, its audit record {at} (UTC)."


def needs_approval(acts: Sequence[str]) -> bool:
    """False for what was recorded before its kind needed approval."""
    return acts[0].startswith("prepare ")


# The payee of what money goes to, and the partner of what is advanced, reported and returned.
_PAYEES: dict[type[Document], Callable[[Any], Payee]] = {
    Disbursement: attrgetter("payee"),
    Obligation: attrgetter("payee"),
    Advance: attrgetter("partner"),
    AdvanceReport: attrgetter("advance.partner"),
    AdvanceReturn: attrgetter("advance.partner"),
}


def check_payees(report: Report) -> Iterator[str]:
    """Every entry of a payment, a contract, an advance and of what a partner reports and returns names its payee."""
    kinds = [kind for kind in KINDS if kind.model in _PAYEES]
    for documents in chain.from_iterable(kind.chunks(report) for kind in kinds):
        payees = {document.number: _PAYEES[type(document)](document).name for document in documents}
        rows = entries().filter(links__position=0, links__document__in=payees).order_by("id")
        for number, document, payee in rows.values_list("number", "links__document", "payee"):
            if payees[document] != payee:
                yield f"{document} names {payees[document]}, its entry {number} {payee}."


def check_approvals(report: Report) -> Iterator[str]:
    """Every document that needs approval has that of who decided it, and of nobody who prepared it or stood in."""
    for kind in KINDS:
        if not issubclass(kind.model, Decided):
            continue
        for documents in kind.chunks(report):
            found = _find_approvals([document.number for document in documents])
            for document in documents:
                people = found[document.number]
                is_approved = document.state not in _NOT_APPROVED and needs_approval(kind.acts(document))
                if is_approved and document.decided_by_id not in people:
                    yield f"{document} was decided by somebody who did not approve it."
                if document.created_by_id in people:
                    yield f"{document} was approved by who prepared it, or in their place."
            yield from _compare_approvals([document.number for document in documents])


_NOT_APPROVED = (State.PREPARED, State.REJECTED)


def _compare_approvals(numbers: Sequence[str]) -> Iterator[str]:
    """Nobody is added to who approved a document: a second approver may be one whom nobody asked."""
    acts = AuditRecord.objects.filter(subject__in=numbers, act__startswith="approve ")
    recorded = Recorded(acts, "subject", "user")
    approved = Approval.objects.filter(document__in=numbers).values_list("document", "by", to_minute("at"))
    wrong = {number for number, person, minute in approved if not recorded.take(number, person, minute=minute)}
    for number in sorted(wrong | {number for number, *_ in recorded.left()}):
        yield f"{number} has approvals of other people, or times, than its audit records."


def check_delegations(report: Report) -> Iterator[str]:
    """Every delegation has the audit records of who gave and ended it, as these have theirs; approvals rest on one."""
    recorded = Recorded(AuditRecord.objects.filter(act="delegate approval"), "user", "subject", "detail")
    ended = Recorded(AuditRecord.objects.filter(act="end delegation"), "user", "subject")
    minutes = {"minute": to_minute("given_at"), "end": to_minute("ended_at")}
    found: Any = Delegation.objects.select_related("receiver").annotate(**minutes)
    for one in found.iterator():
        receiver, detail = one.receiver.get_username()[:60], describe_delegation(one)
        if not recorded.take(one.giver_id, receiver, detail, minute=one.minute):
            yield f"No audit record has the delegation to {receiver} ({detail})."
        if one.end and not ended.take(one.giver_id, receiver, minute=one.end):
            yield f"A delegation to {receiver} ({detail}) ended at {one.end} (UTC), which no audit record has."
    for _giver, receiver, detail, _minute in recorded.left():
        yield f"The delegation to {receiver} ({detail}) is gone: an audit record has it."
    for _giver, receiver, minute in ended.left():
        yield f"A delegation to {receiver} was ended at {minute} (UTC), and stands."
    day = OuterRef("at__date")
    given = Delegation.objects.filter(giver=OuterRef("on_behalf_of"), since__lte=day, until__gte=day)
    approved = Approval.objects.exclude(on_behalf_of=None).filter(~Exists(given.filter(receiver=OuterRef("by"))))
    for number in approved.values_list("document", flat=True):
        yield f"{number} was approved in the place of somebody who did not delegate that."


def _find_approvals(documents: Sequence[str]) -> dict[str, set[int]]:
    """Who approved each document, and in whose place."""
    found: dict[str, set[int]] = {document: set() for document in documents}
    rows = Approval.objects.filter(document__in=documents).values_list("document", "by", "on_behalf_of")
    for document, *people in rows:
        found[document] |= {person for person in people if person}
    return found
