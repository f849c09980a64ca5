"""Budgets of projects beside what was obligated and spent, by category; minor units of the functional currency."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fund.models import BUDGET_CATEGORIES, Budget, BudgetLine, Project
from fund.money import to_amount
from fund.queries.obligations import open_by_category
from fund.queries.projects import spending_by_category
from ledger.money import Amount
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category of a project. `available` is what of the budget is neither obligated nor spent."""

    category: str
    label: str
    budget: int = 0
    obligated: int = 0
    spent: int = 0

    @property
    def available(self) -> int:
        """Negative where more is obligated and spent than was planned."""
        return self.budget - self.obligated - self.spent


def find_budget(project: str) -> Budget | None:
    """The version that holds, or None where there is none yet."""
    found = Budget.objects.filter(project__code=project).select_related("created_by").prefetch_related("lines")
    return found.order_by("-version").first()


def budget_versions(project: Project) -> list[Any]:
    """Every version, the last one first, each with its `total` in minor units."""
    found: list[Any] = list(project.budgets.select_related("created_by").prefetch_related("lines").order_by("-version"))
    for budget in found:
        budget.total = sum(sum_lines(budget.lines.all()).values())
    return found


def project_categories(project: str, budget: Budget | None) -> list[CategoryLine]:
    """Each category that is planned, obligated or spent, in the order of the categories."""
    planned = sum_lines(budget.lines.all()) if budget else {}
    obligated, spent = open_by_category(project), spending_by_category(project)
    labels = dict(BUDGET_CATEGORIES)
    used = (planned.keys() | obligated.keys() | spent.keys()) - labels.keys()
    return [
        CategoryLine(key, str(labels.get(key, key)), planned.get(key, 0), obligated.get(key, 0), spent.get(key, 0))
        for key in (*labels, *sorted(used))
        if any(key in sums for sums in (planned, obligated, spent))
    ]


def add_categories(lines: Iterable[CategoryLine]) -> CategoryLine:
    """All categories together."""
    found = list(lines)
    sums = (sum(getattr(line, name) for line in found) for name in ("budget", "obligated", "spent"))
    return CategoryLine("", "", *sums)


def sum_lines(lines: Iterable[BudgetLine]) -> dict[str, int]:
    """The planned amounts by category."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.category] += to_amount(line.amount).minor
    return dict(sums)


def describe_budget(budget: Budget, lines: Iterable[BudgetLine]) -> str:
    """What its audit record says of a version with its `lines`: their sum, and the SHA-256 of all that it holds."""
    held = [[line.output, line.year, line.category, str(to_amount(line.amount))] for line in lines]
    content = json.dumps([str(budget.decided_on), budget.note, held], ensure_ascii=False)
    return f"{describe_sum(budget, lines)} (SHA-256 {hashlib.sha256(content.encode()).hexdigest()})"


def describe_sum(budget: Budget, lines: Iterable[BudgetLine]) -> str:
    """What its audit record said before."""
    return f"Version {budget.version}: {Amount(sum(sum_lines(lines).values()), functional_currency())}"
