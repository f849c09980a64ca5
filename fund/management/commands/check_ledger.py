from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from fund import checks as fund_checks
from fund.management.base import DataCommand
from fund.management.progress import ProgressLine
from ledger import checks as ledger_checks
from ledger.certificates import LONGEST
from ledger.errors import Refused
from ledger.queries import entries, head


class Command(DataCommand):
    help = (
        "Proves the books: the chain, the numbers, zero in each sub-fund, the balances, the closed periods, the whole "
        "book in Beancount, and every document against its entries. Prints what differs, one line each, the first bad "
        "entry first, and exits 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--certificate",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a certificate of a closed period that was kept elsewhere: it finds a chain that was cut or written "
            "anew; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = ProgressLine(self.stderr, "Checking")
        problems = [problem for path in options["certificate"] for problem in check_certificate(path)]
        problems += ledger_checks.run_checks(progress.show, fund_checks.CHECKS)
        progress.end()
        if problems:
            raise CommandError("\n".join(describe(problems)))
        newest = head()
        documents = fund_checks.count_documents()
        self.stdout.write(f"{entries().count():,} entries and {documents:,} documents: all agree.")
        if options["certificate"]:
            self.stdout.write(f"Certificates that agree with the books: {len(options['certificate'])}")
        if newest:
            self.stdout.write(f"Head of the chain: {newest.number}, {newest.sha256}")


def check_certificate(path: Path) -> list[str]:
    """What a certificate finds in the books. Raises CommandError for a file that is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return ledger_checks.check_certificate(file.read(LONGEST + 1))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from None
    except Refused as refusal:
        raise CommandError(f"{path}: {refusal.message}") from None


def describe(problems: list[str]) -> list[str]:
    """The problems as lines, the first bad entry named first."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
    lines = [f"The books do not hold: {count}."]
    first = ledger_checks.find_first(problems)
    if first:
        where = f"in place {first.place:,} of the chain{' or before' if first.or_before else ''}"
        lines.append(f"The first bad entry is {where}: {first}")
    return [*lines, *(f"  {line}" for line in problems)]
