"""Manual entries: what nobody foresaw, line by line, prepared by one person and approved by another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund import policy, policy_corrections
from fund.errors import AccountBarred, EntryUnbalanced, ValueInvalid
from fund.models import BankAccount, Category, ManualEntry, ManualLine, Project, State
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.cash import take_out
from fund.queries.manual_accounts import OPENABLE
from fund.queries.rates import carry
from fund.queries.sub_funds import find_earmark
from ledger.accounts import check_name
from ledger.entries import Leg
from ledger.money import Amount, share, split, to_minor
from ledger.operations import writing
from ledger.queries import all_accounts, functional_currency


@dataclass(frozen=True, slots=True)
class Line:
    """One posting, debit positive: in the account's currency, and in minor units of the functional one."""

    account: str
    fund: str
    amount: Amount
    functional: int
    project: Project | None = None

    @property
    def leg(self) -> Leg:
        """The posting itself."""
        project = self.project.code if self.project else ""
        return Leg(self.account, self.amount.minor, self.amount.currency, self.functional, self.fund, project)


def prepare_manual_entry(
    *, dated_on: date, grounds: str, lines: Sequence[Line], by: User, note: str = ""
) -> ManualEntry:
    """Records an entry as it is to be posted; nothing is posted until another person approves.

    Raises EntryUnbalanced, AccountBarred, FundsFirst, AllocationExceeded, OutsideEarmark, ProjectClosed, RateMissing,
    ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_manualentry")
    grounds = acts.clean_text(grounds, field="grounds", longest=300)
    with writing():
        _check(lines, dated_on)
        total = Amount(sum_debits(lines), functional_currency())
        entry = ManualEntry(dated_on=dated_on, grounds=grounds, amount=to_money(total), created_by=by)
        entry.note = acts.clean_text(note, field="note", longest=300, required=False)
        entry.number = acts.take_number(ManualEntry, dated_on)
        entry.save(force_insert=True)
        ManualLine.objects.bulk_create(_to_row(entry, place, line) for place, line in enumerate(lines, 1))
        acts.record("prepare manual entry", entry, by=by, detail=f"{total}: {grounds}")
    return entry


def approve_manual_entry(entry: ManualEntry, *, by: User) -> bool:
    """Approves a manual entry and posts it; False where it needs another approver before that.

    Everything is checked again. Raises SamePerson, StateUnfit, and what preparing raises.
    """
    with writing():
        found = get_prepared(entry, by=by)
        lines = [_to_line(row) for row in found.lines.select_related("project").order_by("position")]
        _check(lines, found.dated_on)
        detail = f"{to_amount(found.amount)}: {found.grounds}"
        if not add_approval(found, functional=sum_debits(lines), by=by):
            acts.record("approve manual entry as the first of two", found, by=by, detail=detail)
            return False
        legs = [line.leg for line in lines]
        draft = policy_corrections.enter(number=found.number, on=found.dated_on, reason=found.grounds, legs=legs)
        acts.post(draft, by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve manual entry", found, by=by, detail=detail)
    return True


def sum_debits(lines: Sequence[Line]) -> int:
    """What the debits add up to, functional."""
    return sum(max(line.functional, 0) for line in lines)


def sum_funds(lines: Sequence[Line]) -> dict[str, int]:
    """What the lines of each sub-fund add up to, functional and debit positive: zero where it balances."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.fund] += line.functional
    return dict(sums)


def _to_row(entry: ManualEntry, place: int, line: Line) -> ManualLine:
    functional = to_money(Amount(line.functional, functional_currency()))
    return ManualLine(
        entry=entry,
        position=place,
        account=line.account,
        fund=line.fund,
        project=line.project,
        amount=to_money(line.amount),
        functional=functional,
    )


def _to_line(row: ManualLine) -> Line:
    return Line(row.account, row.fund, to_amount(row.amount), to_amount(row.functional).minor, row.project)


def _check(lines: Sequence[Line], on: date) -> None:
    """Every control, before it is prepared and again before it is posted."""
    acts.check_day(on, "dated_on")
    _check_balanced(lines)
    for line in lines:
        with acts.naming(line, among=lines):
            _check_fund(line.fund)
            _check_account(line)
            _check_amount(line)
    _check_payment(lines)
    _check_cash(lines, on)
    _check_brought(lines, on)
    _check_held(lines, on)
    _check_projects(lines, on)
    _check_available(lines, on)


