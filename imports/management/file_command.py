"""What the commands that import a file share: its reading, who acts, progress, and how refusals are shown."""

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.progress import ProgressLine
from imports.errors import FileRefused
from imports.operations.batches import Outcome, Progress, Years
from imports.parsers.tables import LARGEST_FILE
from ledger.errors import Refused
from ledger.money import Amount

TECHNICAL_USER = "import"


class FileCommand(ChangeCommand):
    """A command that takes one file, all of it or nothing."""

    #: What a row becomes, one and many, and in the past tense.
    noun: tuple[str, str]
    verb: str
    # The bytes of the file are its content, wherever it lies.
    no_content: ClassVar[frozenset[str]] = ChangeCommand.no_content | {"file"}

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file (UTF-8) or an Excel workbook (.xlsx)")
        parser.add_argument("--open-years", action="store_true", help="open the fiscal years that the rows need")
        add_actor_option(parser, TECHNICAL_USER)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options, data=read_file(options["file"]))

    def prepare(self, options: dict[str, Any]) -> None:
        self.read_options(options)
        self.reading = self.parse(options["data"])

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        progress = ProgressLine(self.stderr, options["file"].name)
        try:
            outcome = self.import_reading(by, progress.count)
        finally:
            progress.end()
        self.report(outcome, say)

    @abstractmethod
    def read_options(self, options: dict[str, Any]) -> None:
        """Understands the options, before the file is parsed. Raises CommandError."""

    @abstractmethod
    def parse(self, data: bytes) -> Any:
        """What the file says. Raises FileRefused."""

    @abstractmethod
    def import_reading(self, by: User, progress: Progress) -> Outcome:
        """Takes `self.reading` and returns what became of the rows."""

    def report(self, outcome: Outcome, say: Say) -> None:
        """Says what was done."""
        if self.reading.ignored:
            say(f"Columns not read: {', '.join(self.reading.ignored)}.")
        if outcome.years_opened:
            say(f"Fiscal years opened: {', '.join(map(str, outcome.years_opened))}.")
        for note in outcome.notes:
            say(f"Note: {note}")
        totals = ", ".join(str(Amount(minor, currency)) for currency, minor in sorted(outcome.totals.items()))
        what = self.noun[outcome.recorded != 1]
        say(f"{outcome.recorded:,} {what} {self.verb}{f': {totals}' if totals else ''}.")
        if outcome.kept:
            say(f"{outcome.kept:,} {self.noun[outcome.kept != 1]} there already, left as before.")

    def describe(self, refusal: Refused, options: dict[str, Any]) -> str:
        if isinstance(refusal, FileRefused):
            return describe_refusal(options["file"], refusal)
        return super().describe(refusal, options)


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
