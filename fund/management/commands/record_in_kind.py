from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_project, read_day
from fund.management.base import ChangeCommand, Say
from fund.models import Donor
from fund.operations.in_kind import Gift, record_in_kind
from ledger.money import parse_amount
from ledger.queries import functional_currency

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records goods or services that a donor gave for a project, at fair value."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("donor", metavar="DONOR", help="the donor's code")
        parser.add_argument("project", metavar="PROJECT", help="the project's code")
        parser.add_argument("value", metavar="AMOUNT", help="the fair value, such as 2500.00")
        parser.add_argument("description", metavar="WHAT", help="what was given")
        parser.add_argument("--measured", required=True, metavar="HOW", help="how the value was measured")
        parser.add_argument("--currency", help="the functional one by default")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day on which it came")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        donor = Donor.objects.filter(code=options["donor"].strip().upper()).first()
        if donor is None:
            raise CommandError(f"{options['donor']} is not a donor's code.")
        value = parse_amount(options["value"], options["currency"] or functional_currency())
        what, how = options["description"], options["measured"]
        gift = Gift(donor, find_project(options["project"]), options["on"], value, what, how)
        say(f"{record_in_kind(gift=gift, by=by)} is posted.")
