"""Proves the books: what the tables say against one another, against the texts, and against Beancount.

A check is a function that yields its problems, one sentence each, and reports how far it has come. Those of one entry
know its place in the chain, so that the first bad entry can be named.
"""

from ledger.checks.book import check_book
from ledger.checks.chain import check_chain, check_triggers
from ledger.checks.closings import check_certificate, check_closings
from ledger.checks.problems import Check, EntryProblem, Report, find_first, run_check
from ledger.checks.tables import check_accounts, check_balances, check_zero
from ledger.checks.texts import check_texts
from ledger.snapshot import reading

__all__ = [
    "CHECKS",
    "Check",
    "EntryProblem",
    "Report",
    "check_accounts",
    "check_balances",
    "check_book",
    "check_certificate",
    "check_chain",
    "check_closings",
    "check_texts",
    "check_triggers",
    "check_zero",
    "find_first",
    "run_check",
    "run_checks",
]

CHECKS: list[Check] = [
    check_triggers,
    check_chain,
    check_zero,
    check_accounts,
    check_balances,
    check_closings,
]


def run_checks(report: Report) -> list[str]:
    """Runs every check on one state of the books and returns the problems found, at most 50 of each check.

    `report` is told which check runs and how far it is. The book goes through Beancount's loader only where the rest
    is sound: a text that somebody changed may hold more than an entry, and a Beancount file can run code. Otherwise
    Beancount's parser reads the texts, and runs nothing.
    """
    with reading():
        found = [problem for check in CHECKS for problem in run_check(check, report)]
        if not found:
            return run_check(check_book, report)
        found += run_check(check_texts, report)
        return [*found, "The book was not loaded with Beancount: the problems above come first."]
