"""What waits for another person's decision."""

from datetime import date
from typing import Any

from fund.models import CORRECTIONS, Decided, Disbursement, SecretariatPayment, State

# Every kind of document that one person prepares and another decides on.
DECIDED: tuple[type[Decided], ...] = (Disbursement, SecretariatPayment, *CORRECTIONS)


def waiting_documents(*, most: int | None = None) -> list[Decided]:
    """The documents that wait, the longest waiting first, and at most so many."""
    found: list[Decided] = []
    for model in DECIDED:
        rows = model._default_manager.filter(state=State.PREPARED).select_related("created_by")
        found += rows.order_by("created_at", "pk")[:most]
    return sorted(found, key=lambda document: (document.created_at, document.number))[:most]


def count_waiting(*, until: date | None = None) -> int:
    """How many documents wait, of any day or of those up to one."""
    return sum(_count(model, {f"{model.DAY}__lte": until} if until else {}) for model in DECIDED)


def _count(model: type[Decided], narrowed: dict[str, Any]) -> int:
    return model._default_manager.filter(state=State.PREPARED, **narrowed).count()
