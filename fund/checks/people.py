"""Who made and decided documents, and who was paid: documents against the audit records and their entries."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from fund.checks.instants import Done, are_near
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
    approved = set(Approval.objects.filter(document__in=numbers).values_list("document", "by"))
    acts = AuditRecord.objects.filter(subject__in=numbers, act__startswith="approve ")
    for number in sorted({number for number, _ in approved ^ set(acts.values_list("subject", "user"))}):
        yield f"{number} has approvals of other people than its audit records."


def check_delegations(report: Report) -> Iterator[str]:
    """Every delegation has its audit record, and every such record its delegation."""
    told = AuditRecord.objects.filter(act="delegate approval").values_list("user", "subject", "detail")
    recorded = Counter(told.iterator())
    for one in Delegation.objects.select_related("receiver").iterator():
        recorded[one.giver_id, one.receiver.get_username()[:60], describe_delegation(one)] -= 1
    for (_giver, receiver, detail), count in sorted(recorded.items()):
        if count:
            lacks = "no audit record has" if count < 0 else "is not there"
            yield f"A delegation to {receiver} ({detail}) {lacks}."
    report(f"{len(recorded):,} delegations")


def _find_approvals(documents: Sequence[str]) -> dict[str, set[int]]:
    """Who approved each document, and in whose place."""
    found: dict[str, set[int]] = {document: set() for document in documents}
    rows = Approval.objects.filter(document__in=documents).values_list("document", "by", "on_behalf_of")
    for document, *people in rows:
        found[document] |= {person for person in people if person}
    return found
