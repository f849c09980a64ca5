from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.money import to_amount
from fund.operations.recoveries import run_recovery
from fund.queries.records import total_of

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Charges the indirect cost up to a month that is not charged yet, by the terms of the sub-funds."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", metavar="MONTH", help="a month that is over, such as 2026-06")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        run = run_recovery(month=options["month"], by=by)
        say(f"{run} is posted: {to_amount(total_of(run))} charged.")
