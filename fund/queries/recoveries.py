"""Indirect cost: what each sub-fund's projects bear up to a day by its terms, and what of it was not charged yet.

Functional amounts in minor units, positive. It is always reckoned from the beginning: what is due to date less what was
charged to date. So a repeated run finds nothing, and expenditure that is reversed gives back: a reversal counts on the
day of what it reverses, by the terms of that day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from fund import policy
from fund.models import Project, RecoveryBase, RecoveryTerms
from fund.money import to_amount
from fund.policy_treasury import INDIRECT_COST, SECRETARIAT
from fund.queries.refunds import refunded_totals
from fund.queries.sub_funds import lowest_allocation_left
from ledger.money import share, split
from ledger.queries import Scope, postings, totals

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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The days under one row of terms with the base of each project in them."""

    hundredths: int
    bases: dict[str, int]
    total: int


class _TakenBack(NamedTuple):
    """A leg of a reversal, and the day of what it reverses."""

    account: str
    kind: str
    on: date
    counts_on: date
    functional: int

    def moves(self, since: date, until: date) -> int:
        """What it brings into a stretch of days or takes out of it by counting on that day."""
        return self.functional * ((since <= self.counts_on <= until) - (since <= self.on <= until))


def terms_of(fund: str) -> list[RecoveryTerms]:
    """The terms of a sub-fund, the earliest first; none where it bears no indirect cost."""
    return list(RecoveryTerms.objects.filter(fund=fund).order_by("starts_on"))


def plan_recovery(on: date, *, funds: Collection[str] = ()) -> RecoveryPlan:
    """What of the indirect cost up to the day is not charged yet, sub-fund by sub-fund and project by project.

    A project whose accounts closed bears what it was charged, and the others the rest. `funds` narrows it to some.
    """
    charges: list[Charge] = []
    waiting: dict[str, int] = {}
    by_fund: defaultdict[str, list[RecoveryTerms]] = defaultdict(list)
    named = {"fund__in": funds} if funds else {}
    for terms in RecoveryTerms.objects.filter(starts_on__lte=on, **named).order_by("fund", "starts_on"):
        by_fund[terms.fund].append(terms)
    taken_back = _find_taken_back(by_fund, on) if by_fund else {}
    closed = set(Project.objects.exclude(accounts_closed_on=None).values_list("code", flat=True)) if by_fund else set()
    for fund, terms_list in by_fund.items():
        charged = _charged(fund, on)
        settled = {code: charged.get(code, 0) for code in closed}
        due, left = _reckon(fund, terms_list, on, settled, taken_back.get(fund, []))
        open_ = [code for code in sorted({*due, *charged}) if due.get(code, 0) != charged.get(code, 0)]
        charges += [
            Charge(
                fund,
                code,
                due.get(code, 0),
                charged.get(code, 0),
                lowest_allocation_left(code, fund, since=on).balance,
            )
            for code in open_
        ]
        if left:
            waiting[fund] = left
    return RecoveryPlan(charges, waiting)


def _find_taken_back(funds: Collection[str], on: date) -> dict[str, list[_TakenBack]]:
    """What reversals up to the day took back in each sub-fund."""
    found: defaultdict[str, list[_TakenBack]] = defaultdict(list)
    legs = postings().filter(fund__in=funds, dated_on__lte=on).exclude(entry__reverses=None).order_by()
    columns = ("account__name", "entry__kind", "dated_on", "entry__reverses__dated_on", "functional")
    for fund, *facts in legs.values_list("fund", *columns):
        found[fund].append(_TakenBack(*facts))
    return found


def _reckon(
    fund: str,
    terms: Sequence[RecoveryTerms],
    on: date,
    settled: Mapping[str, int],
    taken_back: Sequence[_TakenBack],
) -> tuple[dict[str, int], int]:
    """What is due of each project, and what no project can bear yet; `settled` is what closed projects bear."""
    stretches = [_measure(fund, one, since, until, taken_back) for one, since, until in _stretch(terms, on)]
    weights: defaultdict[str, int] = defaultdict(int)
    for stretch in stretches:
        for project, base in stretch.bases.items():
            weights[project] += stretch.hundredths * base
    due = max(0, share(_sum_due(terms, stretches), 1, _WHOLE))
    due = max(0, due - sum(settled.values()))
    positive = {code: weight for code, weight in sorted(weights.items()) if weight > 0 and code not in settled}
    if not positive:
        return dict(settled), due
    return {**settled, **dict(zip(positive, split(due, list(positive.values())), strict=True))}, 0


