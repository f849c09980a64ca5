"""Indirect cost: what each sub-fund's projects bear up to a day by its terms, and what of it was not charged yet.

Functional amounts in minor units, positive. It is always reckoned from the beginning: what is due to date less what was
charged to date. So a repeated run finds nothing, and expenditure that is reversed gives back: a reversal counts on the
day of what it reverses, by the terms of that day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fund import policy
from fund.models import Project, RecoveryTerms
from fund.money import to_amount
from fund.policy_treasury import INDIRECT_COST, SECRETARIAT
from fund.queries.recovery_bases import Base, measure_bases
from fund.queries.sub_funds import lowest_allocation_left
from ledger.money import share, split
from ledger.queries import Scope, totals

# A rate is in hundredths of a per cent here.
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Charge:
    """A project's indirect cost out of a sub-fund: all that is due up to the day, and what was charged of it.

    `left` is what the project's allocation has left of the sub-fund, then and on every later day.
    """

    fund: str
    project: str
    due: int
    charged: int
    left: int

    @property
    def amount(self) -> int:
        """What is charged now; negative where it is given back."""
        return self.due - self.charged

    @property
    def lacking(self) -> int:
        """What the allocation lacks for it."""
        return max(0, self.amount - max(0, self.left)) if self.amount > 0 else 0


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """What a run would charge. `waiting` are sub-funds whose cost no project can bear yet: nothing is allocated."""

    charges: list[Charge]
    waiting: dict[str, int]

    @property
    def total(self) -> int:
        """What is charged in all."""
        return sum(charge.amount for charge in self.charges)


def terms_of(fund: str) -> list[RecoveryTerms]:
    """The terms of a sub-fund, the earliest first; none where it bears no indirect cost."""
    return list(RecoveryTerms.objects.filter(fund=fund).order_by("starts_on"))


def plan_recovery(on: date, *, funds: Collection[str] = ()) -> RecoveryPlan:
    """What of the indirect cost up to the day is not charged yet, sub-fund by sub-fund and project by project.

    A project whose accounts closed bears what it was charged, and the others the rest. `funds` narrows it to some.
    """
    named = {"fund__in": funds} if funds else {}
    terms = list(RecoveryTerms.objects.filter(starts_on__lte=on, **named).order_by("fund", "starts_on"))
    if not terms:
        return RecoveryPlan([], {})
    bases = measure_bases(terms, on)
    charged = _charged(list(bases), on)
    closed = set(Project.objects.exclude(accounts_closed_on=None).values_list("code", flat=True))
    charges: list[Charge] = []
    waiting: dict[str, int] = {}
    for fund, rows in groupby(terms, key=lambda one: one.fund):
        settled = {code: charged[fund].get(code, 0) for code in closed}
        due, left = _reckon(list(rows), bases[fund], settled)
        charges += _find_charges(fund, due, charged[fund], on)
        if left:
            waiting[fund] = left
    return RecoveryPlan(charges, waiting)


def _find_charges(fund: str, due: Mapping[str, int], charged: Mapping[str, int], on: date) -> list[Charge]:
    """The projects that bear more than they were charged, or less."""
    return [
        Charge(fund, code, due.get(code, 0), charged.get(code, 0), lowest_allocation_left(code, fund, since=on).balance)
        for code in sorted({*due, *charged})
        if due.get(code, 0) != charged.get(code, 0)
    ]


def _reckon(
    terms: Sequence[RecoveryTerms], bases: Sequence[Base], settled: Mapping[str, int]
) -> tuple[dict[str, int], int]:
    """What is due of each project, and what no project can bear yet; `settled` is what closed projects bear."""
    weights: defaultdict[str, int] = defaultdict(int)
    for one, base in zip(terms, bases, strict=True):
        for project, amount in base.projects.items():
            weights[project] += _to_hundredths(one) * amount
    due = max(0, share(_sum_due(terms, bases), 1, _WHOLE))
    due = max(0, due - sum(settled.values()))
    positive = {code: weight for code, weight in sorted(weights.items()) if weight > 0 and code not in settled}
    if not positive:
        return dict(settled), due
    return {**settled, **dict(zip(positive, split(due, list(positive.values())), strict=True))}, 0


def _sum_due(terms: Sequence[RecoveryTerms], bases: Sequence[Base]) -> int:
    """What is due in all, in hundredths of a per cent of minor units: each base by its own terms.

    Of a base of 700.00 at 12 per cent 84.00 are due, and 50.00 under a ceiling of as much; 34.00 are cut off. Other
    terms neither bring them back nor take any of the 50.00; expenditure that is reversed takes the 34.00 first.
    """
    due = cut = reached = 0
    for one, base in zip(terms, bases, strict=True):
        exempt, ceiling = to_amount(one.exempt).minor, to_amount(one.ceiling).minor * _WHOLE
        before, reached = reached, reached + base.total
        cost = _to_hundredths(one) * (max(0, reached - exempt) - max(0, before - exempt))
        most = max(0, ceiling - due) if ceiling else cost
        charged = min(cost, most) if cost > 0 else min(0, cost + cut)
        due, cut = due + charged, cut + cost - charged
    return due


def _to_hundredths(terms: RecoveryTerms) -> int:
    return int(terms.rate * 100)


def _charged(funds: Sequence[str], until: date) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {fund: {} for fund in funds}
    scope = Scope(until=until, accounts=(policy.PROJECTS,), funds=tuple(funds))
    for total in totals(scope, by=("fund", "account")):
        project, category = policy.split_expense(total.account)
        if category == INDIRECT_COST:
            found[total.fund][project] = total.functional
    return found


def due_to_secretariat() -> dict[str, int]:
    """What each sub-fund owes the Secretariat now, where it owes something."""
    found = totals(Scope(accounts=(SECRETARIAT,)), by=("fund",))
    return {total.fund: -total.functional for total in found if total.functional < 0}
