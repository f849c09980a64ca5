from typing import Any

from django.core.management import CommandParser
from django.utils import timezone

from fund.management.base import DataCommand
from fund.management.deposits import read_day
from fund.queries.advance_ageing import age_advances
from reports.renderers.text import render_text, write_csv
from reports.statements.advances import advances_by_age


class Command(DataCommand):
    help = "Prints what partners have and did not report yet, by how long ago it was paid, at the end of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", type=read_day, metavar="YYYY-MM-DD", help="at the end of which day; today by default"
        )
        parser.add_argument("--csv", action="store_true", help="comma-separated values, without the totals")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or timezone.localdate()
        sheet = advances_by_age(age_advances(as_of=day), as_of=day)
        if options["csv"]:
            write_csv(sheet, self.stdout)
        else:
            self.stdout.write(render_text(sheet), ending="")
