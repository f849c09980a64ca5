"""Reversals of what two persons decided: prepared by one person, approved by another.

`approve_reversal` is the one way in which such a document is reversed; nothing else here posts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from fund import policy
from fund.errors import StateUnfit
from fund.models import (
    Advance,
    AdvanceReport,
    Allocation,
    AllocationLine,
    Decided,
    DepositReturn,
    Direction,
    Disbursement,
    ManualEntry,
    Refund,
    Reversal,
    SecretariatPayment,
    State,
    WriteOff,
)
from fund.money import to_amount
from fund.operations import acts, limits
from fund.operations.advances import check_untouched
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.deposits import take_placement_back
from fund.operations.reversals import (
    check_none_waits,
    check_posted,
    check_spent,
    check_standing,
    check_taken_back,
    clear_rests,
    reverse_at_average,
    reverse_entries,
)
from fund.policy_corrections import REFUNDABLE
from fund.policy_treasury import SECRETARIAT
from fund.queries.approvals import entries_to_reverse
from fund.queries.sub_funds import lowest_allocation_left
from ledger.causes import entries_caused_by
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency, get_draft

LONGEST_NUMBER = Reversal._meta.get_field("number").max_length or 0


def prepare_reversal(document: Decided, *, on: date, reason: str, by: User) -> Reversal:
    """Records that a document is to be reversed; all of it stands until another person approves.

    Everything that the reversal is held to is checked here already. Raises StateUnfit where it is not posted, reversed
    already, or another reversal of it waits; FundsFirst, AllocationExceeded, ProjectClosed, YearNotOpen, PeriodClosed,
    ValueInvalid.
    """
    acts.require(by, f"change_{document._meta.model_name}")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found: Any = type(document)._default_manager.get(pk=document.pk)
        _check(found, on)
        check_none_waits(found, "another reversal can be prepared")
        reversal = Reversal(document=found.number, dated_on=on, grounds=reason, created_by=by)
        reversal.position = Reversal.objects.filter(document=found.number).count() + 1
        reversal.number = f"{found.number}/V{reversal.position}"
        if len(reversal.number) > LONGEST_NUMBER:
            raise StateUnfit(f"{found} has no number left for another reversal: correct it by another document.")
        reversal.save(force_insert=True)
        acts.record("prepare reversal", reversal, by=by, detail=f"{to_amount(found.amount)}: {reason}")
    return reversal


def approve_reversal(reversal: Reversal, *, by: User) -> bool:
    """Approves a reversal and posts it on its day; False where it needs another approver before that.

    As many approve it as the amount that the document posted needs. Raises SamePerson, and what preparing raises, since
    others may have acted between.
    """
    with writing():
        found = get_prepared(reversal, by=by)
        document = found.original
        _check(document, found.dated_on)
        if not add_approval(found, functional=_weigh(document), by=by):
            acts.record("approve reversal as the first of two", found, by=by, detail=found.grounds)
            return False
        _KINDS[type(document)].post(document, found, by)
        document.state, document.reversed_on = State.REVERSED, found.dated_on
        document.save(update_fields=["state", "reversed_on"])
        kind = document._meta.verbose_name
        acts.record(f"reverse {kind}", document, by=by, detail=f"{found}: {found.grounds}")
        decide(found, State.APPROVED, by=by)
        acts.record("approve reversal", found, by=by, detail=found.grounds)
    return True


def _check(document: Any, on: date) -> None:
    """It stands, and all that the opposite of its entries takes is there on the day and on every later one."""
    check_posted(document)
    check_standing(document, document.reversed_on, on)
    _KINDS[type(document)].check(document, on)


def _weigh(document: Decided) -> int:
    """What needs approval (functional): what the document posted when it was approved."""
    accounts = _KINDS[type(document)].weighed
    legs = get_draft(entries_to_reverse(document)[0]).legs
    weighed = [leg.functional for leg in legs if leg.account.startswith(accounts)]
    debits = sum(minor for minor in weighed if minor > 0)
    return max(debits, debits - sum(weighed))


def _check_allocation(allocation: Allocation, on: date) -> None:
    """Nothing that it gave is spent or obligated; what it returned is allocated to nothing else since."""
    for project in filter(None, (allocation.project, allocation.source)):
        limits.check_accounts_open(project, field="on")
    for line in allocation.lines.all():
        _check_given(allocation, line, on)


def _check_given(allocation: Allocation, line: AllocationLine, on: date) -> None:
    amount = to_amount(line.amount).minor
    if allocation.direction == Direction.RETURN:
        limits.check_available(line.fund, amount, on=on, field="on")
        return
    code = allocation.project.code
    left = lowest_allocation_left(code, line.fund, since=on).balance
    if amount > left:
        there = Amount(left, functional_currency())
        raise StateUnfit(
            f"Only {there} of {line.fund} is left at {code}: the rest is spent or obligated. Return what is left "
            "instead, or first reverse or cancel what used the rest."
        )


def _check_disbursement(disbursement: Disbursement, on: date) -> None:
    """[23] What it charged is still there; what it released of obligations is open again."""
    for line in disbursement.lines.select_related("project"):
        limits.check_accounts_open(line.project, field="on")
    check_spent(disbursement.number, on)


def _check_advance(advance: Advance, on: date) -> None:
    """It came back whole, such as by the bank: nothing rests on it, and no rate has touched it."""
    check_untouched(advance)
    for line in advance.lines.select_related("project"):
        limits.check_accounts_open(line.project, field="on")


def _check_report(report: AdvanceReport, on: date) -> None:
    """What it charged is still there; what it settled is open again, what it made income is deferred again."""
    for line in report.lines.select_related("line__project"):
        limits.check_accounts_open(line.line.project, field="on")
    check_spent(report.number, on)


def _check_return(document: DepositReturn, on: date) -> None:
    """The bank has the money back: nothing is taken of anybody."""
    acts.check_not_before(on, document.dated_on, "on")


def _check_legs(document: Decided, on: date) -> None:
    check_taken_back(document.number, on)


def _check_nothing(document: Decided, on: date) -> None:
    """What is owed again takes nothing of anybody."""


def _post_opposites(document: Decided, reversal: Reversal, by: User) -> None:
    links = (reversal.number,)
    reverse_entries(document.number, on=reversal.dated_on, reason=reversal.grounds, by=by, links=links)


def _post_at_average(document: Decided, reversal: Reversal, by: User) -> None:
    reverse_at_average(document, on=reversal.dated_on, reason=reversal.grounds, by=by, links=(reversal.number,))


def _post_refund(refund: Decided, reversal: Reversal, by: User) -> None:
    """With its payment, where the bank returned it."""
    _post_opposites(refund, reversal, by)
    agreed = get_draft(entries_caused_by(refund.number)[0])
    links = (reversal.number,)
    clear_rests(refund.number, agreed.payee, agreed.legs, on=reversal.dated_on, by=by, links=links)


def _post_return(document: Any, reversal: Reversal, by: User) -> None:
    """The deposit waits to be identified again."""
    on, reason = reversal.dated_on, reversal.grounds
    take_placement_back(document.receipt, on=on, reason=reason, by=by, links=(reversal.number,))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the reversal of a kind is held to, on which accounts its amount is posted, and what posts its opposite."""

    check: Callable[[Any, date], None]
    weighed: tuple[str, ...]
    post: Callable[[Any, Reversal, User], None] = _post_opposites


_KINDS: dict[type[Decided], _Kind] = {
    Allocation: _Kind(_check_allocation, (policy.ALLOCATED, policy.UNALLOCATED)),
    Disbursement: _Kind(_check_disbursement, (policy.PROJECTS, policy.BANK)),
    SecretariatPayment: _Kind(_check_legs, (SECRETARIAT,), _post_at_average),
    Advance: _Kind(_check_advance, (policy.ADVANCES,)),
    AdvanceReport: _Kind(_check_report, (policy.PROJECTS,)),
    DepositReturn: _Kind(_check_return, (policy.UNIDENTIFIED,), _post_return),
    WriteOff: _Kind(_check_nothing, policy.OWED),
    Refund: _Kind(_check_nothing, (REFUNDABLE,), _post_refund),
    ManualEntry: _Kind(_check_legs, ("",), _post_at_average),
}
