from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import DataCommand
from fund.operations.treasury import open_year
from ledger.errors import Refused
from ledger.operations import writing
from ledger.queries import open_years

TECHNICAL_USER = "console"


class Command(DataCommand):
    help = "Opens fiscal years for entries, all or none. A year that is open stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR", help="a calendar year, such as 2026")
        add_actor_option(parser, TECHNICAL_USER)

    def handle(self, *args: Any, **options: Any) -> None:
        by = find_actor(options, TECHNICAL_USER, say=self.stdout.write)
        before = set(open_years())
        try:
            with writing():
                for year in options["years"]:
                    if year not in before:
                        open_year(year, by=by)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        for year in dict.fromkeys(options["years"]):
            self.stdout.write(f"{year} was open already." if year in before else f"{year} is open now.")
