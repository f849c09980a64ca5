"""Allocations and payments as lists show them: those of a project or a sub-fund, with what of each concerns it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from fund.models import (
    Advance,
    Allocation,
    AllocationLine,
    Direction,
    Disbursement,
    DisbursementLine,
    Obligation,
    Payee,
)
from fund.money import to_amount, to_money
from fund.queries.advances import add_open
from fund.queries.chains import state_of
from ledger.money import Amount

# A page shows the latest; the lists have them all.
LATEST = 25


def latest_allocations(*, project: str = "", fund: str = "") -> list[Any]:
    """The latest decisions on a project, or on a sub-fund and then on it alone; see `add_totals`.

    What the project gave away is negative.
    """
    lines = AllocationLine.objects.filter(fund=fund) if fund else AllocationLine.objects.all()
    which = Q(lines__fund=fund) if fund else Q(project__code=project) | Q(source__code=project)
    found = Allocation.objects.filter(which).distinct().select_related("project", "source")
    latest = add_totals(found.prefetch_related(Prefetch("lines", lines))[:LATEST])
    for allocation in latest:
        if project and allocation.source and allocation.source.code == project:
            allocation.total = -allocation.total
    return latest


def latest_disbursements(*, project: str = "", fund: str = "") -> list[Any]:
    """The latest disbursements, with what they charge to a project or a sub-fund alone; see `add_totals`."""
    which = {"fund": fund} if fund else {"project__code": project}
    lines = DisbursementLine.objects.filter(**which).select_related("project")
    found = Disbursement.objects.filter(**{f"lines__{name}": value for name, value in which.items()}).distinct()
    return add_totals(found.select_related("payee").prefetch_related(Prefetch("lines", lines))[:LATEST])


def payments_of(payee: Payee) -> list[Any]:
    """The latest payments to a payee."""
    found = Disbursement.objects.filter(payee=payee).select_related("payee").prefetch_related("lines__project")
    return add_totals(found[:LATEST])


def obligations_of(payee: Payee) -> QuerySet[Obligation]:
    """The latest contracts with a payee."""
    return Obligation.objects.filter(payee=payee).select_related("project", "payee")[:LATEST]


def latest_obligations(*, project: str) -> QuerySet[Obligation]:
    """The latest obligations of a project."""
    return Obligation.objects.filter(project__code=project).select_related("project", "payee")[:LATEST]


def latest_advances(**which: Any) -> list[Any]:
    """The latest advances, such as those of `lines__project` or to a `partner`, with what of each is open."""
    found = Advance.objects.filter(**which).distinct().select_related("partner", "bank_account")
    return add_states(found[:LATEST])


def add_states(advances: Iterable[Any]) -> list[Any]:
    """The advances with what of each is open, the codes of their `projects`, and `status`: state and tone."""
    found = add_open(advances)
    for advance in found:
        advance.projects = sorted({line.project.code for line in advance.rows})
        advance.status = state_of(advance)
    return found


def add_totals(documents: Iterable[Any]) -> list[Any]:
    """The documents with `total` and `projects` of their lines at hand, and `status`, their state with its tone.

    The total of an allocation that returns money is negative.
    """
    found = list(documents)
    for document in found:
        lines = document.lines.all()
        amounts = [to_amount(line.amount) for line in lines]
        sign = -1 if getattr(document, "direction", "") == Direction.RETURN else 1
        document.total = to_money(Amount(sign * sum(amount.minor for amount in amounts), amounts[0].currency))
        document.projects = sorted({line.project.code for line in lines if isinstance(line, DisbursementLine)})
        document.status = state_of(document)
    return found
