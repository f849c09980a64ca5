"""What was reversed of what two persons decided, and what they decided on that."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from fund.checks.documents import Kind, acts_of_decided
from fund.checks.told import find_first
from fund.models import REVERSIBLE, AuditRecord, Reversal, State
from ledger.checks import Report
from ledger.queries import entries

# The opposite entries are its document's, and checked with it.
REVERSALS = Kind(
    Reversal,
    day="dated_on",
    accounts=(),
    expect=lambda *_: [],
    acts=acts_of_decided("reversal"),
    related=(),
    letter="V",
    whole="document",
)


def check_reversals(report: Report) -> Iterator[str]:
    """What is reversed has an approved reversal of that day, named by the entries that reverse it, and by no others."""
    approved = Reversal.objects.filter(state=State.APPROVED)
    numbers = dict(approved.values_list("document", "number"))
    days: dict[str, date] = {}
    for model in REVERSIBLE:
        found: QuerySet[Any, Any] = model._default_manager.exclude(**{"reversed_on": None})
        days |= dict(found.values_list("number", "reversed_on"))
    for document, day in approved.values_list("document", "dated_on"):
        if days.get(document) != day:
            yield f"{document} is not reversed on {day}, as {numbers[document]} says."
    yield from _find_unapproved(days.keys() - numbers.keys())
    yield from _compare_entries(numbers)
    report(f"{len(days):,} reversed documents")


def _find_unapproved(documents: set[str]) -> Iterator[str]:
    """What was reversed before that needed approval has a record that names none: one before all that were prepared."""
    first = find_first("prepare reversal")
    acts = AuditRecord.objects.filter(act__startswith="reverse ", subject__in=documents).order_by("id")
    for place, document, detail in acts.values_list("id", "subject", "detail"):
        if detail.startswith(f"{document}/V") or place > first:
            yield f"{document} is reversed, and its reversal is not approved."


def _compare_entries(numbers: dict[str, str]) -> Iterator[str]:
    """Of each entry that reverses, the reversal; of each reversal that an entry names, that it is approved."""
    reversals, opposite = Reversal.objects.order_by(), entries().exclude(reverses=None)
    naming = (
        entries().filter(links__document__in=reversals.values("number")),
        # One that is gone is named still.
        opposite.filter(links__document__contains="/V"),
    )
    named = {row for found in naming for row in found.values_list("number", "links__document")}
    # The entry of a return is its receipt's, and links the return.
    own = Q(links__position=0) | Q(links__document__contains="/D")
    found = opposite.filter(own, links__document__in=reversals.values("document"))
    due = {(entry, numbers.get(document, "")) for entry, document in found.values_list("number", "links__document")}
    for entry, number in sorted(due - named):
        yield f"{entry} does not name {number or 'a reversal'} that is approved."
    known = set(numbers.values())
    for entry, number in sorted(named):
        if number not in known:
            yield f"{entry} names {number}, which is not approved."
