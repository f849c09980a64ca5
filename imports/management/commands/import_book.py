from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import DataCommand
from fund.management.progress import ProgressLine
from imports.errors import MapUnfit
from imports.management.file_command import TECHNICAL_USER, read_file
from imports.operations.books import BookOptions, OpenedOutcome, import_book, make_map
from ledger.errors import BookUnfit, Refused
from ledger.program_lines import LARGEST_BOOK

_MOST_LISTED = 50


class Command(DataCommand):
    help = (
        "Opens the Beancount book FILE of somebody else: its full history, or with --opening its balances at the "
        "beginning of a day. All or nothing; afterwards the balances are those of bean-query."
    )

    def add_arguments(self, parser: CommandParser) -> None:
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
        try:
            if options["write_map"]:
                self.write_map(text, map_path)
            else:
                self.open_book(text, path, map_path, options)
        except BookUnfit as unfit:
            raise CommandError(describe_problems(f"Nothing of {path.name} was opened", unfit.findings)) from None
        except MapUnfit as unfit:
            raise CommandError(describe_problems(f"{map_path.name} cannot be used as a map", unfit.problems)) from None
        except Refused as refusal:
            raise CommandError(refusal.message) from None

    def write_map(self, text: bytes, path: Path) -> None:
        """Writes a map to begin with, where there is none yet."""
        made = make_map(text)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(made)
        except FileExistsError:
            raise CommandError(f"{path} is there already: name another file with --map.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{path} is written. Edit it, then repeat without --write-map.")

    def open_book(self, text: bytes, path: Path, map_path: Path, options: dict[str, Any]) -> None:
        """Opens the book and says what was done."""
        if not map_path.exists():
            raise CommandError(f"{map_path} is missing: --write-map writes a map to begin with.")
        map_text = read_file(map_path)
        by = find_actor(options, TECHNICAL_USER, say=self.stdout.write)
        progress = ProgressLine(self.stderr, path.name)
        chosen = BookOptions(opening=options["opening"], open_years=options["open_years"])
        try:
            outcome = import_book(
                text, name=path.name, map_text=map_text, options=chosen, by=by, progress=progress.count
            )
        finally:
            progress.end()
        self.report(outcome)

    def report(self, outcome: OpenedOutcome) -> None:
        """Says what was done."""
        if outcome.years:
            self.stdout.write(f"Fiscal years opened: {', '.join(map(str, outcome.years))}.")
        for note in outcome.notes:
            self.stdout.write(self.style.WARNING(f"Note: {note}"))
        book = outcome.book
        count = "1 entry" if book.entries == 1 else f"{book.entries:,} entries"
        self.stdout.write(f"{book} is opened: {count} of {book.file_name}, balances equal to bean-query's.")


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
