"""Expenditure reports of partners: recorded by one person, accepted in full or part by another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.errors import AdvanceExceeded, StateUnfit, ValueInvalid
from fund.models import Advance, AdvanceLine, AdvanceReport, AdvanceReportLine, Approval, Category, ReportState
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.advances import get_paid, to_part, to_party
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.operations.releases import find_releases
from fund.policy import Carried, Charge
from fund.policy_advances import Part, accept_report
from fund.queries.advances import lowest_open, open_of
from ledger.money import Amount, share, split
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class Spent:
    """What a partner spent of a line of an advance in one category, in the advance's currency."""

    line: AdvanceLine
    category: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer accepts of a line of a report; of less than all, `question` says why."""

    accepted: Amount
    question: str = ""


def record_report(
    advance: Advance, *, reported_on: date, certified_by: str, lines: Sequence[Spent], by: User, note: str = ""
) -> AdvanceReport:
    """Records what a partner certifies to have spent; nothing is posted until another person has reviewed it.

    Raises AdvanceExceeded beyond what is open then or on any later day, StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_advancereport")
    certified_by = acts.clean_text(certified_by, field="certified_by", longest=200)
    with writing():
        found = get_paid(advance)
        acts.check_day(reported_on, "reported_on")
        acts.check_not_before(reported_on, found.paid_on, "reported_on")
        _check_lines(found, lines)
        sums: defaultdict[AdvanceLine, int] = defaultdict(int)
        for line in lines:
            sums[line.line] += line.amount.minor
        check_open(sums, on=reported_on)
        total = Amount(sum(sums.values()), str(found.amount.currency))
        position = found.reports.count() + 1
        report = AdvanceReport(advance=found, position=position, number=f"{found.number}/R{position}", created_by=by)
        report.reported_on, report.certified_by, report.amount = reported_on, certified_by, to_money(total)
        report.note = acts.clean_text(note, field="note", longest=300, required=False)
        report.save(force_insert=True)
        nothing = to_money(Amount(0, total.currency))
        AdvanceReportLine.objects.bulk_create(
            AdvanceReportLine(
                report=report,
                line=line.line,
                category=line.category,
                amount=to_money(line.amount),
                accepted=nothing,
            )
            for line in lines
        )
        acts.record("prepare advance report", report, by=by, detail=f"{certified_by}: {total}")
    return report


