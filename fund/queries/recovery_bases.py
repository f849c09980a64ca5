"""What indirect cost is charged on: what a sub-fund's projects spent, or what donors sent, under each of its terms.

Functional amounts in minor units, positive. A reversal counts on the day of what it reverses. Sub-funds are asked of
together where the days of their terms are the same, as they mostly are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, groupby, pairwise
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from fund import policy
from fund.models import RecoveryBase, RecoveryTerms
from fund.policy_treasury import INDIRECT_COST
from fund.queries.refunds import refunded_totals
from ledger.money import split
from ledger.queries import Scope, postings, totals


class Base(NamedTuple):
    """The base of each project under a row of terms, and of the sub-fund in all: more, where nothing is allocated."""

    projects: dict[str, int]
    total: int


class _Stretch(NamedTuple):
    """The days under one row of terms."""

    terms: RecoveryTerms
    since: date
    until: date


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


_Measure = Callable[[Sequence[str], date, date, Mapping[str, Sequence[_TakenBack]]], dict[str, Base]]


def measure_bases(terms: Sequence[RecoveryTerms], on: date) -> dict[str, list[Base]]:
    """The bases of sub-funds up to a day, one for each row of their terms and in the order of these.

    `terms` are sorted by sub-fund and by their first day, none later than `on`.
    """
    stretches = _stretch(terms, on)
    together: defaultdict[tuple[str, date, date], list[str]] = defaultdict(list)
    for one in stretches:
        together[one.terms.base, one.since, one.until].append(one.terms.fund)
    taken_back = _find_taken_back({one.fund for one in terms}, on)
    bases: defaultdict[str, list[Base]] = defaultdict(list)
    measured = {key: _MEASURES[key[0]](funds, *key[1:], taken_back) for key, funds in together.items()}
    for one in stretches:
        bases[one.terms.fund].append(measured[one.terms.base, one.since, one.until][one.terms.fund])
    return bases


def _stretch(terms: Sequence[RecoveryTerms], on: date) -> list[_Stretch]:
    stretches = []
    for _, rows in groupby(terms, key=lambda one: one.fund):
        of_fund = list(rows)
        ends = [later.starts_on - timedelta(days=1) for _, later in pairwise(of_fund)]
        stretches += [_Stretch(one, one.starts_on, end) for one, end in zip(of_fund, [*ends, on], strict=True)]
    return stretches


def _find_taken_back(funds: Collection[str], on: date) -> dict[str, list[_TakenBack]]:
    """The legs of reversals up to a day that count under other terms, or before any, than those of their day."""
    found: defaultdict[str, list[_TakenBack]] = defaultdict(list)
    between = RecoveryTerms.objects.filter(
        fund=OuterRef("fund"), starts_on__gt=OuterRef("entry__reverses__dated_on"), starts_on__lte=OuterRef("dated_on")
    )
    legs = postings().filter(Exists(between), fund__in=funds, dated_on__lte=on).exclude(entry__reverses=None).order_by()
    columns = ("account__name", "entry__kind", "dated_on", "entry__reverses__dated_on", "functional")
    for fund, *facts in legs.values_list("fund", *columns):
        found[fund].append(_TakenBack(*facts))
    return found


def _measure_spent(
    funds: Sequence[str], since: date, until: date, taken_back: Mapping[str, Sequence[_TakenBack]]
) -> dict[str, Base]:
    """What projects spent, without the indirect cost itself and what came in kind."""
    scope = Scope(since=since, until=until, accounts=(policy.PROJECTS,), funds=tuple(funds))
    spent: dict[str, defaultdict[str, int]] = {fund: defaultdict(int) for fund in funds}
    for total in totals(scope, by=("fund", "account")):
        if _is_charged(total.account):
            spent[total.fund][policy.split_expense(total.account)[0]] += total.functional
    for fund in funds:
        for leg in taken_back.get(fund, ()):
            if _is_charged(leg.account):
                spent[fund][policy.split_expense(leg.account)[0]] += leg.moves(since, until)
    return {fund: Base(sums, sum(sums.values())) for fund, sums in spent.items()}


def _measure_received(
    funds: Sequence[str], since: date, until: date, taken_back: Mapping[str, Sequence[_TakenBack]]
) -> dict[str, Base]:
    """What donors sent, less what is unapplied or went back, in the shares in which it is allocated."""
    scope = Scope(since=since, until=until, funds=tuple(funds))
    sent = totals(replace(scope, accounts=policy.SENT, kinds=("receipt",)), by=("fund",))
    unapplied = totals(replace(scope, accounts=(policy.UNAPPLIED,)), by=("fund",))
    back = refunded_totals(funds, by=("fund",), since=since, until=until)
    received = Counter({total.fund: -total.functional for total in back})
    for total in chain(sent, unapplied):
        received[total.fund] += total.functional
    for fund in funds:
        received[fund] += sum(leg.moves(since, until) for leg in taken_back.get(fund, ()) if _is_received(leg))
    allocated = _allocated(funds, until)
    return {fund: Base(_share(received[fund], allocated[fund]), received[fund]) for fund in funds}


_MEASURES: dict[str, _Measure] = {RecoveryBase.EXPENDITURE: _measure_spent, RecoveryBase.RECEIPT: _measure_received}


def _share(total: int, allocated: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(allocated, split(total, list(allocated.values())), strict=True)) if allocated else {}


def _allocated(funds: Sequence[str], until: date) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {fund: {} for fund in funds}
    scope = Scope(until=until, accounts=(policy.ALLOCATED,), funds=tuple(funds))
    for total in totals(scope, by=("fund", "account")):
        if total.functional < 0:
            found[total.fund][total.account.removeprefix(policy.ALLOCATED)] = -total.functional
    return found


def _is_charged(account: str) -> bool:
    """Whether indirect cost is charged on what an account holds."""
    return policy.is_spending(account) and policy.split_expense(account)[1] != INDIRECT_COST


def _is_received(leg: _TakenBack) -> bool:
    """Whether it took back what a donor sent, or what of it is unapplied."""
    return leg.account.startswith(policy.UNAPPLIED) or (leg.kind == "receipt" and leg.account.startswith(policy.SENT))
