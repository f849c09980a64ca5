"""What amendments and cancellations made of agreements, and what became of deferred income, step by step."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from fund import policy
from fund.checks.balances import find_below_zero
from fund.checks.documents import Kind, acts_of_decided
from fund.checks.told import find_first, find_gone
from fund.models import (
    Agreement,
    Amendment,
    AmendmentLine,
    AuditRecord,
    Cancellation,
    DepositReturn,
    Instalment,
    Milestone,
    Recognition,
    Reversal,
    State,
)
from fund.models.contributions import describe_earmarked
from ledger.checks import Report
from ledger.money import Amount
from ledger.queries import Scope, functional_currency, totals

_NAMED = re.compile(r", for [A-Z0-9-]+(, [A-Z0-9-]+)*$")
_FULL = AuditRecord._meta.get_field("detail").max_length or 0

# An amount and a day, and what an amendment, by its number, made of which.
_Terms = tuple[Any, date | None]
_Step = tuple[str, _Terms, _Terms]


def check_amendments(report: Report) -> Iterator[str]:
    """Each amendment goes on from where the one before left off, and the last one left what stands now."""
    approved = AmendmentLine.objects.filter(amendment__state=State.APPROVED).exclude(instalment=None)
    lines = approved.select_related("instalment", "amendment").order_by("instalment", "amendment__position")
    terms: defaultdict[Instalment, list[_Step]] = defaultdict(list)
    for line in lines.iterator():
        assert line.instalment
        step = (str(line.amendment), (line.amount_before, line.due_before), (line.amount, line.due_on))
        terms[line.instalment].append(step)
    for instalment, steps in terms.items():
        yield from _follow(str(instalment), steps, (instalment.amount, instalment.due_on))
    wholes: defaultdict[Agreement, list[_Step]] = defaultdict(list)
    amendments = Amendment.objects.filter(state=State.APPROVED).select_related("agreement")
    for one in amendments.order_by("agreement", "position").iterator():
        after = (one.amount, one.ends_on or one.ends_before)
        wholes[one.agreement].append((one.number, (one.amount_before, one.ends_before), after))
    for agreement, steps in wholes.items():
        yield from _follow(agreement.number, steps, (agreement.amount, agreement.ends_on))
    report(f"{len(wholes):,} amended agreements")


def _follow(what: str, steps: list[_Step], now: _Terms) -> Iterator[str]:
    for (_, _, left), (number, found, _) in pairwise(steps):
        if left != found:
            yield f"{number} does not begin where the amendment before it left {what}."
    number, _, left = steps[-1]
    if left != now:
        yield f"{what} is not what {number} made of it."


# The agreement's own entries are reversed, and checked with it.
CANCELLATIONS = Kind(
    Cancellation,
    day="dated_on",
    accounts=(),
    expect=lambda *_: [],
    acts=acts_of_decided("cancellation"),
    related=("agreement__donor",),
    letter="C",
)


def check_cancellations(report: Report) -> Iterator[str]:
    """Every agreement is cancelled on the day of its approved cancellation, and by none that is not approved."""
    approved = Cancellation.objects.filter(state=State.APPROVED).select_related("agreement")
    days = {found.agreement.number: found.dated_on for found in approved}
    cancelled = dict(Agreement.objects.exclude(cancelled_on=None).values_list("number", "cancelled_on"))
    for number, day in sorted(days.items()):
        if cancelled.get(number) != day:
            yield f"{number} is not cancelled on {day}, as its cancellation says."
    # What was cancelled before that needed approval has a record that names none: one before all that were prepared.
    first = find_first("prepare cancellation")
    acts = AuditRecord.objects.filter(act="cancel agreement", subject__in=cancelled.keys() - days.keys())
    for place, number, detail in acts.order_by("id").values_list("id", "subject", "detail"):
        if detail.startswith(f"{number}/C") or place > first:
            yield f"{number} is cancelled, and its cancellation is not approved."
    report(f"{len(cancelled):,} cancelled agreements")


def check_earmarks(report: Report) -> Iterator[str]:
    """Every earmark is for the projects that its audit record names, where it names any or could."""
    told = dict(AuditRecord.objects.filter(act="prepare agreement").values_list("subject", "detail"))
    earmarked = Agreement.objects.filter(earmarked=True).prefetch_related("earmark_projects").order_by("pk")
    for agreement in earmarked:
        named = _NAMED.search(told.get(agreement.number, ""))
        # A record of before names none, and one that is full not all.
        if named and len(named.string) < _FULL and named[0] != describe_earmarked(agreement):
            yield f"{agreement} is for other projects than the audit record says."
    report(f"{len(earmarked):,} earmarked agreements")


def check_parts(report: Report) -> Iterator[str]:
    """Every amendment, cancellation, milestone, return of a deposit and reversal that audit records name is there."""
    acts = (
        (Amendment, ("prepare amendment", "amend agreement")),
        (Cancellation, ("prepare cancellation",)),
        (Milestone, ("plan milestone",)),
        (Reversal, ("prepare reversal",)),
        (DepositReturn, ("prepare deposit return",)),
    )
    for model, made in acts:
        recorded = set(AuditRecord.objects.filter(act__in=made).values_list("subject", flat=True))
        known = set(model._default_manager.values_list("number", flat=True))
        yield from find_gone(recorded, known)
        report(f"{len(known):,} {model._meta.verbose_name_plural}")


def check_deferred(report: Report) -> Iterator[str]:
    """Income is deferred of conditional agreements alone, and no more was released than was deferred."""
    found = totals(Scope(accounts=(policy.DEFERRED,)), by=("fund", "month"))
    conditional = Agreement.objects.filter(recognition=Recognition.AS_CONDITIONS_MET, earmarked=True)
    known = set(conditional.values_list("number", flat=True))
    moves: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for total in found:
        moves[total.fund].append((total.month or date.min, -total.functional))
    for fund, changes in sorted(moves.items()):
        below = find_below_zero(changes)
        if fund not in known:
            yield f"{fund} has deferred income, and is no sub-fund of a conditional agreement."
        elif below:
            over = Amount(-below[1], functional_currency())
            yield f"{fund} has released {over} more than was deferred at the end of {below[0]:%Y-%m}."
    report(f"{len(moves):,} sub-funds")
