"""Allocations: decisions that give projects money, return it, or move it; one person prepares, another approves."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User

from fund import policy_allocations as policy
from fund.errors import ValueInvalid
from fund.models import Allocation, AllocationLine, Direction, Project, State
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from ledger.entries import Draft
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def prepare_allocation(
    *,
    project: Project,
    decided_on: date,
    lines: Mapping[str, Amount],
    by: User,
    direction: str = Direction.GIVE,
    source: Project | None = None,
    note: str = "",
) -> Allocation:
    """Records a decision that waits for another person's approval; nothing is posted yet.

    It gives `project` the amount of each sub-fund in `lines` (functional currency), returns what it has left, or moves
    it there from `source`. The limits are checked here already. Raises FundsFirst beyond the cash received,
    AllocationExceeded beyond what is neither spent nor obligated, OutsideEarmark, ProjectClosed, YearNotOpen,
    ValueInvalid.
    """
    acts.require(by, "add_allocation")
    _check_lines(lines)
    if source == project:
        raise ValueInvalid(f"{project.code} has the money already: choose another project.", field="project")
    with writing():
        allocation = Allocation(
            project=project, direction=direction, source=source, decided_on=decided_on, created_by=by
        )
        _check_limits(allocation, lines)
        allocation.note = acts.clean_text(note, field="note", longest=300, required=False)
        allocation.number = acts.take_number(Allocation, decided_on)
        allocation.save(force_insert=True)
        AllocationLine.objects.bulk_create(
            AllocationLine(allocation=allocation, fund=fund, amount=to_money(amount)) for fund, amount in lines.items()
        )
        acts.record("prepare allocation", allocation, by=by, detail=_describe(allocation, lines))
    return allocation


def approve_allocation(allocation: Allocation, *, by: User) -> bool:
    """Approves a decision, dated its day, and posts it; False where it needs another approver before that.

    Raises SamePerson, StateUnfit, and what preparing raises: the limits are checked again, since others may have
    taken the money between.
    """
    with writing():
        found = get_prepared(allocation, by=by)
        lines = {line.fund: to_amount(line.amount) for line in found.lines.order_by("pk")}
        _check_limits(found, lines)
        detail = _describe(found, lines)
        if not add_approval(found, functional=_total(lines).minor, by=by):
            acts.record("approve allocation as the first of two", found, by=by, detail=detail)
            return False
        acts.post(_to_draft(found, lines), by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve allocation", found, by=by, detail=detail)
    return True


def _check_lines(lines: Mapping[str, Amount]) -> None:
    if not lines:
        raise ValueInvalid("An allocation takes money of at least one sub-fund.", field="lines")
    for fund, amount in lines.items():
        with acts.naming(fund, among=lines):
            acts.check_positive(amount, "lines")
            if amount.currency != functional_currency():
                raise ValueInvalid(f"Allocations are in {functional_currency()}.", field="lines")


def _check_limits(allocation: Allocation, lines: Mapping[str, Amount]) -> None:
    """The day and the projects are open, the money is there, and it may be used for the project that gets it."""
    on, project, source = allocation.decided_on, allocation.project, allocation.source
    acts.check_day(on, "decided_on")
    limits.check_accounts_open(project, field="project")
    if source:
        limits.check_accounts_open(source, field="source")
    giver = project if allocation.direction == Direction.RETURN else source
    for fund, amount in lines.items():
        with acts.naming(fund, among=lines):
            if giver != project:
                limits.check_earmark(fund, project, on=on)
            if giver:
                limits.check_left(giver.code, fund, amount.minor, on=on)
            else:
                limits.check_available(fund, amount.minor, on=on)


def _to_draft(allocation: Allocation, lines: Mapping[str, Amount]) -> Draft:
    number, project, on = allocation.number, allocation.project.code, allocation.decided_on
    parts = [(fund, amount.minor) for fund, amount in lines.items()]
    currency = functional_currency()
    if allocation.direction == Direction.RETURN:
        return policy.return_allocation(number=number, project=project, on=on, lines=parts, currency=currency)
    if allocation.source:
        source = allocation.source.code
        return policy.reallocate(number=number, source=source, project=project, on=on, lines=parts, currency=currency)
    return policy.allocate(number=number, project=project, on=on, lines=parts, currency=currency)


def _describe(allocation: Allocation, lines: Mapping[str, Amount]) -> str:
    where = allocation.project.code
    if allocation.source:
        where = f"{allocation.source.code} to {where}"
    if allocation.direction == Direction.RETURN:
        where = f"return of {where}"
    return f"{where}: {_total(lines)}"


def _total(lines: Mapping[str, Amount]) -> Amount:
    return Amount(sum(amount.minor for amount in lines.values()), functional_currency())
