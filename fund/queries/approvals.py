"""What waits for another person's decision."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, Value

from fund.models import (
    CORRECTIONS,
    Advance,
    AdvanceReport,
    Agreement,
    Allocation,
    Amendment,
    Approval,
    BankDetails,
    Cancellation,
    Decided,
    DepositReturn,
    Disbursement,
    Reversal,
    SecretariatPayment,
    State,
)
from fund.queries.chains import state_of
from ledger.causes import entries_caused_by
from ledger.queries import entries_of

# Every kind of document that one person prepares and another decides on.
DECIDED: tuple[type[Decided], ...] = (
    Agreement,
    Amendment,
    Cancellation,
    DepositReturn,
    Allocation,
    Disbursement,
    SecretariatPayment,
    Advance,
    AdvanceReport,
    BankDetails,
    *CORRECTIONS,
    Reversal,
)


def waiting_documents(*, most: int | None = None) -> list[Decided]:
    """The documents that wait, the longest waiting first, and at most so many."""
    rows = list(_waiting().order_by("created_at", "number")[:most])
    by_kind: defaultdict[int, list[str]] = defaultdict(list)
    for kind, number, _created_at in rows:
        by_kind[kind].append(number)
    documents: dict[str, Decided] = {}
    for kind, numbers in by_kind.items():
        found = DECIDED[kind]._default_manager.filter(number__in=numbers).select_related("created_by")
        documents |= {document.number: document for document in found.prefetch_related(*DECIDED[kind].RELATED)}
    _load_originals([document for document in documents.values() if isinstance(document, Reversal)])
    return [documents[number] for _kind, number, _created_at in rows]


def _load_originals(reversals: list[Reversal]) -> None:
    """Reads what they reverse, kind by kind."""
    of_kinds: defaultdict[type[Decided], dict[str, Reversal]] = defaultdict(dict)
    for reversal in reversals:
        of_kinds[reversal.original_kind][reversal.document] = reversal
    for kind, named in of_kinds.items():
        for original in kind._default_manager.filter(number__in=named).prefetch_related(*kind.RELATED):
            named[original.number].original = original


def reversals_of(document: Decided) -> list[Any]:
    """What was prepared to reverse a document, the first attempt first, each with its `status`."""
    found: list[Any] = list(Reversal.objects.filter(document=document.number))
    for reversal in found:
        reversal.original, reversal.status = document, state_of(reversal)
    return found


def find_waiting_reversal(document: Decided) -> Reversal | None:
    """The reversal of a document that waits for a decision, or None; there is one at a time."""
    return Reversal.objects.filter(document=document.number, state=State.PREPARED).first()


def entries_to_reverse(document: Decided) -> QuerySet[Any]:
    """What a document itself posted, in the order of the chain. A return's entry is its receipt's, and links it."""
    cause = document.receipt.number if isinstance(document, DepositReturn) else document.number
    return entries_of(document.number).filter(pk__in=entries_caused_by(cause), reverses=None)


def walk_waiting(*, person: User, after: Decided) -> Iterator[Decided]:
    """What waits and `person` neither prepared nor approved, one by one: what was prepared after a document, the
    longest waiting first, and then what was before it."""
    mine = Approval.objects.filter(Q(by=person) | Q(on_behalf_of=person)).values("document")
    others = ~Q(created_by=person) & ~Q(number__in=mine)
    rows = list(_waiting(others).order_by("created_at", "number"))
    here = after.created_at, after.number
    for kind, number, _created_at in sorted(rows, key=lambda row: (row[2], row[1]) <= here):
        yield DECIDED[kind]._default_manager.get(number=number)


def count_waiting(*, until: date | None = None) -> int:
    """How many documents wait, of any day or of those up to one."""
    return _waiting(until=until).count()


def _waiting(*which: Q, until: date | None = None) -> QuerySet[Any, Any]:
    """The kind (its place in DECIDED), the number and the moment of every document that waits, in one query."""
    first, *others = (_waiting_of(kind, model, which, until) for kind, model in enumerate(DECIDED))
    return first.union(*others, all=True)


def _waiting_of(kind: int, model: type[Decided], which: tuple[Q, ...], until: date | None) -> QuerySet[Any, Any]:
    narrowed = {f"{model.DAY}__lte": until} if until else {}
    rows = model._default_manager.filter(*which, state=State.PREPARED, **narrowed).order_by()
    return rows.annotate(kind_of=Value(kind)).values_list("kind_of", "number", "created_at")
