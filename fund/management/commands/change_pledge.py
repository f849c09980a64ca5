from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_pledge, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.pledges import change_last_day

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Changes the last day on which an open pledge holds."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pledge", metavar="PLEDGE", help="its number, such as PLG-2026-0001")
        parser.add_argument("--until", type=read_day, required=True, metavar="DAY", help="its last day from now on")
        parser.add_argument("--reason", required=True, help="the donor's letter, for instance")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        pledge = find_pledge(options["pledge"])
        change_last_day(pledge, expires_on=options["until"], reason=options["reason"], by=by)
        say(f"{pledge} holds until {options['until']}.")
