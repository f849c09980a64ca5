from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_pledge, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.pledges import lapse_pledge

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Lets lapse what of a pledge is not signed, where the donor said nothing; `reverse` withdraws one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pledge", metavar="PLEDGE", help="its number, such as PLG-2026-0001")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="after its last day")
        parser.add_argument("--reason", required=True, help="it stands in the journal for good")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        pledge = find_pledge(options["pledge"])
        lapse_pledge(pledge, on=options["on"], reason=options["reason"], by=by)
        say(f"{pledge} is lapsed.")
