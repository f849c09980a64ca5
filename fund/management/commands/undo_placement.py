from typing import Any

from django.core.management import CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.deposits import find_receipt, read_day
from fund.operations.deposits import undo_placement

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Undoes a mistaken identification of a deposit: it waits to be identified again. A return is reversed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("receipt", metavar="RECEIPT", help="the number of the deposit's receipt")
        parser.add_argument("reason", metavar="REASON", help="why; it stands in the journal for good")
        parser.add_argument("--on", type=read_day, metavar="YYYY-MM-DD", help="the day; today by default")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        receipt = find_receipt(options["receipt"])
        undo_placement(receipt, on=options["on"] or timezone.localdate(), reason=options["reason"], by=by)
        say(f"{receipt} waits to be identified again.")
