from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_donor, find_payee, read_day
from fund.management.base import ChangeCommand, Say
from fund.models import ScreeningResult
from fund.operations.screenings import record_screening

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records what a list of sanctions has of a payee or a donor; a match blocks payment until it is cleared."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", metavar="CODE", help="the payee's code")
        parser.add_argument("--donor", action="store_true", help="CODE is a donor's")
        parser.add_argument("--list", dest="list_name", required=True, metavar="NAME", help="the list, with its date")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the screening")
        parser.add_argument("--result", required=True, choices=ScreeningResult.values)
        parser.add_argument("--note", default="", help="what was found; needed for a match")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        find = find_donor if options["donor"] else find_payee
        screening = record_screening(
            find(options["code"]),
            screened_on=options["on"],
            list_name=options["list_name"],
            result=options["result"],
            note=options["note"],
            by=by,
        )
        say(f"{screening}.")
