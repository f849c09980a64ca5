from typing import Any

from django.core.management import CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.deposits import add_parts_options, find_receipt, read_day, read_parts
from fund.money import to_amount
from fund.operations.deposits import identify_deposit

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Says whose an unidentified deposit is, in parts that add up to it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("receipt", metavar="RECEIPT", help="the number of the deposit's receipt")
        parser.add_argument(
            "--on", type=read_day, metavar="YYYY-MM-DD", help="when it was identified; today by default"
        )
        add_parts_options(parser, required=True)
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        receipt = find_receipt(options["receipt"])
        parts = read_parts(options["of"], to_amount(receipt.amount).currency)
        on = options["on"] or timezone.localdate()
        identify_deposit(receipt, on=on, parts=parts, by=by, accept_excess=options["accept_excess"])
        say(f"{receipt} is identified.")
