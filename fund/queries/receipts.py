"""What became of receipts, whose they are, and which deposits nobody could place yet."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from fund import policy
from fund.models import Agreement, Application, DepositReturn, Donor, Identity, Receipt, ReceiptPart, State
from ledger.document_sums import OpenInstalment, document_totals, open_instalments
from ledger.money import Amount


def realised_difference(receipt: Receipt) -> int:
    """What exchange rates gained (positive) or lost between signature and receipt, in the functional currency."""
    posted = document_totals([receipt.number], accounts=(policy.EXCHANGE,))
    return -sum(functional for _, functional in posted.values())


def standing_parts(donor: Donor | None = None, *, until: date | None = None) -> QuerySet[ReceiptPart]:
    """The parts of receipts in parts, of all donors or of one, as they stand, or stood at the end of a day.

    Those of an identification that was undone stand no more.
    """
    found = ReceiptPart.objects.select_related("receipt", "donor", "instalment__agreement")
    if donor:
        found = found.filter(donor=donor)
    if until is None:
        return found.filter(Q(placement=None) | Q(placement__undone_on=None))
    undone = Q(placement__undone_on=None) | Q(placement__undone_on__gt=until)
    return found.filter(Q(placement=None) | (Q(placement__placed_on__lte=until) & undone))


def with_parts(receipts: QuerySet[Receipt], donor: Donor | None = None, *, until: date | None = None) -> QuerySet[Any]:
    """`receipts`, each with its `shown_parts`: those of `standing_parts`."""
    parts = standing_parts(donor, until=until)
    return receipts.prefetch_related(Prefetch("parts", parts, to_attr="shown_parts"))


def of_donor(code: str) -> Q:
    """For queries of receipts: those of a donor, or with a part of the donor's."""
    parts = standing_parts().filter(receipt=OuterRef("pk"), donor__code=code)
    return Q(donor__code=code) | Q(Exists(parts))


def receipts_of_agreement(agreement: Agreement) -> QuerySet[Any]:
    """The receipts of an agreement, and those with a part that is of it."""
    parts = standing_parts().filter(receipt=OuterRef("pk"), instalment__agreement=agreement)
    return with_parts(Receipt.objects.filter(Q(agreement=agreement) | Q(Exists(parts))).select_related("bank_account"))


def has_receipts(agreement: Agreement) -> bool:
    """Whether something that stands settled or overpaid the agreement."""
    applied = Application.objects.filter(reversed_on=None, instalment__agreement=agreement)
    return receipts_of_agreement(agreement).filter(reversed_on=None).exists() or applied.exists()


def find_waiting_return(receipt: Receipt) -> DepositReturn | None:
    """The return of a deposit that waits for a decision, or None; there is one at a time."""
    return receipt.returns.filter(state=State.PREPARED).first()


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A deposit that nobody could place yet: what it is carried at (functional), and for how many days it waits."""

    receipt: Receipt
    amount: Amount
    functional: int
    days: int


def unidentified_deposits(*, today: date) -> list[Unidentified]:
    """What is not identified, the oldest first, as the ledger holds it; each with its `waiting_returns`."""
    held = {item.instalment: item for item in open_instalments((policy.UNIDENTIFIED,))}
    waiting = Prefetch("returns", DepositReturn.objects.filter(state=State.PREPARED), to_attr="waiting_returns")
    found = Receipt.objects.filter(identity=Identity.OPEN, reversed_on=None, number__in=held).prefetch_related(waiting)
    return [
        _to_unidentified(receipt, held[receipt.number], today)
        for receipt in found.select_related("bank_account").order_by("received_on", "number")
    ]


def _to_unidentified(receipt: Receipt, item: OpenInstalment, today: date) -> Unidentified:
    days = (today - receipt.received_on).days
    return Unidentified(receipt, Amount(-item.amount, item.currency), -item.functional, days)
