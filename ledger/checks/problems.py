"""What a check is, and the problems that it finds."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection, transaction

from ledger import queries
from ledger.money import Amount
from ledger.waits import is_busy

Report = Callable[[str], None]
Check = Callable[[Report], Iterator[str]]

# How many entries are read at once.
CHUNK = 1_000
_MOST_PROBLEMS = 50


class EntryProblem(str):
    """A problem of the entry that has, or should have, a place in the chain, or of one `or_before` it."""

    place: int
    or_before: bool

    def __new__(cls, place: int, message: str, *, or_before: bool = False) -> "EntryProblem":
        problem = super().__new__(cls, message)
        problem.place, problem.or_before = place, or_before
        return problem


def find_first(problems: Iterable[str]) -> EntryProblem | None:
    """The problem of the first bad entry in the order of the chain, or None where no entry is bad."""
    # A place that is none is not the first: where the entry should be there is a gap.
    bad = [problem for problem in problems if isinstance(problem, EntryProblem) and isinstance(problem.place, int)]
    return min(bad, key=lambda problem: problem.place, default=None)


def run_check(check: Check, report: Report) -> list[str]:
    """The problems that a check finds, at most 50 of them. `report` is told which check it is."""
    report(_describe(check))
    return limit_problems(finish(check(report), _describe(check)))


def finish(found: Iterator[str], words: str) -> Iterator[str]:
    """What was written past the software may be anything: what a check cannot read is a problem and ends it alone.

    So does what the database cannot, such as a table that is gone: back to before it, the transaction goes on.
    """
    try:
        with transaction.atomic():
            yield from found
    except Exception as error:
        if is_lost(error):
            raise
        yield f"This could not be checked to its end ({describe_error(error)}): {words}"


def is_lost(error: Exception) -> bool:
    """True where the error is not about the books: others have the database, or it is gone."""
    return isinstance(error, DatabaseError) and (is_busy(error) or not connection.is_usable())


def _describe(check: Check) -> str:
    return (check.__doc__ or "").strip()


def describe_error(error: Exception) -> str:
    """What went wrong, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def limit_problems(found: Iterator[str]) -> list[str]:
    """The first 50 problems, and that there are more where there are."""
    problems = list(islice(found, _MOST_PROBLEMS + 1))
    if len(problems) > _MOST_PROBLEMS:
        problems[-1] = f"There are more of the same; the first {_MOST_PROBLEMS} are listed."
    return problems


def functional(minor: Any) -> Amount:
    """An amount in the functional currency."""
    return Amount(int(minor), queries.functional_currency())
