"""Whether the fund's documents and the books say the same, document by document.

Every operation writes a document and its entry in one transaction; these checks find what was changed past them. They
read everything and change nothing. `ledger.checks` proves the books in themselves. A check is a function that yields
its problems, one sentence each, and reports how far it has come.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from fund.checks.balances import check_allocations, check_cash, check_pledges
from fund.checks.documents import KINDS, Report
from fund.checks.records import check_acts, check_causes, check_documents, check_numbers
from ledger.snapshot import reading

CHECKS: list[Callable[[Report], Iterator[str]]] = [
    check_documents,
    check_causes,
    check_numbers,
    check_acts,
    check_pledges,
    check_cash,
    check_allocations,
]

_MOST_PROBLEMS = 50


def run_checks(report: Report) -> list[str]:
    """Runs every check on one state of the fund and returns the problems found, at most 50 of each check.

    `report` is told which check runs and how far it is.
    """
    with reading():
        return [problem for check in CHECKS for problem in _run(check, report)]


def _run(check: Callable[[Report], Iterator[str]], report: Report) -> list[str]:
    report((check.__doc__ or "").strip())
    problems = list(islice(check(report), _MOST_PROBLEMS + 1))
    if len(problems) > _MOST_PROBLEMS:
        problems[-1] = f"There are more of the same; the first {_MOST_PROBLEMS} are listed."
    return problems


def count_documents() -> int:
    """How many documents there are, of all kinds."""
    return sum(kind.model._default_manager.count() for kind in KINDS)
