"""Proves the books: what the tables say against one another, against the texts, and against Beancount.

A check is a function that yields its problems, one sentence each, and reports how far it has come. Those of one entry
know its place in the chain, so that the first bad entry can be named.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from django.db import transaction

from ledger.checks.book import check_book, compare_book, loading_book
from ledger.checks.chain import check_chain, check_triggers
from ledger.checks.closings import check_certificate, check_closings
from ledger.checks.columns import check_values, find_wrong_values, name_column
from ledger.checks.problems import (
    Check,
    EntryProblem,
    Report,
    describe_error,
    find_first,
    finish,
    is_lost,
    limit_problems,
    run_check,
)
from ledger.checks.tables import check_accounts, check_balances, check_zero
from ledger.checks.texts import check_texts
from ledger.garbage import collecting_seldom
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
    "check_values",
    "check_zero",
    "describe_error",
    "find_first",
    "find_wrong_values",
    "name_column",
    "run_check",
    "run_checks",
]

# What has to be sound before Beancount loads the book: a name that somebody changed may hold more than it should, and a
# Beancount file can run code. A text that holds more than an entry is never written out.
_GUARDS: tuple[Check, ...] = (check_triggers, check_chain, check_accounts)
CHECKS: tuple[Check, ...] = (*_GUARDS, check_values, check_zero, check_balances, check_closings)


def run_checks(report: Report, more: Sequence[Check] = ()) -> list[str]:
    """Runs every check, and `more`, on one state of the books and returns the problems, at most 50 of each check.

    `report` is told which check runs and how far it is. Where the chain and the accounts are sound, Beancount's loader
    reads the whole book meanwhile; where not, its parser reads the texts, and runs nothing.
    """
    with reading(), collecting_seldom():
        found = _run(_GUARDS, report)
        others = [*CHECKS[len(_GUARDS) :], *more]
        if found:
            found += _run([*others, check_texts], report)
            return [*found, "The book was not loaded with Beancount: the problems above come first."]
        with ExitStack() as stack:
            try:
                with transaction.atomic():
                    loading = stack.enter_context(loading_book(report))
            except Exception as error:
                if is_lost(error):
                    raise
                return [
                    *_run([*others, check_texts], report),
                    f"The book cannot be written out ({describe_error(error)}).",
                ]
            found += _run(others, report)
            words = "Beancount reads the whole book."
            report(words)
            return found + limit_problems(finish(compare_book(loading), words))


def _run(checks: Iterable[Check], report: Report) -> list[str]:
    return [problem for check in checks for problem in run_check(check, report)]