def _check_balanced(lines: Sequence[Line]) -> None:
    """Two lines at least, each account once per sub-fund, and exactly zero in each sub-fund (rule 1)."""
    if len(lines) < 2:
        raise EntryUnbalanced("An entry has two lines or more: what is debited and what is credited.", field="lines")
    for line in lines:
        same = [one for one in lines if (one.account, one.fund) == (line.account, line.fund)]
        with acts.naming(*same, among=lines):
            if len(same) > 1:
                raise ValueInvalid(f"{line.account} of {line.fund} is named twice: add its lines up.", field="lines")
    currency = functional_currency()
    for fund, left in sum_funds(lines).items():
        if left:
            side = "debits" if left > 0 else "credits"
            raise EntryUnbalanced(
                f"{fund} has {Amount(abs(left), currency)} more {side}: each sub-fund adds up to zero by itself.",
                field="lines",
            )


def _check_fund(fund: str) -> None:
    if fund not in (policy.POOL, policy.GENERAL):
        limits.get_earmark(fund, field="lines")


def _check_account(line: Line) -> None:
    """The account is there, or the policy names it, and no document answers for it."""
    account = check_name(line.account)
    barred = policy_corrections.find_barred(account)
    if barred:
        raise AccountBarred(f"Documents answer for {account}: use {barred.instead} instead.", field="lines")
    if account.startswith(policy.PROJECTS):
        _check_expense(line)
    elif account.startswith(policy.BANK):
        if not BankAccount.objects.filter(code=account.removeprefix(policy.BANK)).exists():
            raise AccountBarred(f"{account} is no bank account of the fund: add it first.", field="lines")
    elif account not in OPENABLE and not all_accounts().filter(name=account).exists():
        raise AccountBarred(
            f"{account} is no account of the books. Those of the policy are {', '.join(OPENABLE)}, and projects' "
            f"expense such as {policy.PROJECTS}CYB-01:Travel.",
            field="lines",
        )
    elif line.project:
        raise ValueInvalid(f"{account} belongs to no project: leave the project out.", field="lines")


def _check_expense(line: Line) -> None:
    """A project's expense names its project, and is none that a document of its own makes."""
    code, category = policy.split_expense(line.account)
    if category not in Category.values:
        raise AccountBarred(
            f"{category or 'Nothing'} is not a category of spending: {', '.join(Category.values)}. Indirect cost is "
            "charged by its run, and what came in kind recorded as that.",
            field="lines",
        )
    if line.project is None or line.project.code != code:
        raise ValueInvalid(f"{line.account} is an expense of the project {code}: name it.", field="lines")
    agreement = find_earmark(line.fund)
    if agreement and agreement.is_conditional:
        raise AccountBarred(
            f"{line.fund} is conditional, and spending releases its income: use a disbursement or its reversal.",
            field="lines",
        )


def _check_amount(line: Line) -> None:
    """More or less than zero on both sides alike, in the account's currency; foreign cash leaves at its average."""
    amount, currency = line.amount, functional_currency()
    to_minor(amount.decimal, amount.currency)
    to_minor(Amount(line.functional, currency).decimal, currency)
    if not amount.minor or amount.minor * line.functional <= 0:
        raise ValueInvalid(f"{line.account}: both amounts are debits (more than zero) or both credits.", field="lines")
    own = _find_currency(line.account)
    if own and own != amount.currency:
        raise ValueInvalid(f"{line.account} is in {own}.", field="lines")
    if amount.currency == currency and amount.minor != line.functional:
        raise ValueInvalid(f"{line.account}: {amount} is {amount} in the books too.", field="lines")


def _find_currency(account: str) -> str:
    """The currency that an account takes; empty for any."""
    bank = BankAccount.objects.filter(code=account.removeprefix(policy.BANK)).first()
    if account.startswith(policy.BANK) and bank:
        return bank.currency
    known = all_accounts().filter(name=account).first()
    return known.currency if known else policy.account_currency(account, functional_currency())


