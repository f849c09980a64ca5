from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.operations.treasury import open_year
from ledger.queries import open_years

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Opens fiscal years for entries, all or none. A year that is open stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("years", nargs="+", type=int, metavar="YEAR", help="a calendar year, such as 2026")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        before = set(open_years())
        for year in dict.fromkeys(options["years"]):
            if year in before:
                say(f"{year} was open already.")
            else:
                open_year(year, by=by)
                say(f"{year} is open now.")
