from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.progress import ProgressLine
from imports.errors import MapUnfit
from imports.management.file_command import TECHNICAL_USER, read_file
from imports.operations.books import OpenedOutcome, ReadyBook, make_map, open_ready, read_for_opening
from ledger.errors import BookUnfit, Refused
from ledger.program_lines import LARGEST_BOOK

_MOST_LISTED = 50


class Command(ChangeCommand):
    help = (
        "Opens the Beancount book FILE of somebody else: its full history, or with --opening its balances at the "
        "beginning of a day. All or nothing; afterwards the balances are those of bean-query."
    )

    # The bytes of the two files are content, wherever they lie.
    no_content: ClassVar[frozenset[str]] = ChangeCommand.no_content | {"file", "map", "write_map"}
    ready: ReadyBook

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="a Beancount book (UTF-8) in one file")
        parser.add_argument(
            "--map", type=Path, metavar="MAP", help="what its accounts are in ours (TOML); without it, FILE.toml"
        )
        parser.add_argument("--write-map", action="store_true", help="write a map to begin with, and open nothing")
        parser.add_argument(
            "--opening", type=read_day, metavar="YYYY-MM-DD", help="open balances at the beginning of a day alone"
        )
        parser.add_argument("--open-years", action="store_true", help="open the fiscal years that the entries need")
        add_actor_option(parser, TECHNICAL_USER)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        map_path: Path = options["map"] or path.with_name(f"{path.name}.toml")
        text = read_file(path, LARGEST_BOOK)
        if options["write_map"]:
            self.write_map(text, path, map_path)
            return
        if not map_path.exists():
            raise CommandError(f"{map_path} is missing: --write-map writes a map to begin with.")
        super().handle(*args, **{**options, "map": map_path}, text=text, map_text=read_file(map_path))

    def prepare(self, options: dict[str, Any]) -> None:
        name = options["file"].name
        self.ready = read_for_opening(
            options["text"], name=name, map_text=options["map_text"], opening=options["opening"]
        )

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        progress = ProgressLine(self.stderr, options["file"].name)
        try:
            outcome = open_ready(self.ready, may_open_years=options["open_years"], by=by, progress=progress.count)
        finally:
            progress.end()
        report(outcome, say)

    def describe(self, refusal: Refused, options: dict[str, Any]) -> str:
        if isinstance(refusal, BookUnfit):
            return describe_problems(f"Nothing of {options['file'].name} was opened", refusal.findings)
        if isinstance(refusal, MapUnfit):
            return describe_problems(f"{options['map'].name} cannot be used as a map", refusal.problems)
        return super().describe(refusal, options)

    def write_map(self, text: bytes, path: Path, map_path: Path) -> None:
        """Writes a map to begin with, where there is none yet."""
        try:
            made = make_map(text)
            with map_path.open("x", encoding="utf-8") as file:
                file.write(made)
        except BookUnfit as unfit:
            raise CommandError(describe_problems(f"Nothing of {path.name} was opened", unfit.findings)) from None
        except FileExistsError:
            raise CommandError(f"{map_path} is there already: name another file with --map.") from None
        except OSError as error:
            raise CommandError(f"{map_path} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{map_path} is written. Edit it, then repeat without --write-map.")


def report(outcome: OpenedOutcome, say: Say) -> None:
    """Says what was done."""
    if outcome.years:
        say(f"Fiscal years opened: {', '.join(map(str, outcome.years))}.")
    for note in outcome.notes:
        say(f"Note: {note}")
    book = outcome.book
    count = "1 entry" if book.entries == 1 else f"{book.entries:,} entries"
    say(f"{book} is opened: {count} of {book.file_name}, balances equal to bean-query's.")


def read_day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day: write it like 2026-12-31") from None


def describe_problems(what: str, problems: Sequence[object]) -> str:
    """What is wrong with a file, one line each, the first fifty."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
    lines = [f"{what}: {count}.", *(f"  {problem}" for problem in problems[:_MOST_LISTED])]
    if len(problems) > _MOST_LISTED:
        lines.append(f"  There are more; the first {_MOST_LISTED} are listed.")
    return "\n".join(lines)
