"""What the commands that import a file share: its reading, who acts, progress, and how refusals are shown."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import DataCommand
from fund.management.progress import ProgressLine
from imports.errors import FileRefused
from imports.operations.batches import Outcome, Progress, Years
from imports.parsers.tables import LARGEST_FILE
from ledger.errors import Refused
from ledger.money import Amount

TECHNICAL_USER = "import"


class FileCommand(ABC, DataCommand):
    """A command that takes one file, all of it or nothing."""

    #: What a row becomes, one and many, and in the past tense.
    noun: tuple[str, str]
    verb: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file (UTF-8) or an Excel workbook (.xlsx)")
        parser.add_argument("--open-years", action="store_true", help="open the fiscal years that the rows need")
        add_actor_option(parser, TECHNICAL_USER)

    def handle(self, *args: Any, **options: Any) -> None:
        data = read_file(options["file"])
        by = find_actor(options, TECHNICAL_USER, say=self.stdout.write)
        progress = ProgressLine(self.stderr, options["file"].name)
        try:
            ignored, outcome = self.import_data(data, by, progress.count, options)
        except FileRefused as refusal:
            raise CommandError(describe_refusal(options["file"], refusal)) from None
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        finally:
            progress.end()
        self.report(ignored, outcome)

    @abstractmethod
    def import_data(
        self, data: bytes, by: User, progress: Progress, options: dict[str, Any]
    ) -> tuple[tuple[str, ...], Outcome]:
        """Takes the file and returns the columns that were not read, and what became of the rows."""

    def report(self, ignored: tuple[str, ...], outcome: Outcome) -> None:
        """Says what was done."""
        if ignored:
            self.stdout.write(f"Columns not read: {', '.join(ignored)}.")
        if outcome.years_opened:
            self.stdout.write(f"Fiscal years opened: {', '.join(map(str, outcome.years_opened))}.")
        for note in outcome.notes:
            self.stdout.write(self.style.WARNING(f"Note: {note}"))
        totals = ", ".join(str(Amount(minor, currency)) for currency, minor in sorted(outcome.totals.items()))
        what = self.noun[outcome.recorded != 1]
        self.stdout.write(f"{outcome.recorded:,} {what} {self.verb}{f': {totals}' if totals else ''}.")
        if outcome.kept:
            self.stdout.write(f"{outcome.kept:,} {self.noun[outcome.kept != 1]} there already, left as before.")


def read_years(options: dict[str, Any]) -> Years:
    """Which years the import may open: without `--open-years`, none after this one."""
    return Years(latest=timezone.localdate().year, open_all=options["open_years"])


def read_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a file, not many more than `largest`. Raises CommandError."""
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def describe_refusal(path: Path, refusal: FileRefused) -> str:
    """Everything that is wrong with a file, one line each."""
    problems = refusal.problems
    count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
    return "\n".join([f"Nothing of {path.name} was imported: {count}.", *(f"  {problem}" for problem in problems)])
