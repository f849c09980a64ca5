"""The audit workbook: the sheets of which it consists."""

from collections.abc import Iterator
from datetime import datetime

from fund.queries.flows import Asked
from reports.sheets import Sheet
from reports.statements.audit_trail import acts, refusals
from reports.statements.balances import load_balances
from reports.statements.checks import checks
from reports.statements.contributions import agreements, contributions_by_donor
from reports.statements.cover import cover
from reports.statements.disbursements import disbursement_lines, disbursements_by_project
from reports.statements.flows import follow_the_money
from reports.statements.journal import journal
from reports.statements.period import Period
from reports.statements.projects import projects
from reports.statements.trial_balance import trial_balance, trial_balance_by_currency, trial_balance_by_fund


def audit_sheets(fund: str, period: Period, made_at: datetime) -> Iterator[Sheet]:
    """Every sheet, each made when the one before is written. To be read in one state of the books."""
    balances = load_balances(period)
    yield cover(fund, period, made_at)
    yield trial_balance(balances, period)
    yield trial_balance_by_currency(balances, period)
    yield trial_balance_by_fund(balances, period)
    yield journal(period)
    yield contributions_by_donor(period)
    yield agreements(period)
    yield projects(balances, period)
    yield disbursements_by_project(balances, period)
    yield disbursement_lines(period)
    yield follow_the_money(Asked(period.until, period.since))
    yield acts(period)
    yield refusals(period)
    yield checks(balances)
