from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_obligation, read_day, read_lines
from fund.management.base import ChangeCommand, Say
from fund.operations.obligations import cancel_obligation

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Cancels what of an obligation will not be paid: all that is open, or the amounts named."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the obligation, such as OBL-2026-0001")
        parser.add_argument(
            "lines", nargs="*", metavar="FUND=AMOUNT", help="what is cancelled; without it, all that is open"
        )
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the cancellation")
        parser.add_argument("--reason", required=True, help="why it will not be paid")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        found = find_obligation(options["number"])
        lines = read_lines(options["lines"]) or None
        cancel_obligation(found, on=options["on"], reason=options["reason"], lines=lines, by=by)
        say(f"{found}: cancelled.")
