"""The end of a project: first its operations close, then its accounts; each can be reopened, with a reason."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max

from fund.errors import ProjectUnfinished, StateUnfit
from fund.models import Advance, Disbursement, Obligation, Project, Recovery, State
from fund.operations import acts
from fund.queries.advances import open_advances
from fund.queries.obligations import open_obligations
from fund.queries.projects import project_fund_standings
from fund.queries.recoveries import plan_recovery
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


def close_operations(project: Project, *, on: date, by: User) -> None:
    """From the next day on no contract is let for the project; what was let before is paid or cancelled.

    Raises StateUnfit where they closed before, ProjectUnfinished where a contract is dated later, ValueInvalid.
    """
    acts.require(by, "change_project")
    with writing():
        found = Project.objects.get(pk=project.pk)
        if found.operations_closed_on:
            raise StateUnfit(f"{found.code} closed its operations on {found.operations_closed_on} already.")
        acts.check_not_before(on, found.starts_on, "on")
        later = Obligation.objects.filter(project=found, let_on__gt=on).order_by("-let_on").first()
        if later:
            raise ProjectUnfinished(f"{later} was let on {later.let_on}: choose that day or later.", field="on")
        found.operations_closed_on = on
        found.save(update_fields=["operations_closed_on"])
        acts.record("close operations of project", found.code, by=by, detail=str(on), of=found)


def close_accounts(project: Project, *, on: date, by: User) -> None:
    """Nothing is paid for the project or allocated to it from now on, whatever its day.

    Raises ProjectUnfinished while obligations or advances are open, payments wait, indirect cost is not charged or
    allocations are left; StateUnfit where the operations are open or the accounts closed; ValueInvalid.
    """
    acts.require(by, "change_project")
    with writing():
        found = Project.objects.get(pk=project.pk)
        if found.accounts_closed_on:
            raise StateUnfit(f"{found.code} closed its accounts on {found.accounts_closed_on} already.")
        if found.operations_closed_on is None:
            raise StateUnfit(f"{found.code} is in operation: close its operations first.")
        acts.check_not_before(on, found.operations_closed_on, "on")
        unfinished = find_unfinished(found, on)
        if unfinished:
            raise ProjectUnfinished(" ".join(unfinished))
        found.accounts_closed_on = on
        found.save(update_fields=["accounts_closed_on"])
        acts.record("close accounts of project", found.code, by=by, detail=str(on), of=found)


def reopen_project(project: Project, *, reason: str, by: User) -> None:
    """Takes the last closure of a project back: that of its accounts, or else that of its operations.

    Raises StateUnfit where neither is closed, ValueInvalid.
    """
    acts.require(by, "change_project")
    reason = acts.clean_text(reason, field="reason", longest=200)
    with writing():
        found = Project.objects.get(pk=project.pk)
        if found.operations_closed_on is None:
            raise StateUnfit(f"{found.code} is open: there is no closure to take back.")
        field = "accounts_closed_on" if found.accounts_closed_on else "operations_closed_on"
        setattr(found, field, None)
        found.save(update_fields=[field])
        acts.record("reopen project", found.code, by=by, detail=reason, of=found)


def find_unfinished(project: Project, on: date) -> list[str]:
    """What keeps the accounts of a project open on a day, a sentence each that says what to do."""
    standings = project_fund_standings([project.code])
    found = [*_find_open(project), *_find_uncharged(project, [one.fund for one in standings], on)]
    for one in standings:
        if one.standing.left:
            left = Amount(one.standing.left, functional_currency())
            found.append(f"{left} of {one.fund} is left: return it or move it to another project.")
    return found or [
        f"{one.fund} was not settled yet on {on}: choose a later day."
        for one in project_fund_standings([project.code], until=on)
        if one.standing.left or one.standing.obligated or one.standing.advanced
    ]


def _find_open(project: Project) -> Iterator[str]:
    for obligation in open_obligations(project=project.code):
        yield f"{obligation} has {Amount(obligation.open, functional_currency())} open: pay it or cancel it."
    for advance in open_advances(project=project.code):
        yield f"{advance} is open with {advance.partner}: its partner reports or returns it."
    for model in (Disbursement, Advance):
        waiting = model._default_manager.filter(state=State.PREPARED, lines__project=project).distinct()
        yield from (f"{document} awaits approval: approve or reject it." for document in waiting.order_by("number"))


def _find_uncharged(project: Project, funds: Sequence[str], on: date) -> Iterator[str]:
    """The indirect cost of what it spent: once its accounts closed, nothing is charged to it any more."""
    last = Recovery.objects.filter(reversed_on=None).aggregate(last=Max("dated_on"))["last"]
    charges = plan_recovery(max(on, last or on), funds=funds).charges if funds else []
    for charge in charges:
        if charge.project == project.code:
            amount = Amount(abs(charge.amount), functional_currency())
            what = "is not charged yet" if charge.amount > 0 else "is to be given back"
            lacking = f", and allocate {Amount(charge.lacking, amount.currency)} for it" if charge.lacking else ""
            yield f"{amount} of indirect cost of {charge.fund} {what}: run indirect cost first{lacking}."