def _sum_due(terms: Sequence[RecoveryTerms], stretches: Sequence[_Stretch]) -> int:
    """What is due in all, in hundredths of a per cent of minor units: each stretch by its own terms.

    Of a base of 700.00 at 12 per cent 84.00 are due, and 50.00 under a ceiling of as much; 34.00 are cut off. Other
    terms neither bring them back nor take any of the 50.00; expenditure that is reversed takes the 34.00 first.
    """
    due = cut = reached = 0
    for one, stretch in zip(terms, stretches, strict=True):
        exempt, ceiling = to_amount(one.exempt).minor, to_amount(one.ceiling).minor * _WHOLE
        before, reached = reached, reached + stretch.total
        cost = stretch.hundredths * (max(0, reached - exempt) - max(0, before - exempt))
        most = max(0, ceiling - due) if ceiling else cost
        charged = min(cost, most) if cost > 0 else min(0, cost + cut)
        due, cut = due + charged, cut + cost - charged
    return due


def _stretch(terms: Sequence[RecoveryTerms], on: date) -> list[tuple[RecoveryTerms, date, date]]:
    ends = [later.starts_on - timedelta(days=1) for _, later in pairwise(terms)]
    return [(one, one.starts_on, end) for one, end in zip(terms, [*ends, on], strict=True)]


def _measure(fund: str, terms: RecoveryTerms, since: date, until: date, taken_back: Sequence[_TakenBack]) -> _Stretch:
    hundredths = int(terms.rate * 100)
    moved = [(leg, leg.moves(since, until)) for leg in taken_back if leg.moves(since, until)]
    if terms.base == RecoveryBase.RECEIPT:
        total = _received(fund, since, until) + sum(amount for leg, amount in moved if _is_received(leg))
        allocated = _allocated(fund, until)
        parts = split(total, list(allocated.values())) if allocated else []
        return _Stretch(hundredths, dict(zip(allocated, parts, strict=True)), total)
    spent = _spent(fund, since, until)
    for leg, amount in moved:
        if _is_charged(leg.account):
            project, _ = policy.split_expense(leg.account)
            spent[project] = spent.get(project, 0) + amount
    return _Stretch(hundredths, spent, sum(spent.values()))


def _spent(fund: str, since: date, until: date) -> dict[str, int]:
    """What projects spent, without the indirect cost itself and what came in kind."""
    sums: defaultdict[str, int] = defaultdict(int)
    scope = Scope(since=since, until=until, accounts=(policy.PROJECTS,), funds=(fund,))
    for total in totals(scope, by=("account",)):
        project, _ = policy.split_expense(total.account)
        if _is_charged(total.account):
            sums[project] += total.functional
    return dict(sums)


def _is_charged(account: str) -> bool:
    """Whether indirect cost is charged on what an account holds."""
    return policy.is_spending(account) and policy.split_expense(account)[1] != INDIRECT_COST


def _is_received(leg: _TakenBack) -> bool:
    """Whether it took back what a donor sent, or what of it is unapplied."""
    return leg.account.startswith(policy.UNAPPLIED) or (leg.kind == "receipt" and leg.account.startswith(policy.SENT))


def _received(fund: str, since: date, until: date) -> int:
    """What donors sent, less what is unapplied or went back."""
    sent = Scope(since=since, until=until, accounts=policy.SENT, funds=(fund,), kinds=("receipt",))
    unapplied = Scope(since=since, until=until, accounts=(policy.UNAPPLIED,), funds=(fund,))
    back = refunded_totals([fund], by=("fund",), since=since, until=until)
    found = (total.functional for scope in (sent, unapplied) for total in totals(scope, by=("fund",)))
    return sum(found) - sum(total.functional for total in back)


def _allocated(fund: str, until: date) -> dict[str, int]:
    found = totals(Scope(until=until, accounts=(policy.ALLOCATED,), funds=(fund,)), by=("account",))
    return {total.account.removeprefix(policy.ALLOCATED): -total.functional for total in found if total.functional < 0}


def _charged(fund: str, until: date) -> dict[str, int]:
    scope = Scope(until=until, accounts=(policy.PROJECTS,), funds=(fund,))
    found = ((policy.split_expense(total.account), total.functional) for total in totals(scope, by=("account",)))
    return {project: amount for (project, category), amount in found if category == INDIRECT_COST}


def due_to_secretariat() -> dict[str, int]:
    """What each sub-fund owes the Secretariat now, where it owes something."""
    found = totals(Scope(accounts=(SECRETARIAT,)), by=("fund",))
    return {total.fund: -total.functional for total in found if total.functional < 0}
