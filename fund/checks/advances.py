"""What the books must have of advances, of partners' reports and of what they returned; what of them may be open."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from fund import policy
from fund.checks.documents import Kind, acts_of, acts_of_decided, fetch_lines
from fund.checks.posted import Expected, Key
from fund.checks.runs import averaged
from fund.errors import StateUnfit
from fund.models import (
    Advance,
    AdvanceLine,
    AdvanceReport,
    AdvanceReportLine,
    AdvanceReturn,
    AdvanceReturnLine,
    DisbursementState,
    ReportState,
)
from fund.money import to_amount
from ledger.causes import Caused
from ledger.checks import Report
from ledger.money import split
from ledger.queries import functional_currency, postings


def _expect_advance(advance: Any, caused: list[Caused]) -> list[Expected]:
    if advance.state not in (DisbursementState.PAID, DisbursementState.REVERSED):
        return []
    sums: defaultdict[Key, int] = defaultdict(int)
    for line in advance.rows:
        amount = to_amount(line.amount)
        sums[advance.bank_account.account, line.fund, "", amount.currency] -= amount.minor
        sums[_place(advance, line, amount.currency)] += amount.minor
    return [Expected(advance.paid_on, dict(sums), advance.reversed_on)]


def _expect_report(report: Any, caused: list[Caused]) -> list[Expected]:
    _check_question(report)
    if report.state not in (ReportState.APPROVED, ReportState.REVERSED):
        return []
    _check_lines(((row.line, row.accepted) for row in report.rows), caused)
    sums: defaultdict[Key, int] = defaultdict(int)
    of_lines: defaultdict[AdvanceLine, list[Any]] = defaultdict(list)
    for row in report.rows:
        if row.accepted.amount:
            of_lines[row.line].append(row)
    for line, rows in of_lines.items():
        minors = [to_amount(row.accepted).minor for row in rows]
        currency = str(report.amount.currency)
        sums[_place(report.advance, line, currency)] -= sum(minors)
        # What it is carried at is the books' own matter; how it divides among the categories is the document's.
        own = currency == functional_currency()
        carried = sum(minors) if own else _sum_carried(caused[:1], line)
        for row, expense in zip(rows, split(carried, minors), strict=True):
            account = f"{policy.PROJECTS}{line.project.code}:{row.category}"
            sums[account, line.fund, line.project.code, functional_currency()] += expense
    return [Expected(report.reported_on, dict(sums), report.reversed_on)]


def _check_question(report: Any) -> None:
    """Nothing is accepted beyond what is reported. Raises StateUnfit."""
    if any(not 0 <= to_amount(row.accepted).minor <= to_amount(row.amount).minor for row in report.rows):
        raise StateUnfit("More of a line is accepted than is reported, or less than nothing.")


def _sum_carried(caused: list[Caused], line: AdvanceLine) -> int:
    return -sum(leg.functional for entry in caused for leg in entry.legs if leg.instalment == line.reference)


def _check_lines(rows: Iterable[tuple[AdvanceLine, Any]], caused: list[Caused]) -> None:
    """What goes of each line of an advance is what its entry takes off it. Raises StateUnfit."""
    stated: defaultdict[str, int] = defaultdict(int)
    for line, amount in rows:
        stated[line.reference] -= to_amount(amount).minor
    for entry in caused[:1]:
        for leg in entry.legs:
            if leg.account.startswith(policy.ADVANCES):
                stated[leg.instalment] -= leg.amount
        if any(stated.values()):
            raise StateUnfit(f"Its lines are not what {entry.number} takes off advances.")


def _expect_return(returned: Any, caused: list[Caused]) -> list[Expected]:
    _check_lines(((row.line, row.amount) for row in returned.rows), caused)
    sums: defaultdict[Key, int] = defaultdict(int)
    for row in returned.rows:
        amount = to_amount(row.amount)
        sums[returned.bank_account.account, row.line.fund, "", amount.currency] += amount.minor
        sums[_place(returned.advance, row.line, amount.currency)] -= amount.minor
    return [Expected(returned.received_on, dict(sums), returned.reversed_on), *averaged(returned, caused)]


def _place(advance: Advance, line: AdvanceLine, currency: str) -> Key:
    return policy.ADVANCES + advance.partner.code, line.fund, line.project.code, currency


def check_advances(report: Report) -> Iterator[str]:
    """No more of an advance is accepted and returned than was paid, at the end of any day; what is settled is worth 0.

    Every posting on advances names a line of one.
    """
    known = set(AdvanceLine.objects.values_list("reference", flat=True))
    found = postings().filter(account__name__startswith=policy.ADVANCES).order_by("dated_on", "entry", "line")
    standing: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    below: dict[str, object] = {}
    rows = found.values_list("instalment", "dated_on", "amount", "functional")
    wrong = set()
    for reference, day, amount, functional in rows.iterator(chunk_size=2_000):
        # At the end of a day, as the operations see it.
        if reference in below and below[reference] != day:
            wrong.add(reference)
        standing[reference][0] += amount
        standing[reference][1] += functional
        if standing[reference][0] < 0:
            below[reference] = day
        else:
            below.pop(reference, None)
    wrong |= below.keys()
    yield from (f"More of {reference} is accepted and returned than was paid." for reference in sorted(wrong))
    settled = (reference for reference, (amount, functional) in standing.items() if functional and not amount)
    yield from (f"{reference} is settled and still carried at something." for reference in sorted(settled))
    unknown = sorted(standing.keys() - known)
    yield from (f"{reference or 'Nothing'} is no line of an advance." for reference in unknown)


_REPORT_LINES = AdvanceReportLine.objects.select_related("line__project").order_by("pk")
ADVANCES = (
    Kind(
        Advance,
        day="paid_on",
        accounts=(policy.BANK, policy.ADVANCES),
        expect=_expect_advance,
        acts=acts_of_decided("advance", "reverse advance"),
        related=("partner", "bank_account"),
        lines=fetch_lines("lines", AdvanceLine.objects.select_related("project")),
        parts="lines",
    ),
    Kind(
        AdvanceReport,
        day="reported_on",
        accounts=(policy.ADVANCES, policy.PROJECTS),
        expect=_expect_report,
        acts=acts_of_decided("advance report", "reverse advance report"),
        related=("advance__partner",),
        lines=fetch_lines("lines", _REPORT_LINES),
        parts="lines",
        letter="R",
        whole="advance",
    ),
    Kind(
        AdvanceReturn,
        day="received_on",
        accounts=(policy.BANK, policy.ADVANCES),
        expect=_expect_return,
        acts=acts_of("record advance return", "reverse advance return", "reversed_on"),
        related=("advance__partner", "bank_account"),
        lines=fetch_lines("lines", AdvanceReturnLine.objects.select_related("line__project")),
        parts="lines",
        letter="U",
        whole="advance",
    ),
)
