"""How the demonstration tells what the money is for, and where it goes."""

from collections.abc import Callable
from typing import Any

from fund.demonstration.steps import (
    Advanced,
    Allocated,
    Banked,
    Budgeted,
    CameBack,
    Let,
    Paid,
    Planned,
    Reported,
    Screened,
    Step,
)
from fund.demonstration.teller import Teller, read
from fund.models import Advance, Payee
from fund.operations.advance_reports import Spent, Verdict, record_report, review_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import prepare_advance
from fund.operations.allocations import prepare_allocation
from fund.operations.approvals import reject
from fund.operations.bank_details import Account, prepare_bank_details
from fund.operations.budgets import Planned as PlannedCost
from fund.operations.budgets import set_budget
from fund.operations.decisions import approve
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.obligations import record_obligation
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.screenings import clear_match, record_screening
from ledger.money import Amount


def _plan(teller: Teller, step: Planned) -> None:
    facts = ProjectFacts(
        step.title,
        step.recommendations,
        step.countries,
        teller.day(step.ago),
        teller.day(step.ends),
        step.description,
    )
    teller.made[step.code] = add_project(code=step.code, facts=facts, by=teller.by)


def _budget(teller: Teller, step: Budgeted) -> None:
    on = teller.day(step.ago)
    lines = [
        PlannedCost(output, on.year + years, category, read(amount)) for output, years, category, amount in step.lines
    ]
    set_budget(teller.made[step.project], decided_on=on, lines=lines, note=step.note, by=teller.by)


def _allocate(teller: Teller, step: Allocated) -> None:
    allocation = prepare_allocation(
        project=teller.made[step.project],
        decided_on=teller.day(step.ago),
        lines={teller.fund(key): read(amount) for key, amount in step.lines},
        by=teller.by,
        note=step.note,
    )
    teller.made[step.key] = allocation if step.waits else teller.approve(allocation)


def _let(teller: Teller, step: Let) -> None:
    key, amount = step.line
    teller.made[step.key] = record_obligation(
        project=teller.made[step.project],
        payee=step.payee,
        purpose=step.purpose,
        category=step.category,
        let_on=teller.day(step.ago),
        ends_on=teller.day(step.ends),
        lines={teller.fund(key): read(amount)},
        by=teller.by,
    )


def _pay(teller: Teller, step: Paid) -> None:
    obligation = teller.made[step.obligation] if step.obligation else None
    lines = [
        Line(teller.fund(key), teller.made[project], category, read(amount), obligation)
        for key, project, category, amount in step.lines
    ]
    disbursement = prepare_disbursement(
        payee=step.payee,
        bank_account=teller.banks[lines[0].amount.currency],
        paid_on=teller.day(step.ago),
        lines=lines,
        by=teller.by,
        note=step.note,
    )
    if step.rejected:
        reject(disbursement, reason=step.rejected, by=teller.approvers[0])
    elif not step.waits:
        teller.approve(disbursement)
    teller.made[step.key] = disbursement


def _advance(teller: Teller, step: Advanced) -> None:
    key, project, amount = step.line
    line = AdvancedLine(teller.fund(key), teller.made[project], read(amount))
    advance = prepare_advance(
        partner=teller.made[step.partner],
        bank_account=teller.banks[line.amount.currency],
        paid_on=teller.day(step.ago),
        lines=[line],
        by=teller.by,
        note=step.note,
    )
    teller.made[step.key] = teller.approve(advance)


def _report(teller: Teller, step: Reported) -> None:
    advance: Advance = teller.made[step.advance]
    lines = [Spent(advance.lines.get(), category, read(amount)) for category, amount in step.lines]
    facts: dict[str, Any] = {"reported_on": teller.day(step.ago), "certified_by": step.certified_by}
    report = record_report(advance, lines=lines, by=teller.by, **facts)
    if step.waits:
        return
    verdicts = [Verdict(line.amount) for line in lines]
    if step.questioned:
        amount, reason = step.questioned
        first = lines[0].amount
        verdicts[0] = Verdict(Amount(first.minor - read(amount).minor, first.currency), reason)
    any(review_report(report, verdicts=verdicts, by=approver) for approver in teller.approvers)


def _bring_back(teller: Teller, step: CameBack) -> None:
    advance: Advance = teller.made[step.advance]
    amount, on = read(step.amount), teller.day(step.ago)
    back = Back(teller.banks[amount.currency], on, f"{on:%y%m%d}-{step.advance.upper()}")
    record_return(advance, back=back, lines={advance.lines.get().reference: amount}, by=teller.by)


def _bank(teller: Teller, step: Banked) -> None:
    facts = Account(step.payee, step.account, step.bank, step.country, step.currency)
    payee = Payee.objects.get(name=step.payee)
    details = prepare_bank_details(payee, facts=facts, valid_from=teller.day(step.ago), by=teller.by)
    if not step.waits:
        approve(details, by=teller.approvers[0])


def _screen(teller: Teller, step: Screened) -> None:
    payee, on = Payee.objects.get(name=step.payee), teller.day(step.ago)
    facts = {"list_name": "Consolidated list", "result": step.result, "note": step.note}
    record_screening(payee, screened_on=on, **facts, by=teller.by)
    if step.cleared:
        clear_match(payee, on=on, reason=step.cleared, by=teller.approvers[0])


SPENDING: dict[type[Step], Callable[[Teller, Any], None]] = {
    Planned: _plan,
    Budgeted: _budget,
    Allocated: _allocate,
    Let: _let,
    Paid: _pay,
    Advanced: _advance,
    Reported: _report,
    CameBack: _bring_back,
    Banked: _bank,
    Screened: _screen,
}
