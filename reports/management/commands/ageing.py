from typing import Any

from django.core.management import CommandParser
from django.utils import timezone

from fund.management.base import DataCommand
from fund.management.deposits import read_day
from fund.queries.ageing import find_ageing
from reports.renderers.text import render_text, write_csv
from reports.statements.ageing import ageing


class Command(DataCommand):
    help = "Prints what donors owe by how long it is past due, by agreement, at the end of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", type=read_day, metavar="YYYY-MM-DD", help="at the end of which day; today by default"
        )
        parser.add_argument("--csv", action="store_true", help="comma-separated values, without the totals")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or timezone.localdate()
        sheet = ageing(find_ageing(as_of=day), as_of=day)
        if options["csv"]:
            write_csv(sheet, self.stdout)
        else:
            self.stdout.write(render_text(sheet), ending="")
