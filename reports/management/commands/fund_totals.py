from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management import CommandParser

from fund.management.base import DataCommand
from fund.queries.figures import Grouping, group_contributions
from reports.renderers.text import render_text, write_csv
from reports.statements.fund_totals import fund_totals


class Command(DataCommand):
    help = (
        "Prints what is signed, received, unapplied and outstanding. A receipt counts for the year of its agreement, a "
        "gift for the year in which it came."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by", choices=[by.value for by in Grouping], default=Grouping.YEAR.value, help="how to add up"
        )
        parser.add_argument("--until", type=read_day, metavar="YYYY-MM-DD", help="as it stood at the end of a day")
        parser.add_argument("--csv", action="store_true", help="comma-separated values, without the totals")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Grouping(options["by"])
        sheet = fund_totals(group_contributions(by, until=options["until"]), by)
        if options["csv"]:
            write_csv(sheet, self.stdout)
        else:
            self.stdout.write(render_text(sheet), ending="")


def read_day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day: write it like 2026-12-31") from None
