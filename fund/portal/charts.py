"""What a statement shows as bars, for `fund/_bars.html`."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from fund.queries.statements import DonorStatement
from fund.templatetags.money import minor

_WHOLE = 1000


def draw_agreements(statement: DonorStatement) -> list[dict[str, Any]]:
    """A bar per agreement: what was received and what is outstanding, functional; the longest fills the width."""
    sums = [(line.figures.received, line.figures.outstanding) for line in statement.agreements]
    largest = max((received + owed for received, owed in sums), default=0) or 1
    bars = []
    for line, (received, owed) in zip(statement.agreements, sums, strict=True):
        first, second = received * _WHOLE // largest, owed * _WHOLE // largest
        parts = ((0, first, 1, _("Received"), received), (first, second, 2, _("Outstanding"), owed))
        segments = [
            {"x": x, "width": width, "tone": tone, "label": label, "amount": minor(amount, statement.currency)}
            for x, width, tone, label, amount in parts
        ]
        amount = minor(line.figures.signed, statement.currency)
        bars.append({"label": line.agreement.number, "amount": amount, "segments": segments})
    return bars


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
