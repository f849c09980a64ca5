"""Whether the fund's documents and the books say the same, document by document.

Every operation writes a document and its entry in one transaction; these checks find what was changed past them. They
read everything and change nothing. `ledger.checks` proves the books in themselves. A check is a function that yields
its problems, one sentence each, and reports how far it has come.
"""

from fund.checks.advances import check_advances
from fund.checks.agreements import check_amendments, check_cancellations, check_deferred, check_earmarks, check_parts
from fund.checks.attachments import check_attachments, check_contents, check_frozen
from fund.checks.balances import check_allocations, check_cash, check_pledges
from fund.checks.closings import check_closings
from fund.checks.deposit_returns import check_deposit_returns
from fund.checks.kinds import KINDS
from fund.checks.letters import check_letters
from fund.checks.payees import check_bank_details, check_blocked, check_screenings
from fund.checks.people import check_approvals, check_delegations, check_payees
from fund.checks.projects import check_budgets, check_obligations, check_projects, check_served
from fund.checks.reconciliations import check_reconciliations
from fund.checks.records import check_causes, check_documents, check_numbers
from fund.checks.reversals import check_reversals
from fund.checks.roles import check_roles
from fund.checks.rows import check_keys, check_rules, check_values
from fund.checks.told import check_kept, check_named
from fund.checks.treasury import check_accounts, check_conversions, check_due_days, check_rates, check_terms
from ledger.checks import Check, Report, run_check
from ledger.snapshot import reading

CHECKS: list[Check] = [
    check_keys,
    check_values,
    check_rules,
    check_documents,
    check_causes,
    check_numbers,
    check_kept,
    check_named,
    check_accounts,
    check_rates,
    check_conversions,
    check_terms,
    check_due_days,
    check_roles,
    check_payees,
    check_bank_details,
    check_screenings,
    check_blocked,
    check_approvals,
    check_delegations,
    check_pledges,
    check_cash,
    check_allocations,
    check_earmarks,
    check_amendments,
    check_cancellations,
    check_reversals,
    check_deposit_returns,
    check_parts,
    check_deferred,
    check_obligations,
    check_advances,
    check_projects,
    check_served,
    check_budgets,
    check_frozen,
    check_attachments,
    check_contents,
    check_closings,
    check_letters,
    check_reconciliations,
]


def run_checks(report: Report) -> list[str]:
    """Runs every check on one state of the fund and returns the problems found, at most 50 of each check.

    `report` is told which check runs and how far it is.
    """
    with reading():
        return [problem for check in CHECKS for problem in run_check(check, report)]


def count_documents() -> int:
    """How many documents there are, of all kinds."""
    return sum(kind.model._default_manager.count() for kind in KINDS)
