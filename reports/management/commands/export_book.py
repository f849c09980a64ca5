from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.base import DataCommand
from ledger.errors import Refused
from reports.books import export_book


class Command(DataCommand):
    help = "Writes the whole book as Beancount text into a folder: bean-check, bean-query and Fava open it as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory", type=Path, metavar="DIR", help="a new or empty folder, or one with a book written before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            book = export_book(options["directory"])
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{book.main}: {book.entries:,} entries, the chain's head {book.head}.")
        self.stdout.write(f"SHA-256 of SHA256SUMS, to give along with the book: {book.manifest}")
