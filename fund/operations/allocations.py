"""Allocations: decisions that give projects money of sub-funds, return it, or move it between projects."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.contrib.auth.models import User

from fund import policy
from fund.errors import ValueInvalid
from fund.models import Allocation, AllocationLine, Direction, Project
from fund.money import to_money
from fund.operations import acts, limits
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def allocate(
    *, project: Project, decided_on: date, lines: Mapping[str, Amount], by: User, note: str = ""
) -> Allocation:
    """Gives `project` the amount of each sub-fund in `lines` (functional currency).

    Raises FundsFirst beyond the cash received, OutsideEarmark, ProjectClosed, YearNotOpen, ValueInvalid.
    """
    allocation = Allocation(project=project, decided_on=decided_on, note=note)
    with _deciding(allocation, lines, by):
        for fund, amount in lines.items():
            limits.check_earmark(fund, project, on=decided_on)
            limits.check_available(fund, amount.minor, on=decided_on)
        _save(allocation, lines, by)
        draft = policy.allocate(
            number=allocation.number,
            project=project.code,
            on=decided_on,
            lines=_parts(lines),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("allocate", allocation, by=by, detail=f"{project.code}: {_total(lines)}")
    return allocation


def return_allocation(
    *, project: Project, decided_on: date, lines: Mapping[str, Amount], by: User, note: str = ""
) -> Allocation:
    """[25] Gives back the amount of each sub-fund in `lines` (functional currency) that `project` has left.

    Raises AllocationExceeded beyond what is neither spent nor obligated, ProjectClosed, YearNotOpen, ValueInvalid.
    """
    allocation = Allocation(project=project, decided_on=decided_on, note=note, direction=Direction.RETURN)
    with _deciding(allocation, lines, by):
        for fund, amount in lines.items():
            limits.check_left(project.code, fund, amount.minor, on=decided_on)
        _save(allocation, lines, by)
        draft = policy.return_allocation(
            number=allocation.number,
            project=project.code,
            on=decided_on,
            lines=_parts(lines),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("return allocation", allocation, by=by, detail=f"{project.code}: {_total(lines)}")
    return allocation


def reallocate(
    *, source: Project, project: Project, decided_on: date, lines: Mapping[str, Amount], by: User, note: str = ""
) -> Allocation:
    """Moves the amount of each sub-fund in `lines` (functional currency) from `source` to `project` in one decision.

    Raises AllocationExceeded beyond what `source` has left, OutsideEarmark where the money is not for `project`,
    ProjectClosed, YearNotOpen, ValueInvalid.
    """
    if source == project:
        raise ValueInvalid(f"{project.code} has the money already: choose another project.", field="project")
    direction = Direction.MOVE
    allocation = Allocation(project=project, source=source, decided_on=decided_on, note=note, direction=direction)
    with _deciding(allocation, lines, by):
        limits.check_accounts_open(source, field="source")
        for fund, amount in lines.items():
            limits.check_left(source.code, fund, amount.minor, on=decided_on)
            limits.check_earmark(fund, project, on=decided_on)
        _save(allocation, lines, by)
        draft = policy.reallocate(
            number=allocation.number,
            source=source.code,
            project=project.code,
            on=decided_on,
            lines=_parts(lines),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        detail = f"{source.code} to {project.code}: {_total(lines)}"
        acts.record("reallocate", allocation, by=by, detail=detail)
    return allocation


@contextmanager
def _deciding(allocation: Allocation, lines: Mapping[str, Amount], by: User) -> Iterator[None]:
    """What every decision begins with: permission, lines, and under the lock the day and the project."""
    acts.require(by, "add_allocation")
    _check_lines(lines)
    with writing():
        acts.check_day(allocation.decided_on, "decided_on")
        limits.check_accounts_open(allocation.project, field="project")
        yield


def _save(allocation: Allocation, lines: Mapping[str, Amount], by: User) -> None:
    allocation.created_by = by
    allocation.note = acts.clean_text(allocation.note, field="note", longest=300, required=False)
    allocation.number = acts.take_number(Allocation, allocation.decided_on)
    allocation.save(force_insert=True)
    AllocationLine.objects.bulk_create(
        AllocationLine(allocation=allocation, fund=fund, amount=to_money(amount)) for fund, amount in lines.items()
    )


def _parts(lines: Mapping[str, Amount]) -> list[tuple[str, int]]:
    return [(fund, amount.minor) for fund, amount in lines.items()]


def _check_lines(lines: Mapping[str, Amount]) -> None:
    if not lines:
        raise ValueInvalid("An allocation takes money of at least one sub-fund.", field="lines")
    for amount in lines.values():
        acts.check_positive(amount, "lines")
        if amount.currency != functional_currency():
            raise ValueInvalid(f"Allocations are in {functional_currency()}.", field="lines")


def _total(lines: Mapping[str, Amount]) -> Amount:
    return Amount(sum(amount.minor for amount in lines.values()), functional_currency())
