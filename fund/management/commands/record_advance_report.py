from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.advances import find_advance, find_line, read_parts
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.advance_reports import Spent, record_report

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records what a partner certifies to have spent of an advance. Another person reviews it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the advance, such as ADV-2026-0001")
        parser.add_argument(
            "lines",
            nargs="+",
            metavar="LINE/CATEGORY=AMOUNT",
            help="what was spent of which line of the advance, such as 1/Travel=600.00",
        )
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day on which it is booked")
        parser.add_argument("--certified-by", required=True, help="who signed it for the partner")
        parser.add_argument("--note", default="")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        advance = find_advance(options["number"])
        parts = read_parts(options["lines"], str(advance.amount.currency), "1/Travel=600.00")
        report = record_report(
            advance,
            reported_on=options["on"],
            certified_by=options["certified_by"],
            lines=[Spent(find_line(advance, line), category, amount) for line, category, amount in parts],
            note=options["note"],
            by=by,
        )
        say(f"{report} is recorded and awaits another person's review.")
