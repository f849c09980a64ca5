"""What is owed of agreements and when, and what of pledges is open: for lists, filters and forms."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from fund import policy
from fund.models import Agreement, Instalment, Pledge
from fund.queries.contributions import Standing, instalment_standings
from ledger.queries import document_balance, instalment_balance

# An instalment is due soon when it is due within so many days.
SOON = timedelta(days=30)


def owed_instalments() -> QuerySet[Instalment]:
    """The instalments of which something is owed, with how much as `owed`, in minor units."""
    owed = instalment_balance(OuterRef("reference"), policy.OWED)
    return Instalment.objects.annotate(owed=owed).filter(owed__gt=0)


def owing(
    agreements: QuerySet[Agreement], *, since: date | None = None, before: date | None = None
) -> QuerySet[Agreement]:
    """Those of `agreements` that owe an instalment, due from `since` on and before `before`."""
    owed = owed_instalments().filter(agreement=OuterRef("pk"))
    if since:
        owed = owed.filter(due_on__gte=since)
    if before:
        owed = owed.filter(due_on__lt=before)
    return agreements.filter(Exists(owed))


def with_next_due(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """`agreements` with the day on which the earliest owed instalment is due, as `next_due`."""
    owed = owed_instalments().filter(agreement=OuterRef("pk")).order_by("due_on")
    return agreements.annotate(next_due=Subquery(owed.values("due_on")[:1]))


def pledges_with_open() -> QuerySet[Pledge]:
    """The pledges with what of each is neither signed nor withdrawn as `open`, in minor units."""
    return Pledge.objects.annotate(open=document_balance(OuterRef("number"), (policy.PLEDGED,)))


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment of which something is owed, and whether its day is past or near."""

    instalment: Instalment
    outstanding: int
    is_overdue: bool
    is_soon: bool


@dataclass(frozen=True, slots=True)
class AgreementStanding:
    """Where an agreement stands, and what it owes next; nothing once it is settled."""

    standing: Standing
    due: Due | None


def agreement_dues(agreements: Sequence[Agreement], *, today: date) -> dict[str, AgreementStanding]:
    """The standing of each agreement with what it owes next, by its number."""
    by_agreement: defaultdict[int, list[Instalment]] = defaultdict(list)
    for instalment in Instalment.objects.filter(agreement__in=agreements).order_by("due_on", "position"):
        by_agreement[instalment.agreement_id].append(instalment)
    standings = instalment_standings([instalment for found in by_agreement.values() for instalment in found])
    return {
        agreement.number: _add_up(agreement, by_agreement[agreement.pk], standings, today) for agreement in agreements
    }


def _add_up(
    agreement: Agreement, instalments: Sequence[Instalment], standings: dict[str, Standing], today: date
) -> AgreementStanding:
    whole = Standing(str(agreement.amount.currency))
    for instalment in instalments:
        whole = whole.plus(standings[instalment.reference])
    dues = (to_due(instalment, standings[instalment.reference], today) for instalment in instalments)
    return AgreementStanding(whole, next((due for due in dues if due.outstanding > 0), None))


def to_due(instalment: Instalment, standing: Standing, today: date) -> Due:
    """What is owed of one instalment, seen from `today`."""
    owed = standing.outstanding > 0
    is_overdue = owed and instalment.due_on < today
    return Due(
        instalment, standing.outstanding, is_overdue, owed and not is_overdue and instalment.due_on <= today + SOON
    )
