from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.transfers import TransferFacts, record_transfer
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records money that went from one of the fund's bank accounts to another."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("source", metavar="FROM", help="the code of the account that it left")
        parser.add_argument("target", metavar="TO", help="the code of the account that it reached")
        parser.add_argument("amount", metavar="AMOUNT", help="what left, in its account's currency, with the charges")
        parser.add_argument("arrived", metavar="ARRIVED", help="what arrived, in its account's currency")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="such as 2026-06-30")
        parser.add_argument("--charges", help="what banks kept of what left, in its currency")
        parser.add_argument("--fund", default="", metavar="CODE", help="the sub-fund whose money it is; all by default")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        source, target = (find_bank_account(options[name]) for name in ("source", "target"))
        facts = TransferFacts(
            source,
            target,
            options["on"],
            parse_amount(options["amount"], source.currency),
            parse_amount(options["arrived"], target.currency),
            parse_amount(options["charges"], source.currency) if options["charges"] else None,
            options["fund"],
        )
        say(f"{record_transfer(facts=facts, by=by)} is posted.")
