"""What partners report beside the budgets of the projects that they report on."""

from typing import Any

from fund.money import to_amount
from fund.queries.advances import add_open
from fund.queries.budgets import find_budget, sum_lines
from fund.queries.projects import spending_by_category
from ledger.money import share


def add_budgets(report: Any) -> list[Any]:
    """The lines of a report, each with the `budget` of its category at its project, what is `spent` of it and `left`.

    In the functional currency; `left` is after this report, where it still waits. `questioned` is what is not accepted.
    """
    rows: list[Any] = list(report.lines.select_related("line__project").order_by("pk"))
    [advance] = add_open([report.advance])
    is_open = {line.pk: line for line in advance.rows}
    codes = {row.line.project.code for row in rows}
    budgets = {code: find_budget(code) for code in codes}
    planned = {code: sum_lines(budget.lines.all()) if budget else {} for code, budget in budgets.items()}
    spent = {code: spending_by_category(code) for code in codes}
    for row in rows:
        code, line = row.line.project.code, is_open[row.line_id]
        row.has_budget, row.questioned = budgets[code] is not None, row.amount - row.accepted
        row.budget, row.spent = planned[code].get(row.category, 0), spent[code].get(row.category, 0)
        minor = to_amount(row.amount).minor
        row.worth = share(line.carried, minor, line.open) if report.is_waiting and line.open else 0
    for row in rows:
        same = [one for one in rows if (one.line.project_id, one.category) == (row.line.project_id, row.category)]
        row.left = row.budget - row.spent - sum(one.worth for one in same)
    return rows
