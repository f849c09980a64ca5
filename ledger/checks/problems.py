"""What a check is, and the problems that it finds."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from ledger import queries
from ledger.money import Amount

Report = Callable[[str], None]
Check = Callable[[Report], Iterator[str]]

# How many entries are read at once.
CHUNK = 1_000
_MOST_PROBLEMS = 50


class EntryProblem(str):
    """A problem of the entry that has, or should have, a place in the chain."""

    place: int

    def __new__(cls, place: int, message: str) -> "EntryProblem":
        problem = super().__new__(cls, message)
        problem.place = place
        return problem


def find_first(problems: Iterable[str]) -> EntryProblem | None:
    """The problem of the first bad entry in the order of the chain, or None where no entry is bad."""
    bad = [problem for problem in problems if isinstance(problem, EntryProblem)]
    return min(bad, key=lambda problem: problem.place, default=None)


def run_check(check: Check, report: Report) -> list[str]:
    """The problems that a check finds, at most 50 of them. `report` is told which check it is."""
    report((check.__doc__ or "").strip())
    return limit_problems(check(report))


def limit_problems(found: Iterator[str]) -> list[str]:
    """The first 50 problems, and that there are more where there are."""
    problems = list(islice(found, _MOST_PROBLEMS + 1))
    if len(problems) > _MOST_PROBLEMS:
        problems[-1] = f"There are more of the same; the first {_MOST_PROBLEMS} are listed."
    return problems


def functional(minor: Any) -> Amount:
    """An amount in the functional currency."""
    return Amount(int(minor), queries.functional_currency())