def review_report(report: AdvanceReport, *, verdicts: Sequence[Verdict], by: User) -> bool:
    """[17] Accepts a report as far as `verdicts` say, one for each line in their order, and posts that as expense.

    What is questioned stays open on the advance. False where another reviewer is needed before that, who must accept
    the same. Raises AdvanceExceeded, SamePerson, StateUnfit, ProjectClosed, YearNotOpen, ValueInvalid.
    """
    with writing():
        found = get_prepared(report, by=by)
        advance = get_paid(found.advance)
        acts.check_day(found.reported_on, "reported_on")
        rows = list(found.lines.select_related("line__project").order_by("pk"))
        _judge(found, rows, verdicts)
        parts, charges = _settle(rows, found.reported_on)
        total = Amount(sum(to_amount(row.accepted).minor for row in rows), str(found.amount.currency))
        detail = f"{total} of {to_amount(found.amount)}"
        AdvanceReportLine.objects.bulk_update(rows, ["accepted", "question"])
        if not add_approval(found, functional=sum(part.carried.functional for part in parts), by=by):
            acts.record("approve advance report, first of two", found, by=by, detail=detail)
            return False
        draft = accept_report(
            number=found.number,
            advance=advance.number,
            partner=to_party(advance.partner),
            on=found.reported_on,
            parts=parts,
            charges=charges,
            releases=find_releases(charges, on=found.reported_on),
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        decide(found, ReportState.APPROVED, by=by)
        acts.record("approve advance report", found, by=by, detail=detail)
    return True


def check_open(sums: Mapping[AdvanceLine, int], *, on: date, field: str = "lines") -> None:
    """Raises AdvanceExceeded where less of a line is open than `sums` say, on the day or any later one."""
    for line, minor in sums.items():
        low = lowest_open(line, since=on)
        if minor > low.balance:
            currency = str(line.amount.currency)
            raise AdvanceExceeded(
                f"{Amount(max(low.balance, 0), currency)} of {line.fund} for {line.project.code} is open on {low.on}; "
                f"{Amount(minor, currency)} is more. What it spent beyond that is paid as a disbursement.",
                field=field,
            )


def settle(line: AdvanceLine, minor: int) -> Carried:
    """Rule 4: a line leaves at its own carrying amount; the last unit takes what is left."""
    is_open = open_of(line)
    amount = Amount(minor, is_open.amount.currency)
    return Carried(amount, share(is_open.functional, minor, is_open.amount.minor))


def _check_lines(advance: Advance, lines: Sequence[Spent]) -> None:
    if not lines:
        raise ValueInvalid("A report says what was spent of at least one line.", field="lines")
    currency = str(advance.amount.currency)
    for line in lines:
        acts.check_positive(line.amount, "lines")
        if line.amount.currency != currency:
            raise ValueInvalid(f"{advance} was paid in {currency}: reports of it are in it.", field="lines")
        if line.category not in Category.values:
            raise ValueInvalid(f"“{line.category}” is not a category of spending.", field="lines")
        if line.line.advance_id != advance.pk:
            raise ValueInvalid(f"{line.line} is a line of another advance.", field="lines")
    if len({(line.line.pk, line.category) for line in lines}) < len(lines):
        raise ValueInvalid("Name each category once for a line of the advance, with all that it cost.", field="lines")


def _judge(report: AdvanceReport, rows: Sequence[AdvanceReportLine], verdicts: Sequence[Verdict]) -> None:
    """Writes what is accepted to the lines. A second reviewer accepts what the first one did."""
    if len(verdicts) != len(rows):
        raise ValueInvalid("Say of each line of the report what is accepted.", field="lines")
    before = [to_amount(row.accepted) for row in rows]
    for place, (row, verdict) in enumerate(zip(rows, verdicts, strict=True), 1):
        _judge_line(row, verdict, place)
    if not any(verdict.accepted.minor for verdict in verdicts):
        raise ValueInvalid("Nothing is accepted: reject the report instead, with the reason.", field="lines")
    is_second = Approval.objects.filter(document=report.number).exists()
    if is_second and before != [verdict.accepted for verdict in verdicts]:
        raise StateUnfit("The first reviewer accepted other amounts: accept the same, or reject the report.")


def _judge_line(row: AdvanceReportLine, verdict: Verdict, place: int) -> None:
    reported = to_amount(row.amount)
    if verdict.accepted.currency != reported.currency or not 0 <= verdict.accepted.minor <= reported.minor:
        raise ValueInvalid(f"Between nothing and {reported} of a line is accepted.", field=f"accepted-{place}")
    is_whole = verdict.accepted == reported
    question = "" if is_whole else verdict.question
    row.question = acts.clean_text(question, field=f"question-{place}", longest=300, required=not is_whole)
    row.accepted = to_money(verdict.accepted)


def _settle(rows: Sequence[AdvanceReportLine], on: date) -> tuple[list[Part], list[Charge]]:
    """What of the advance's lines goes, and the expense that it becomes, each category its part of the value."""
    by_line: defaultdict[AdvanceLine, list[AdvanceReportLine]] = defaultdict(list)
    for row in rows:
        if row.accepted.amount:
            by_line[row.line].append(row)
    minors = {line: [to_amount(row.accepted).minor for row in own] for line, own in by_line.items()}
    check_open({line: sum(own) for line, own in minors.items()}, on=on)
    parts, charges = [], []
    for line, own in by_line.items():
        limits.check_accounts_open(line.project)
        carried = settle(line, sum(minors[line]))
        parts.append(to_part(line, carried))
        for row, expense in zip(own, split(carried.functional, minors[line]), strict=True):
            if not expense:
                raise ValueInvalid(f"{to_amount(row.accepted)} is worth nothing in {functional_currency()}.")
            charges.append(Charge(line.fund, line.project.code, row.category, expense))
    return parts, charges
