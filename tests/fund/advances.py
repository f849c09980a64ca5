"""An advance to a partner, for tests of what becomes of it."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User

from fund.models import Advance, AdvanceReport, BankAccount, Payee, Project
from fund.operations.advance_reports import Spent, Verdict, record_report, review_report
from fund.operations.advances import Line, prepare_advance
from fund.queries.projects import project_standings
from ledger.money import Amount

FUND = "AGR-2026-0001"
SENT, REPORTED, LATER = date(2026, 3, 20), date(2026, 4, 10), date(2026, 5, 4)


def prepare(partner: Payee, bank: BankAccount, project: Project, by: User, amount: Amount, fund: str = FUND) -> Advance:
    """An advance of one line, paid on 20 March."""
    lines = [Line(fund, project, amount)]
    return prepare_advance(partner=partner, bank_account=bank, paid_on=SENT, lines=lines, by=by)


def report(advance: Advance, by: User, *spent: tuple[str, Amount], **changes: Any) -> AdvanceReport:
    """A report of what was spent of its first line, by category, on 10 April."""
    line = advance.lines.get(position=1)
    facts: dict[str, Any] = {"reported_on": REPORTED, "certified_by": "Head of finance"}
    lines = [Spent(line, category, amount) for category, amount in spent]
    return record_report(advance, lines=lines, by=by, **(facts | changes))


def accept(found: AdvanceReport, by: User, *amounts: Amount, question: str = "No receipt") -> bool:
    """Accepts so much of each line of a report."""
    return review_report(found, verdicts=[Verdict(amount, question) for amount in amounts], by=by)


def standing() -> tuple[int, int, int]:
    """What CYB-01 spent, what partners have of it, and what is left, in dollars."""
    found = project_standings(["CYB-01"])["CYB-01"]
    return found.spent // 100, found.advanced // 100, found.left // 100
