"""What is owed of agreements and when, and what of pledges is open: for lists, filters and forms."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from fund import policy
from fund.models import Agreement, Amendment, Cancellation, Instalment, Pledge, State
from fund.money import to_amount
from fund.queries.contributions import Standing, instalment_standings, open_pledges
from fund.queries.figures import sum_deferred
from ledger.document_sums import document_balance, instalment_balance
from ledger.money import Amount

# An instalment is due soon when it is due within so many days.
SOON = timedelta(days=30)


def owed_instalments() -> QuerySet[Instalment]:
    """The instalments of which something is owed, with how much as `owed`, in minor units."""
    owed = instalment_balance(OuterRef("reference"), policy.OWED)
    return Instalment.objects.annotate(owed=owed).filter(owed__gt=0)


def owes(*, since: date | None = None, until: date | None = None) -> Exists:
    """For queries of agreements: whether an instalment is owed that is due from `since` to `until`, both included."""
    owed = owed_instalments().filter(agreement=OuterRef("pk"))
    if since:
        owed = owed.filter(due_on__gte=since)
    if until:
        owed = owed.filter(due_on__lte=until)
    return Exists(owed)


def last_amendment(agreement: Agreement) -> Amendment | None:
    """The last approved amendment of an agreement, or None."""
    return agreement.amendments.filter(state=State.APPROVED).last()


def waiting_change(agreement: Agreement) -> Amendment | Cancellation | None:
    """The amendment or cancellation of an agreement that waits for a decision, or None; there is one at a time."""
    changes = (agreement.amendments, agreement.cancellations)
    return next((found for kind in changes if (found := kind.filter(state=State.PREPARED).first())), None)


@dataclass(frozen=True)
class Pledged:
    """What a pledge has open, and by how much an agreement in its currency goes beyond that."""

    open: Amount
    beyond: Amount | None


def beyond_pledge(agreement: Agreement) -> Pledged | None:
    """What the pledge of an agreement that waits has open; None where it has none or is decided on."""
    if not (agreement.pledge and agreement.is_waiting):
        return None
    held = open_pledges([agreement.pledge])[agreement.pledge.number].amount
    signed = to_amount(agreement.amount)
    is_beyond = signed.currency == held.currency and signed.minor > held.minor
    return Pledged(held, Amount(signed.minor - held.minor, held.currency) if is_beyond else None)


def standing_agreements() -> QuerySet[Agreement]:
    """The agreements that something can rest on: approved and not cancelled."""
    return Agreement.objects.filter(state=State.APPROVED, cancelled_on=None)


def with_next_due(agreements: QuerySet[Agreement]) -> QuerySet[Any]:
    """`agreements` with the day on which the earliest owed instalment is due, as `next_due`."""
    owed = owed_instalments().filter(agreement=OuterRef("pk")).order_by("due_on")
    return agreements.annotate(next_due=Subquery(owed.values("due_on")[:1]))


def with_open(pledges: QuerySet[Pledge], *, today: date | None = None) -> QuerySet[Any]:
    """`pledges` with what of each is neither signed, withdrawn nor lapsed as `open`, in minor units.

    `is_past` says whether the last day on which it holds was before `today`.
    """
    found = pledges.annotate(open=document_balance(OuterRef("number"), (policy.PLEDGED,)))
    return found.annotate(is_past=Q(expires_on__lt=today)) if today else found


def past_pledges(*, today: date) -> QuerySet[Any]:
    """The pledges of which something is open after the last day on which they hold."""
    return with_open(Pledge.objects.filter(expires_on__lt=today), today=today).filter(open__gt=0)


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment with its standing, and whether its day is past, or near, while something of it is owed."""

    instalment: Instalment
    standing: Standing
    is_overdue: bool
    is_soon: bool


@dataclass(frozen=True, slots=True)
class AgreementDues:
    """Where an agreement stands as a whole, and instalment by instalment, the earliest due first."""

    standing: Standing
    instalments: tuple[Due, ...]

    @property
    def next(self) -> Due | None:
        """The earliest due of which something is owed; None once all is settled."""
        return next((due for due in self.instalments if due.standing.outstanding > 0), None)

    @property
    def received(self) -> int:
        """What came, with what of it went beyond what was owed."""
        return self.standing.received + self.standing.unapplied


def add_dues(agreements: Iterable[Agreement], *, today: date) -> list[Any]:
    """The agreements, each with its `dues` and what of it is `deferred` (functional), in a fixed number of queries."""
    found: list[Any] = list(agreements)
    by_agreement: defaultdict[int, list[Instalment]] = defaultdict(list)
    for instalment in Instalment.objects.filter(agreement__in=found).order_by("due_on", "position"):
        by_agreement[instalment.agreement_id].append(instalment)
    standings = instalment_standings([instalment for part in by_agreement.values() for instalment in part])
    conditional = [agreement.number for agreement in found if agreement.is_conditional]
    deferred = sum_deferred(conditional) if conditional else {}
    for agreement in found:
        agreement.deferred = deferred.get(agreement.number, 0)
        instalments = by_agreement[agreement.pk]
        dues = tuple(_to_due(instalment, standings[instalment.reference], today) for instalment in instalments)
        agreement.dues = AgreementDues(_add_up(agreement, dues), dues)
    return found


def _to_due(instalment: Instalment, standing: Standing, today: date) -> Due:
    owed, is_past = standing.outstanding > 0, instalment.due_on < today
    return Due(instalment, standing, owed and is_past, owed and not is_past and instalment.due_on <= today + SOON)


def _add_up(agreement: Agreement, dues: Iterable[Due]) -> Standing:
    whole = Standing(str(agreement.amount.currency))
    for due in dues:
        whole = whole.plus(due.standing)
    return whole
