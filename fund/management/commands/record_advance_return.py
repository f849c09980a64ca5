from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.advances import find_advance, find_line, read_parts
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.advance_returns import Back, record_return
from ledger.money import Amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records what a partner did not spend of an advance and sent back, as the bank has it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the advance, such as ADV-2026-0001")
        parser.add_argument("bank_account", metavar="BANK_ACCOUNT", help="the code of the account where it arrived")
        parser.add_argument(
            "lines", nargs="+", metavar="LINE=AMOUNT", help="what came back of which line, such as 1=800.00"
        )
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day on which it arrived")
        parser.add_argument("--reference", required=True, help="the bank's reference")
        parser.add_argument("--accept-twin", action="store_true", help="it is another payment than one like it")
        parser.add_argument("--note", default="")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        advance, account = find_advance(options["number"]), find_bank_account(options["bank_account"])
        lines: dict[str, Amount] = {}
        for position, _, amount in read_parts(options["lines"], str(advance.amount.currency), "1=800.00"):
            reference = find_line(advance, position).reference
            if reference in lines:
                raise CommandError(f"Line {position} is named twice. Name it once, with all that came back of it.")
            lines[reference] = amount
        back = Back(account, options["on"], options["reference"], options["note"], options["accept_twin"])
        returned = record_return(advance, back=back, lines=lines, by=by)
        say(f"{returned} is recorded.")
