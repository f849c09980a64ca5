"""What must be true of obligations and of projects that closed, whatever the documents say."""

from collections import defaultdict
from collections.abc import Iterator

from fund import policy
from fund.checks.instants import Recorded, to_minute
from fund.models import AuditRecord, Budget, Obligation, ObligationLine, Project
from fund.models.projects import describe_served
from fund.queries.budgets import describe_budget, describe_sum
from fund.queries.projects import project_fund_standings
from ledger.checks import Report
from ledger.money import Amount
from ledger.queries import functional_currency, postings


def check_obligations(report: Report) -> Iterator[str]:
    """No more of an obligation is paid and cancelled than was obligated, on any day, and its pair is one."""
    known = set(ObligationLine.objects.values_list("reference", flat=True))
    found = postings().filter(account__name__startswith=policy.OBLIGATED)
    standing: defaultdict[str, int] = defaultdict(int)
    wrong = set()
    rows = found.order_by("dated_on", "entry", "line").values_list("instalment", "dated_on", "functional")
    # At the end of a day, as the operations see it.
    days: dict[str, object] = {}
    for reference, day, functional in rows.iterator(chunk_size=2_000):
        if standing[reference] < 0 and days[reference] != day:
            wrong.add(reference)
        standing[reference] += functional
        days[reference] = day
    wrong |= {reference for reference, minor in standing.items() if minor < 0}
    yield from (f"More of {reference} is paid and cancelled than was obligated." for reference in sorted(wrong))
    yield from (
        f"{reference or 'Nothing'} is no line of an obligation." for reference in sorted(standing.keys() - known)
    )


def check_budgets(report: Report) -> Iterator[str]:
    """Every version of a budget is what its audit record says, and every such record has its version."""
    acts = AuditRecord.objects.filter(act="budget project")
    recorded = Recorded(acts, "subject", "user", "detail")
    found = Budget.objects.select_related("project").prefetch_related("lines").annotate(minute=to_minute("created_at"))
    for budget in found.order_by("pk"):
        code, person, lines = budget.project.code, budget.created_by_id, budget.lines.all()
        # A record of before knows the sum alone.
        texts = describe_budget(budget, lines), describe_sum(budget, lines)
        if not any(recorded.take(code, person, text, minute=budget.minute) for text in texts):
            yield f"The budget of {code}, version {budget.version}, is not that of the audit records."
    for code, _, text, _ in recorded.left():
        yield f"{code} was given a budget ({text}), and no such is there."


def check_served(report: Report) -> Iterator[str]:
    """Every project serves the recommendations of its last audit record; one of before names none."""
    acts = AuditRecord.objects.filter(act__in=("add project", "change project")).order_by("id")
    told = {code: detail.rpartition(": ")[2] for code, detail in acts.values_list("subject", "detail")}
    found = Project.objects.prefetch_related("recommendations").order_by("code")
    for project in found:
        served = told.get(project.code, "")
        if served.replace(", ", "").isdecimal() and served != describe_served(project):
            yield f"{project.code} serves other recommendations than its audit record says."
    report(f"{len(found):,} projects")


def check_projects(report: Report) -> Iterator[str]:
    """Nothing is left at a project whose accounts closed, and its days are those of the audit records."""
    closed = {project.code: project for project in Project.objects.exclude(operations_closed_on=None)}
    for found in project_fund_standings(sorted(closed)) if closed else ():
        project, standing = closed[found.project], found.standing
        if project.accounts_closed_on and (standing.left or standing.obligated or standing.advanced):
            amount = Amount(standing.left + standing.obligated + standing.advanced, functional_currency())
            yield f"{project.code} closed its accounts and has {amount} of {found.fund} left, obligated or advanced."
    for late in Obligation.objects.filter(project__in=closed.values()).select_related("project").order_by("number"):
        ended = late.project.operations_closed_on
        if ended and late.let_on > ended:
            yield f"{late} was let on {late.let_on}, after {late.project.code} closed its operations on {ended}."
    yield from _check_days()


def _check_days() -> Iterator[str]:
    said: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
    acts = AuditRecord.objects.filter(act__in=(*_FIELDS, "reopen project")).order_by("at", "id")
    for subject, act, detail in acts.values_list("subject", "act", "detail"):
        days = said[subject]
        if act in _FIELDS:
            days[_FIELDS[act]] = detail
        else:
            # The last closure is taken back.
            days[next((name for name in reversed(_FIELDS.values()) if days.get(name)), "")] = None
    for project in Project.objects.order_by("code"):
        for name, label in _LABELS.items():
            day = getattr(project, name)
            if (str(day) if day else None) != said[project.code].get(name):
                yield f"{project.code}: the day its {label} closed is not that of the audit records."


_FIELDS = {
    "close operations of project": "operations_closed_on",
    "close accounts of project": "accounts_closed_on",
}
_LABELS = {"operations_closed_on": "operations", "accounts_closed_on": "accounts"}
