"""Obligations: contracts let for projects, paid by disbursements that name them, cancelled in part or whole."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max

from fund.errors import ObligationUnfit, ValueInvalid
from fund.models import Category, Obligation, ObligationCancellation, ObligationLine, Payee, Project
from fund.money import to_money
from fund.operations import acts, limits
from fund.operations.payees import get_payee
from fund.policy import Reserved
from fund.policy_obligations import cancel_obligation as to_cancellation
from fund.policy_obligations import obligate
from fund.queries.obligations import lowest_open
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency, get_last_day


def record_obligation(
    *,
    project: Project,
    payee: Payee | str,
    purpose: str,
    category: str,
    let_on: date,
    ends_on: date,
    lines: Mapping[str, Amount],
    by: User,
    note: str = "",
) -> Obligation:
    """[12] Records a contract that is let for a project: it reserves money of the sub-funds in `lines` (functional).

    Raises AllocationExceeded beyond what the project has left of a sub-fund, OutsideEarmark, ProjectClosed,
    YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_obligation")
    _check_facts(category, let_on, ends_on)
    _check_lines(lines)
    with writing():
        acts.check_day(let_on, "let_on")
        limits.check_operations_open(project, on=let_on)
        for fund, amount in lines.items():
            with acts.naming(fund, among=lines):
                limits.check_earmark(fund, project, on=let_on)
                limits.check_allocation(project.code, fund, amount.minor, on=let_on)
        obligation = Obligation(project=project, category=category, let_on=let_on, ends_on=ends_on, created_by=by)
        obligation.amount = to_money(_total(lines))
        obligation.payee = get_payee(payee, by=by)
        obligation.purpose = acts.clean_text(purpose, field="purpose", longest=200)
        obligation.note = acts.clean_text(note, field="note", longest=300, required=False)
        obligation.number = acts.take_number(Obligation, let_on)
        obligation.save(force_insert=True)
        draft = obligate(
            number=obligation.number,
            payee=obligation.payee.name,
            project=project.code,
            on=let_on,
            lines=_save_lines(obligation, lines),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("record obligation", obligation, by=by, detail=f"{obligation.payee}: {_total(lines)}")
    return obligation


def cancel_obligation(
    obligation: Obligation, *, on: date, reason: str, by: User, lines: Mapping[str, Amount] | None = None
) -> None:
    """[25] Cancels what of an obligation will not be paid: the amounts in `lines` by sub-fund, or all that is open.

    Raises ObligationUnfit beyond what is open, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_obligation")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found = Obligation.objects.select_related("project", "payee").get(pk=obligation.pk)
        acts.check_day(on, "on")
        acts.check_not_before(on, found.let_on, "on")
        if lines is None:
            # All of it is what stays open after its last entry.
            acts.check_not_before(on, get_last_day(found.number), "on")
        reserved = _find_cancelled(found, lines, on)
        draft = to_cancellation(
            number=found.number,
            payee=found.payee.name,
            project=found.project.code,
            on=on,
            lines=reserved,
            reason=reason,
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        _save_cancellation(found, reserved, on, reason)
        acts.record("cancel obligation", found, by=by, detail=reason)


def check_payable(
    obligation: Obligation, *, fund: str, project: Project, category: str, on: date
) -> tuple[ObligationLine, int]:
    """The line of an obligation that a payment liquidates, and what is open of it, then and on every later day.

    Raises ObligationUnfit where the obligation reserved nothing for that, or nothing of it is open.
    """
    line = obligation.lines.filter(fund=fund).first()
    if line is None or project != obligation.project or category != obligation.category:
        funds = ", ".join(obligation.lines.values_list("fund", flat=True))
        raise ObligationUnfit(
            f"{obligation} is for {obligation.project.code}, {obligation.get_category_display()}, out of {funds}. "
            "Charge that, or name no obligation.",
            field="lines",
        )
    acts.check_not_before(on, obligation.let_on, "paid_on")
    low = lowest_open(line.reference, since=on)
    if low.balance <= 0:
        raise ObligationUnfit(
            f"Nothing of {obligation} is open in {fund} on {low.on}: it is paid or cancelled. Name no obligation.",
            field="lines",
        )
    return line, low.balance


def _check_facts(category: str, let_on: date, ends_on: date) -> None:
    if category not in Category.values:
        raise ValueInvalid(f"“{category}” is not a category of spending.", field="category")
    if ends_on < let_on:
        raise ValueInvalid(f"A contract ends on the day it is let, {let_on}, or later.", field="ends_on")


def _check_lines(lines: Mapping[str, Amount]) -> None:
    if not lines:
        raise ValueInvalid("Name at least one sub-fund and its amount.", field="lines")
    for fund, amount in lines.items():
        with acts.naming(fund, among=lines):
            acts.check_positive(amount, "lines")
            if amount.currency != functional_currency():
                raise ValueInvalid(f"Obligations are in {functional_currency()}.", field="lines")


def _save_lines(obligation: Obligation, lines: Mapping[str, Amount]) -> list[Reserved]:
    saved = [
        ObligationLine(
            obligation=obligation,
            position=position,
            reference=f"{obligation.number}/{position}",
            fund=fund,
            amount=to_money(amount),
        )
        for position, (fund, amount) in enumerate(lines.items(), 1)
    ]
    ObligationLine.objects.bulk_create(saved)
    return [Reserved(line.reference, line.fund, lines[line.fund].minor) for line in saved]


def _find_cancelled(obligation: Obligation, lines: Mapping[str, Amount] | None, on: date) -> list[Reserved]:
    """What is cancelled of each line. Raises ObligationUnfit where it is not open, then or later."""
    if lines is not None:
        _check_lines(lines)
    rows = {line.fund: line for line in obligation.lines.all()}
    unknown = next((fund for fund in lines or () if fund not in rows), None)
    if unknown:
        raise ObligationUnfit(f"{obligation} reserves {', '.join(rows)}, and nothing of {unknown}.", field="lines")
    found = []
    for fund, row in rows.items():
        low = lowest_open(row.reference, since=on)
        wanted = low.balance if lines is None else lines[fund].minor if fund in lines else 0
        if wanted > low.balance:
            is_open = Amount(low.balance, functional_currency())
            raise ObligationUnfit(f"{is_open} of {obligation} is open in {fund} on {low.on}: not more.", field="lines")
        if wanted:
            found.append(Reserved(row.reference, fund, wanted))
    if not found:
        raise ObligationUnfit(f"Nothing of {obligation} is open on {on}: it is paid or cancelled.")
    return found


def _save_cancellation(obligation: Obligation, reserved: Sequence[Reserved], on: date, reason: str) -> None:
    found = ObligationCancellation.objects.filter(line__obligation=obligation)
    position = (found.aggregate(last=Max("position"))["last"] or 0) + 1
    rows = {line.reference: line for line in obligation.lines.all()}
    ObligationCancellation.objects.bulk_create(
        ObligationCancellation(
            line=rows[part.line],
            position=position,
            cancelled_on=on,
            amount=to_money(Amount(part.amount, functional_currency())),
            reason=reason,
        )
        for part in reserved
    )


def _total(lines: Mapping[str, Amount]) -> Amount:
    return Amount(sum(amount.minor for amount in lines.values()), functional_currency())
