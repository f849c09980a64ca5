"""What is still open before a month can be closed in peace: the steps of the checklist, each with what it counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from fund import policy
from fund.models import AuditRecord, BankAccount, Interest, NoInterest
from fund.queries.advance_ageing import count_due
from fund.queries.agreements import past_pledges
from fund.queries.approvals import count_waiting
from fund.queries.daily_balances import balance_days
from fund.queries.overview import find_owing
from fund.queries.reconciliations import AccountStanding, find_standings
from fund.queries.recoveries import plan_recovery
from fund.queries.revaluations import plan_revaluation
from ledger.document_sums import items_at
from ledger.periods import Period
from ledger.queries import head

CHECK = "check books"
_SOUND = "no problem"


class StepName(StrEnum):
    """The steps, in the order in which they are worked down."""

    STATEMENT = "statement"
    UNIDENTIFIED = "unidentified"
    APPROVAL = "approval"
    OVERDUE = "overdue"
    PLEDGES = "pledges"
    REPORTS = "reports"
    INTEREST = "interest"
    RECOVERY = "recovery"
    REVALUATION = "revaluation"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class ChecklistStep:
    """A step: how much of it is open, 0 where it is done, and what there is to say.

    `account` names a bank account, `document` one that says more of it.
    """

    name: StepName
    label: str
    count: int
    note: str = ""
    account: str = ""
    document: str = ""


def find_steps(month: Period) -> list[ChecklistStep]:
    """The steps of a month, as the books stand now."""
    on = month.ends_on
    return [
        *_find_statements(on),
        _find_unidentified(on),
        _count_waiting(on),
        _find_overdue(on),
        _count_past_pledges(on),
        _find_reports(on),
        *_find_interest(month),
        _find_recovery(on),
        _find_revaluation(on),
        _find_check(month),
    ]


def find_open(month: Period) -> list[ChecklistStep]:
    """The steps that are not done."""
    return [step for step in find_steps(month) if step.count]


def _find_statements(on: date) -> list[ChecklistStep]:
    """Each account's statement: reconciled with the books as they stand now, or not to be expected of one unused."""
    return [_find_statement(standing) for standing in find_standings(on)]


def _find_statement(standing: AccountStanding) -> ChecklistStep:
    code, found = standing.account.code, standing.reconciliation
    label = _("Statement of %(account)s") % {"account": code}
    if found is None:
        note = _("The books have %(held)s.") % {"held": standing.held} if standing.is_used else _("It held nothing")
        return ChecklistStep(StepName.STATEMENT, label, int(standing.is_used), note, code)
    is_open, note = standing.booked != standing.held, ""
    if is_open:
        said = {"booked": standing.booked, "held": standing.held}
        note = _("The books had %(booked)s when it was reconciled, and have %(held)s now: withdraw it.") % said
    return ChecklistStep(StepName.STATEMENT, label, int(is_open), note, code, found.number)


def _find_unidentified(on: date) -> ChecklistStep:
    # What rates made of them names no deposit.
    waiting = items_at((policy.UNIDENTIFIED,), until=on)
    return ChecklistStep(StepName.UNIDENTIFIED, _("Unidentified deposits"), len(waiting))


def _count_waiting(on: date) -> ChecklistStep:
    return ChecklistStep(StepName.APPROVAL, _("Documents awaiting approval"), count_waiting(until=on))


def _find_overdue(on: date) -> ChecklistStep:
    count = find_owing(today=on + timedelta(days=1), most=0).overdue_count
    return ChecklistStep(StepName.OVERDUE, _("Overdue receivables"), count)


def _count_past_pledges(on: date) -> ChecklistStep:
    count = past_pledges(today=on + timedelta(days=1)).count()
    return ChecklistStep(StepName.PLEDGES, _("Pledges past their day"), count)


def _find_reports(on: date) -> ChecklistStep:
    return ChecklistStep(StepName.REPORTS, _("Partner reports due"), count_due(as_of=on))


def _find_interest(month: Period) -> list[ChecklistStep]:
    """Each account's interest: recorded, marked as none, or not to be expected of an account that held nothing."""
    known = {"month": month.begins_on}
    recorded = set(Interest.objects.filter(reversed_on=None, **known).values_list("bank_account", flat=True))
    none = set(NoInterest.objects.filter(**known).values_list("bank_account", flat=True))
    steps = []
    for account in BankAccount.objects.all():
        label = _("Interest of %(account)s") % {"account": account.code}
        is_open, note = False, ""
        if account.pk not in recorded:
            is_open = account.pk not in none and bool(balance_days(account.account, month.begins_on, month.ends_on))
            note = _("None, as marked") if account.pk in none else ("" if is_open else _("It held nothing"))
        steps.append(ChecklistStep(StepName.INTEREST, label, int(is_open), note, account.code))
    return steps


def _find_recovery(on: date) -> ChecklistStep:
    plan = plan_recovery(on)
    funds = ", ".join(sorted(plan.waiting))
    note = _("Nothing is allocated of %(funds)s: their cost waits.") % {"funds": funds} if funds else ""
    return ChecklistStep(StepName.RECOVERY, _("Indirect cost"), len(plan.charges), note)


def _find_revaluation(on: date) -> ChecklistStep:
    plan = plan_revaluation(on)
    return ChecklistStep(
        StepName.REVALUATION, _("Revaluation"), len(plan.changed) + len(plan.missing), " ".join(plan.missing.values())
    )


def _find_check(month: Period) -> ChecklistStep:
    """Done when the books were checked as they stand now and nothing was found."""
    last = AuditRecord.objects.filter(act=CHECK, subject=str(month)).order_by("-id").first()
    stands = last is not None and last.detail == describe_check(0)
    note = "" if stands or last is None else _("Last time: %(detail)s") % {"detail": last.detail}
    return ChecklistStep(StepName.CHECK, _("Check of the journal"), int(not stands), note)


def describe_check(problems: int) -> str:
    """What the audit record of a check says: what was found, and the newest entry of the books then."""
    newest = head()
    found = f"{problems} problems" if problems else _SOUND
    return f"{found}, up to {newest.number if newest else 'no entry'}"