def _check_payment(lines: Sequence[Line]) -> None:
    """What becomes a project's expense was paid to somebody whom lists of sanctions may name: no entry adds to it.

    Nor in two steps: what left a bank as a charge, without a payee, would be a project's afterwards.
    """
    spending = [line for line in lines if policy.is_spending(line.account)]
    spent = sum(line.functional for line in spending)
    with acts.naming(*(line for line in spending if line.functional > 0), among=lines):
        if spent > 0:
            raise AccountBarred(
                f"{Amount(spent, functional_currency())} would become projects' expense that was paid to nobody: use a "
                "disbursement to a payee, and reverse first what took the money already. A manual entry moves expense "
                "between sub-funds, projects and categories.",
                field="lines",
            )


def _check_cash(lines: Sequence[Line], on: date) -> None:
    """No sub-fund's cash goes below zero, then or later; foreign cash leaves at its average (rule 4)."""
    for line in lines:
        if line.account.startswith(policy.BANK) and line.amount.minor < 0:
            with acts.naming(line, among=lines):
                _check_left(line, on)


def _check_left(line: Line, on: date) -> None:
    account = BankAccount.objects.get(code=line.account.removeprefix(policy.BANK))
    amount = Amount(-line.amount.minor, line.amount.currency)
    limits.check_cash(account, line.fund, amount, on=on)
    average = take_out(account, line.fund, amount.minor).functional
    if average != -line.functional:
        carried = Amount(average, functional_currency())
        raise ValueInvalid(f"{amount} of {line.fund} leaves {account.code} at {carried}, its average.", field="lines")


def _check_brought(lines: Sequence[Line], on: date) -> None:
    """Foreign cash comes at the rate of the day; what left in the entry too keeps its carrying amount (rule 4)."""
    cash: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.account.startswith(policy.BANK) and line.amount.currency != functional_currency():
            cash[line.amount.currency].append(line)
    for currency, moved in cash.items():
        brought = [line for line in moved if line.amount.minor > 0]
        left = [line for line in moved if line.amount.minor < 0]
        worth = _find_worth(sum(line.amount.minor for line in brought), left, currency, on)
        parts = split(worth, [line.amount.minor for line in brought]) if brought else []
        for line, part in zip(brought, parts, strict=True):
            with acts.naming(line, among=lines):
                if part != line.functional:
                    carried, why = Amount(part, functional_currency()), "as what left" if left else f"the rate of {on}"
                    raise ValueInvalid(
                        f"{line.amount} comes to {line.account.removeprefix(policy.BANK)} at {carried}, {why}.",
                        field="lines",
                    )


def _find_worth(brought: int, left: Sequence[Line], currency: str, on: date) -> int:
    """What cash of a currency is carried at when it comes: its part of what left, and at the rate what is beyond."""
    took = -sum(line.amount.minor for line in left)
    carried = -sum(line.functional for line in left)
    if brought <= took:
        return share(carried, brought, took)
    return carried + carry(Amount(brought - took, currency), on).functional


def _check_held(lines: Sequence[Line], on: date) -> None:
    """No more of a liability goes than there is of it."""
    for line in (line for line in lines if policy.is_held(line.account) and line.functional > 0):
        with acts.naming(line, among=lines):
            limits.check_held(line.account, line.fund, line.functional, on=on)


def _check_projects(lines: Sequence[Line], on: date) -> None:
    """No project beyond its allocation, outside an earmark, or after its accounts closed; nor below what it spent."""
    spent: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        if line.project:
            with acts.naming(line, among=lines):
                limits.check_accounts_open(line.project)
                limits.check_earmark(line.fund, line.project, on=on)
            spent[line.project.code, line.fund] += line.functional
    for (project, fund), amount in spent.items():
        own = [line for line in lines if line.project and (line.project.code, line.fund) == (project, fund)]
        with acts.naming(*own, among=lines):
            if amount > 0:
                limits.check_allocation(project, fund, amount, on=on)
            elif amount < 0:
                limits.check_spent(project, fund, -amount, on=on)


def _check_available(lines: Sequence[Line], on: date) -> None:
    """What was allocated stays covered: an entry takes no more cash than is neither allocated nor held."""
    taken: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        account = line.account
        if account.startswith(policy.BANK) or policy.is_spending(account) or policy.is_held(account):
            taken[line.fund] -= line.functional
    for fund, amount in taken.items():
        if amount > 0:
            limits.check_available(fund, amount, on=on)
