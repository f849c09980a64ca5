"""What an import refuses, and where in the file it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the row, counted as a spreadsheet counts (the header is row 1), the column, and why.

    Row 0 concerns the whole file; an empty column the whole row.
    """

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else ""
        where += f", {self.column}" if self.column else ""
        return f"{where}: {self.message}" if where else self.message


class FileRefused(Refused):
    """A file of which nothing was taken. `problems` is everything that is wrong with it, in the order of the rows."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(message: str, *, row: int = 0, column: str = "") -> FileRefused:
    """The refusal of a file for one problem."""
    return FileRefused([Problem(row, column, message)])


class MapUnfit(Refused):
    """A map of a book that says something else than a map can."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
