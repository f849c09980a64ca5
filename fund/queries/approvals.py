"""What waits for another person's decision."""

from datetime import date
from typing import Any

from django.db.models import Value

from fund.models import BankDetails, Decided, Disbursement, SecretariatPayment, State

# Every kind of document that one person prepares and another decides on.
DECIDED: tuple[type[Decided], ...] = (Disbursement, SecretariatPayment, BankDetails)


def waiting_documents(*, most: int | None = None) -> list[Decided]:
    """The documents that wait, the longest waiting first, and at most so many."""
    # One question for all kinds, however many they become; then one for each kind that has something.
    first, *others = (
        model._default_manager.filter(state=State.PREPARED)
        .order_by()
        .annotate(kind_index=Value(index))
        .values_list("kind_index", "pk", "created_at")
        for index, model in enumerate(DECIDED)
    )
    rows = list(first.union(*others, all=True).order_by("created_at", "pk")[:most])
    found: list[Decided] = []
    for index in sorted({index for index, *_ in rows}):
        named = DECIDED[index]._default_manager.filter(pk__in=[pk for kind, pk, _ in rows if kind == index])
        found += named.select_related("created_by", *DECIDED[index].SUBJECT)
    return sorted(found, key=lambda document: (document.created_at, document.number))


def count_waiting(*, until: date | None = None) -> int:
    """How many documents wait, of any day or of those up to one."""
    return sum(_count(model, {f"{model.DAY}__lte": until} if until else {}) for model in DECIDED)


def _count(model: type[Decided], narrowed: dict[str, Any]) -> int:
    return model._default_manager.filter(state=State.PREPARED, **narrowed).count()
