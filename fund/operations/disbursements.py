"""Disbursements: prepared by one person, approved or rejected by another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import User

from fund import policy
from fund.errors import ValueInvalid
from fund.models import (
    BankAccount,
    Category,
    Disbursement,
    DisbursementLine,
    DisbursementState,
    Obligation,
    Payee,
    Project,
)
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.cash import take_out
from fund.operations.obligations import check_payable
from fund.operations.payees import get_payee
from fund.operations.releases import find_releases
from fund.policy import CashOut, Charge
from fund.queries.rates import carry
from ledger.entries import Draft
from ledger.money import Amount, split
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class Line:
    """What is charged to a sub-fund for a project, in the bank account's currency, out of an obligation or none."""

    fund: str
    project: Project
    category: str
    amount: Amount
    obligation: Obligation | None = None


def prepare_disbursement(
    *,
    payee: Payee | str,
    bank_account: BankAccount,
    paid_on: date,
    lines: Sequence[Line],
    by: User,
    note: str = "",
) -> Disbursement:
    """Records a disbursement that waits for another person's approval; nothing is posted yet.

    `payee` may be a name: one that is not known yet is added. The limits are checked here already, so that the preparer
    learns of a refusal at once. Raises PayeeBlocked, FundsFirst, AllocationExceeded, ObligationUnfit, OutsideEarmark,
    ProjectClosed, RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_disbursement")
    _check_lines(lines, bank_account)
    with writing():
        found = get_payee(payee, by=by)
        limits.check_payee(found)
        acts.check_day(paid_on, "paid_on")
        _check_limits(lines, bank_account, paid_on)
        total = Amount(sum(line.amount.minor for line in lines), bank_account.currency)
        disbursement = Disbursement(payee=found, bank_account=bank_account, paid_on=paid_on, created_by=by)
        disbursement.amount = to_money(total)
        disbursement.number = acts.take_number(Disbursement, paid_on)
        disbursement.note = acts.clean_text(note, field="note", longest=300, required=False)
        disbursement.save(force_insert=True)
        DisbursementLine.objects.bulk_create(
            DisbursementLine(
                disbursement=disbursement,
                fund=line.fund,
                project=line.project,
                category=line.category,
                amount=to_money(line.amount),
                obligation=line.obligation,
            )
            for line in lines
        )
        acts.record("prepare disbursement", disbursement, by=by, detail=f"{found}: {total}")
    return disbursement


def approve_disbursement(disbursement: Disbursement, *, by: User) -> bool:
    """Approves a disbursement, dated its day, and posts it; False where it needs another approver before that.

    Raises SamePerson where `by` prepared it, StateUnfit where it is decided already, and what preparing raises:
    the limits are checked again, since other payments may have come between.
    """
    with writing():
        found = get_prepared(disbursement, by=by)
        limits.check_payee(found.payee)
        lines = [
            Line(line.fund, line.project, line.category, to_amount(line.amount), line.obligation)
            for line in found.lines.select_related("project", "obligation__project").order_by("pk")
        ]
        acts.check_day(found.paid_on, "paid_on")
        charges = _check_limits(lines, found.bank_account, found.paid_on)
        cash = _take_cash(lines, found.bank_account)
        detail = f"{found.payee}: {to_amount(found.amount)}"
        if not add_approval(found, functional=_weigh(charges, cash), by=by):
            acts.record("approve disbursement as the first of two", found, by=by, detail=detail)
            return False
        acts.post(_to_draft(found, charges, cash), by=by)
        decide(found, DisbursementState.PAID, by=by)
        acts.record("approve disbursement", found, by=by, detail=detail)
    return True


def _check_lines(lines: Sequence[Line], account: BankAccount) -> None:
    if not lines:
        raise ValueInvalid("A disbursement charges at least one sub-fund.", field="lines")
    for line in lines:
        with acts.naming(line, among=lines):
            _check_line(line, account)


def _check_line(line: Line, account: BankAccount) -> None:
    acts.check_positive(line.amount, "lines")
    if line.amount.currency != account.currency:
        raise ValueInvalid(f"{account.code} holds {account.currency}: the amounts are in it.", field="lines")
    if line.category not in Category.values:
        raise ValueInvalid(f"“{line.category}” is not a category of spending.", field="lines")


def _check_limits(lines: Sequence[Line], account: BankAccount, on: date) -> list[Charge]:
    """Checks every limit and returns what each line charges, in the functional currency.

    The rate of the day applies to the whole payment; its lines share it by largest fraction (rule 3).
    """
    total = Amount(sum(line.amount.minor for line in lines), account.currency)
    charges = _charge(lines, split(carry(total, on).functional, [line.amount.minor for line in lines]), on)
    cash: defaultdict[str, list[Line]] = defaultdict(list)
    spent: defaultdict[tuple[str, str], list[tuple[Line, Charge]]] = defaultdict(list)
    for line, charge in zip(lines, charges, strict=True):
        with acts.naming(line, among=lines):
            limits.check_accounts_open(line.project)
            limits.check_earmark(line.fund, line.project, on=on)
            if not charge.expense:
                raise ValueInvalid(f"{line.amount} is worth nothing in {functional_currency()} on {on}.", field="lines")
        cash[line.fund].append(line)
        spent[charge.project, charge.fund].append((line, charge))
    for (project, fund), own in spent.items():
        expense, released = sum(charge.expense for _, charge in own), sum(charge.released for _, charge in own)
        with acts.naming(*(line for line, _ in own), among=lines):
            limits.check_allocation(project, fund, expense, on=on, released=released)
    for fund, taken in cash.items():
        with acts.naming(*taken, among=lines):
            limits.check_cash(account, fund, Amount(sum(line.amount.minor for line in taken), account.currency), on=on)
    return charges


def _charge(lines: Sequence[Line], expenses: Sequence[int], on: date) -> list[Charge]:
    """What each line charges; one that names an obligation releases what is open of it, up to the expense."""
    charges, left = [], dict[str, int]()
    for line, expense in zip(lines, expenses, strict=True):
        charge = Charge(line.fund, line.project.code, line.category, expense)
        if line.obligation:
            with acts.naming(line, among=lines):
                row, is_open = check_payable(
                    line.obligation, fund=line.fund, project=line.project, category=line.category, on=on
                )
            released = min(expense, left.get(row.reference, is_open))
            left[row.reference] = left.get(row.reference, is_open) - released
            charge = replace(charge, obligation=row.reference, released=released)
        charges.append(charge)
    return charges


def _take_cash(lines: Sequence[Line], account: BankAccount) -> list[CashOut]:
    """What leaves the account of each sub-fund (rule 4)."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.fund] += line.amount.minor
    return [CashOut(fund, take_out(account, fund, minor)) for fund, minor in sums.items()]


def _weigh(charges: Sequence[Charge], cash: Sequence[CashOut]) -> int:
    """What needs approval (functional): what is charged, or what leaves where that is more.

    One person enters the rate of the day: it alone would say whether one approver is enough.
    """
    return max(sum(charge.expense for charge in charges), sum(one.carried.functional for one in cash))


def _to_draft(disbursement: Disbursement, charges: Sequence[Charge], cash: Sequence[CashOut]) -> Draft:
    return policy.disburse(
        number=disbursement.number,
        payee=disbursement.payee.name,
        on=disbursement.paid_on,
        bank=disbursement.bank_account.account,
        charges=charges,
        cash=cash,
        currency=functional_currency(),
        releases=find_releases(charges, on=disbursement.paid_on),
    )
