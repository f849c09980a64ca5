"""Budgets of projects: a new version replaces the one before, and both stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.errors import ValueInvalid
from fund.models import BUDGET_CATEGORIES, Budget, BudgetLine, Project
from fund.money import to_money
from fund.operations import acts, limits
from fund.queries.budgets import describe_budget
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency

_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Planned:
    """What an output is planned to cost in a year and category, in the functional currency."""

    output: str
    year: int
    category: str
    amount: Amount


def set_budget(project: Project, *, decided_on: date, lines: Sequence[Planned], by: User, note: str = "") -> Budget:
    """Records the next version of a project's budget. It posts nothing and limits nothing: allocations do.

    Raises ProjectClosed, ValueInvalid.
    """
    acts.require(by, "change_project")
    planned = [_clean(line) for line in lines]
    _check_lines(planned)
    with writing():
        limits.check_accounts_open(project)
        last = Budget.objects.filter(project=project).order_by("-version").first()
        if last:
            acts.check_not_before(decided_on, last.decided_on, "decided_on")
        budget = Budget(project=project, version=last.version + 1 if last else 1, decided_on=decided_on, created_by=by)
        budget.note = acts.clean_text(note, field="note", longest=300, required=False)
        budget.save(force_insert=True)
        rows = [
            BudgetLine(
                budget=budget,
                output=line.output,
                year=line.year,
                category=line.category,
                amount=to_money(line.amount),
            )
            for line in planned
        ]
        BudgetLine.objects.bulk_create(rows)
        acts.record("budget project", project.code, by=by, detail=describe_budget(budget, rows))
    return budget


def _clean(line: Planned) -> Planned:
    return Planned(acts.clean_text(line.output, field="lines", longest=200), line.year, line.category, line.amount)


def _check_lines(lines: Sequence[Planned]) -> None:
    if not lines:
        raise ValueInvalid("A budget has at least one line.", field="lines")
    for line in lines:
        acts.check_positive(line.amount, "lines")
        if line.amount.currency != functional_currency():
            raise ValueInvalid(f"Budgets are in {functional_currency()}.", field="lines")
        if line.category not in dict(BUDGET_CATEGORIES):
            raise ValueInvalid(f"“{line.category}” is not a category of a budget.", field="lines")
        if line.year not in _YEARS:
            raise ValueInvalid(f"{line.year} is not a year from {_YEARS[0]} to {_YEARS[-1]}.", field="lines")
    named = [(line.output, line.year, line.category) for line in lines]
    twice = next((key for key in named if named.count(key) > 1), None)
    if twice:
        raise ValueInvalid(f"{twice[0]}, {twice[1]}, {twice[2]} stands in two lines: put it into one.", field="lines")
