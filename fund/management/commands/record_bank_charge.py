from datetime import date
from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.bank_charges import record_bank_charge
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records what a bank took by itself, of one sub-fund or of all by their balances."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("bank_account", metavar="CODE", help="the code of a bank account")
        parser.add_argument("day", type=date.fromisoformat, metavar="DAY", help="such as 2026-06-30")
        parser.add_argument("amount", metavar="AMOUNT", help="in the account's currency, such as 12.50")
        parser.add_argument("description", metavar="WHAT", help="what the bank took it for")
        parser.add_argument("--fund", default="", metavar="CODE", help="the sub-fund that bears all of it")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank_account"])
        charge = record_bank_charge(
            bank_account=account,
            charged_on=options["day"],
            amount=parse_amount(options["amount"], account.currency),
            description=options["description"],
            fund=options["fund"],
            by=by,
        )
        say(f"{charge} is posted.")
