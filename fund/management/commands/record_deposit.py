from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.deposits import add_parts_options, find_bank_account, read_amount, read_day, read_parts
from fund.operations.deposits import record_deposit, record_parts
from fund.operations.receipts import Facts

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records a deposit: in the parts that --of names, or without them as one whose sender is not identified."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("bank", metavar="BANK", help="the code of the bank account")
        parser.add_argument("day", metavar="YYYY-MM-DD", type=read_day, help="when it arrived")
        parser.add_argument("amount", metavar="AMOUNT", help="in the bank account's currency")
        parser.add_argument("reference", metavar="REFERENCE", help="the bank's own")
        add_parts_options(parser, required=False)
        parser.add_argument("--accept-twin", action="store_true", help="it is another payment than one like it")
        parser.add_argument("--note", default="", metavar="TEXT")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank"])
        amount = read_amount(options["amount"], account.currency)
        facts = Facts(account, options["day"], amount, options["reference"], note=options["note"])
        twin = options["accept_twin"]
        if options["of"]:
            parts, excess = read_parts(options["of"], account.currency), options["accept_excess"]
            receipt = record_parts(facts=facts, parts=parts, by=by, accept_excess=excess, accept_twin=twin)
            say(f"{receipt} is recorded.")
        else:
            receipt = record_deposit(facts=facts, by=by, accept_twin=twin)
            say(f"{receipt} is recorded. It waits to be identified: `manage.py identify_deposit {receipt}`.")
