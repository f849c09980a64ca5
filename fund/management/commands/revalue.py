from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.money import to_amount
from fund.operations.revaluations import run_revaluation
from fund.queries.records import total_of

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Carries what is in other currencies at the closing rates of a month. A second run posts what is new since."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", metavar="MONTH", help="a month that is over, such as 2026-06")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        run = run_revaluation(month=options["month"], by=by)
        say(f"{run} is posted: {to_amount(total_of(run))} unrealised.")
