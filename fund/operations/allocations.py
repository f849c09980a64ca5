"""Allocations: decisions that give projects money of sub-funds."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User

from fund import policy
from fund.errors import ValueInvalid
from fund.models import Allocation, AllocationLine, Project
from fund.money import to_money
from fund.operations import acts, limits
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def allocate(
    *, project: Project, decided_on: date, lines: Mapping[str, Amount], by: User, note: str = ""
) -> Allocation:
    """Gives `project` the amount of each sub-fund in `lines` (functional currency).

    Raises FundsFirst beyond the cash received, OutsideEarmark, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_allocation")
    _check_lines(lines)
    with writing():
        acts.check_day(decided_on, "decided_on")
        for fund, amount in lines.items():
            limits.check_earmark(fund, project, on=decided_on)
            limits.check_available(fund, amount.minor, on=decided_on)
        allocation = Allocation(project=project, decided_on=decided_on, created_by=by)
        allocation.number = acts.take_number(Allocation, decided_on)
        allocation.note = acts.clean_text(note, field="note", longest=300, required=False)
        allocation.save(force_insert=True)
        AllocationLine.objects.bulk_create(
            AllocationLine(allocation=allocation, fund=fund, amount=to_money(amount)) for fund, amount in lines.items()
        )
        parts = [(fund, amount.minor) for fund, amount in lines.items()]
        draft = policy.allocate(
            number=allocation.number, project=project.code, on=decided_on, lines=parts, currency=functional_currency()
        )
        acts.post(draft, by=by)
        acts.record("allocate", allocation, by=by, detail=f"{project.code}: {_total(lines)}")
    return allocation


def _check_lines(lines: Mapping[str, Amount]) -> None:
    if not lines:
        raise ValueInvalid("An allocation takes money of at least one sub-fund.", field="lines")
    for amount in lines.values():
        acts.check_positive(amount, "lines")
        if amount.currency != functional_currency():
            raise ValueInvalid(f"Allocations are in {functional_currency()}.", field="lines")


def _total(lines: Mapping[str, Amount]) -> Amount:
    return Amount(sum(amount.minor for amount in lines.values()), functional_currency())
