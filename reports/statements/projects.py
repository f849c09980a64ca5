"""Where projects stand at the end of a period: allocated, spent, obligated, advanced and left, by sub-fund."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fund import policy
from fund.models import Project
from fund.queries.advances import open_by_project
from ledger.money import Amount
from ledger.queries import functional_currency
from reports.sheets import Column, Row, Sheet, amount_column
from reports.statements.balances import Balance
from reports.statements.period import Period

PROJECTS = "Projects"

ALLOCATED, SPENT, IN_KIND, OBLIGATED, ADVANCED, LEFT = (
    "Allocated",
    "Spent",
    "In kind",
    "Obligated",
    "Advanced",
    "Left",
)


def projects(balances: Sequence[Balance], period: Period) -> Sheet:
    """One row per project and sub-fund at the end of the period, in the functional currency."""
    functional = functional_currency()
    return Sheet(
        PROJECTS,
        f"Projects, {period}",
        [
            Column("Project", 14),
            Column("Title", 40),
            Column("Sub-fund", 16),
            *(amount_column(title, functional) for title in (ALLOCATED, SPENT, IN_KIND, OBLIGATED, ADVANCED, LEFT)),
        ],
        list(_rows(balances, functional, period)),
        notes=[
            "At the end of the period. Left is what is allocated and neither spent, obligated nor advanced.",
            "What came in kind is an expense that uses no allocation.",
        ],
    )


def _rows(balances: Sequence[Balance], functional: str, period: Period) -> Iterator[Row]:
    titles = dict(Project.objects.values_list("code", "title"))
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in balances:
        expense = 1 if policy.is_spending(one.account) else 2
        for prefix, place, sign in ((policy.ALLOCATED, 0, -1), (policy.PROJECTS, expense, 1), (policy.OBLIGATED, 3, 1)):
            if one.account.startswith(prefix):
                project = one.account.removeprefix(prefix).partition(":")[0]
                sums[project, one.fund][place] += sign * one.closing
    for place_of, minor in open_by_project(until=period.until).items():
        sums[place_of][4] = minor
    for (project, fund), (allocated, spent, in_kind, obligated, advanced) in sorted(sums.items()):
        left = allocated - spent - obligated - advanced
        amounts = (allocated, spent, in_kind, obligated, advanced, left)
        yield [project, titles.get(project), fund, *(Amount(minor, functional) for minor in amounts)]
