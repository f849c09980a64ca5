from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.management.base import DataCommand
from fund.management.progress import ProgressLine
from ledger.errors import Refused
from reports.management.commands.fund_totals import read_day
from reports.statements.period import make_period
from reports.workbooks import write_audit_workbook


class Command(DataCommand):
    help = "Writes the audit workbook (Excel): trial balance, journal, contributions, disbursements and checks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT.xlsx", help="the file to write")
        parser.add_argument(
            "--from", dest="since", type=read_day, metavar="YYYY-MM-DD", help="first day; by default the books' first"
        )
        parser.add_argument(
            "--to",
            dest="until",
            type=read_day,
            metavar="YYYY-MM-DD",
            help="last day; by default that of the last entry",
        )
        parser.add_argument("--force", action="store_true", help="write over a file that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = ProgressLine(self.stderr, "Postings written")
        try:
            period = make_period(options["since"], options["until"])
            made = write_audit_workbook(
                options["out"], period, made_at=timezone.now(), force=options["force"], progress=progress.count
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        finally:
            progress.end()
        self.stdout.write(f"{options['out']}: {period}, {made:,} postings.")
