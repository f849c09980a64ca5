"""What a statement shows as bars, for `fund/_bars.html`."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from fund.queries.figures import Figures
from fund.queries.statement_lines import DonorStatement
from fund.templatetags.money import minor

_WHOLE = 1000
# So many bars are still a picture; the table has them all.
MOST_BARS = 12


def draw_agreements(statement: DonorStatement) -> list[dict[str, Any]]:
    """A bar per agreement, of many the latest: what was received and what is outstanding, functional."""
    lines = statement.agreements[-MOST_BARS:]
    unit = max((line.figures.received + line.figures.outstanding for line in lines), default=0) or 1
    return [draw_figures(line.agreement.number, line.figures, unit, statement.currency) for line in lines]


def draw_figures(label: str, figures: Figures, unit: int, currency: str) -> dict[str, Any]:
    """A bar of what was received and, after it, what is outstanding; `unit` fills the width."""
    first, second = figures.received * _WHOLE // unit, figures.outstanding * _WHOLE // unit
    parts = (
        (0, first, 1, _("Received"), figures.received),
        (first, second, 2, _("Outstanding"), figures.outstanding),
    )
    segments = [
        {"x": x, "width": width, "tone": tone, "label": name, "amount": minor(amount, currency)}
        for x, width, tone, name, amount in parts
    ]
    return {"label": label, "amount": minor(figures.signed, currency), "segments": segments}


def draw_projects(statement: DonorStatement) -> list[dict[str, Any]]:
    """A bar per project: what was spent on it of the donor's money, the most first."""
    sums: defaultdict[str, int] = defaultdict(int)
    titles = {}
    for line in statement.projects:
        sums[line.project] += line.total
        titles[line.project] = line.title or line.project
    largest = max(sums.values(), default=0) or 1
    return [
        {
            "label": titles[project],
            "amount": minor(amount, statement.currency),
            "width": max(amount, 0) * _WHOLE // largest,
        }
        for project, amount in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
