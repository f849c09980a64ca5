from typing import Any

from django.core.management import CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import describe_prepared
from fund.management.base import ChangeCommand, Say
from fund.management.deposits import find_receipt, read_day
from fund.operations.deposit_returns import prepare_deposit_return

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares the return of an unidentified deposit to its sender; another person approves it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("receipt", metavar="RECEIPT", help="the number of the deposit's receipt")
        parser.add_argument("reason", metavar="REASON", help="why; it stands in the journal for good")
        parser.add_argument("--on", type=read_day, metavar="YYYY-MM-DD", help="when it left; today by default")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        receipt = find_receipt(options["receipt"])
        on = options["on"] or timezone.localdate()
        prepared = prepare_deposit_return(receipt, on=on, reason=options["reason"], by=by)
        say(describe_prepared(prepared))
