"""Advances to implementing partners: prepared by one person, approved or rejected by another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.errors import StateUnfit, ValueInvalid
from fund.models import (
    Advance,
    AdvanceLine,
    AdvanceReport,
    AdvanceReturn,
    BankAccount,
    DisbursementState,
    Payee,
    Project,
    ReportState,
)
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.cash import take_out
from fund.policy import Carried, Party
from fund.policy_advances import Part, send_advance
from fund.queries.advances import open_of
from ledger.causes import entries_caused_by
from ledger.money import Amount, split
from ledger.operations import writing
from ledger.queries import functional_currency, get_draft


@dataclass(frozen=True, slots=True)
class Line:
    """What an advance takes of a sub-fund for a project, in the bank account's currency."""

    fund: str
    project: Project
    amount: Amount


def prepare_advance(
    *, partner: Payee, bank_account: BankAccount, paid_on: date, lines: Sequence[Line], by: User, note: str = ""
) -> Advance:
    """Records an advance that waits for another person's approval; nothing is posted yet.

    The limits are checked here already, so that the preparer learns of a refusal at once. Raises FundsFirst,
    AllocationExceeded, OutsideEarmark, ProjectClosed, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_advance")
    _check_lines(lines, bank_account)
    with writing():
        acts.check_day(paid_on, "paid_on")
        limits.check_payee(partner, field="partner")
        _check_limits(lines, bank_account, paid_on)
        total = Amount(sum(line.amount.minor for line in lines), bank_account.currency)
        advance = Advance(partner=partner, bank_account=bank_account, paid_on=paid_on, created_by=by)
        advance.amount = to_money(total)
        advance.number = acts.take_number(Advance, paid_on)
        advance.note = acts.clean_text(note, field="note", longest=300, required=False)
        advance.save(force_insert=True)
        AdvanceLine.objects.bulk_create(
            AdvanceLine(
                advance=advance,
                position=position,
                reference=f"{advance.number}/{position}",
                fund=line.fund,
                project=line.project,
                amount=to_money(line.amount),
            )
            for position, line in enumerate(lines, 1)
        )
        acts.record("prepare advance", advance, by=by, detail=f"{partner}: {total}")
    return advance


def approve_advance(advance: Advance, *, by: User) -> bool:
    """[16] Approves an advance, dated its day, and posts it; False where it needs another approver before that.

    Raises SamePerson where `by` prepared it, StateUnfit where it is decided already, and what preparing raises:
    the limits are checked again, since other payments may have come between.
    """
    with writing():
        found = get_prepared(advance, by=by)
        rows = list(found.lines.select_related("project").order_by("position"))
        lines = [Line(row.fund, row.project, to_amount(row.amount)) for row in rows]
        acts.check_day(found.paid_on, "paid_on")
        limits.check_payee(found.partner, field="partner")
        carried = _check_limits(lines, found.bank_account, found.paid_on)
        detail = f"{found.partner}: {to_amount(found.amount)}"
        if not add_approval(found, functional=sum(one.functional for one in carried), by=by):
            acts.record("approve advance as the first of two", found, by=by, detail=detail)
            return False
        draft = send_advance(
            number=found.number,
            partner=to_party(found.partner),
            on=found.paid_on,
            bank=found.bank_account.account,
            parts=[to_part(row, one) for row, one in zip(rows, carried, strict=True)],
        )
        acts.post(draft, by=by)
        decide(found, DisbursementState.PAID, by=by)
        acts.record("approve advance", found, by=by, detail=detail)
    return True


def get_paid(advance: Advance) -> Advance:
    """The advance as it stands under the lock, where it is paid. Raises StateUnfit."""
    found = Advance.objects.select_related("partner", "bank_account").get(pk=advance.pk)
    if found.state != DisbursementState.PAID:
        raise StateUnfit(f"{found} is {found.get_state_display().lower()}: only an advance that is paid is settled.")
    return found


def to_party(partner: Payee) -> Party:
    """A partner as the policy names it."""
    return Party(partner.code, partner.name)


def to_part(line: AdvanceLine, carried: Carried) -> Part:
    """What of a line an event concerns, as the policy names it."""
    return Part(line.reference, line.fund, line.project.code, carried)


def _check_lines(lines: Sequence[Line], account: BankAccount) -> None:
    if not lines:
        raise ValueInvalid("An advance takes money of at least one sub-fund.", field="lines")
    for line in lines:
        with acts.naming(line, among=lines):
            acts.check_positive(line.amount, "lines")
            if line.amount.currency != account.currency:
                raise ValueInvalid(f"{account.code} holds {account.currency}: the amounts are in it.", field="lines")
    if len({(line.fund, line.project.pk) for line in lines}) < len(lines):
        raise ValueInvalid("Name each sub-fund once for a project, with all that it takes of it.", field="lines")


def _check_limits(lines: Sequence[Line], account: BankAccount, on: date) -> list[Carried]:
    """Checks every limit and returns what each line is carried at: its share of the cash that leaves (rule 4)."""
    of_funds: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        with acts.naming(line, among=lines):
            limits.check_accounts_open(line.project)
            limits.check_earmark(line.fund, line.project, on=on)
        of_funds[line.fund].append(line)
    carried: dict[Line, Carried] = {}
    for fund, own in of_funds.items():
        minors = [line.amount.minor for line in own]
        with acts.naming(*own, among=lines):
            limits.check_cash(account, fund, Amount(sum(minors), account.currency), on=on)
        parts = split(take_out(account, fund, sum(minors)).functional, minors)
        carried |= {line: Carried(line.amount, part) for line, part in zip(own, parts, strict=True)}
    for line, one in carried.items():
        with acts.naming(line, among=lines):
            if not one.functional:
                raise ValueInvalid(f"{line.amount} is worth nothing in {functional_currency()} on {on}.", field="lines")
            limits.check_allocation(line.project.code, line.fund, one.functional, on=on)
    return [carried[line] for line in lines]


def check_untouched(advance: Advance) -> None:
    """Raises StateUnfit where something rests on an advance, or where it was revalued since."""
    waiting = AdvanceReport.objects.filter(advance=advance, state__in=(ReportState.PREPARED, ReportState.APPROVED))
    first = waiting.first() or AdvanceReturn.objects.filter(advance=advance, reversed_on=None).first()
    if first:
        waits = getattr(first, "is_waiting", False)
        raise StateUnfit(f"{first} rests on it: {'reject' if waits else 'reverse'} that first.")
    [entry] = entries_caused_by(advance.number).filter(reverses=None)
    posted = {leg.instalment: leg.functional for leg in get_draft(entry).legs if leg.instalment}
    if any(open_of(line).functional != posted[line.reference] for line in advance.lines.all()):
        raise StateUnfit(f"{advance} was revalued since: record what came back as a return, which realises that.")
