from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.models import Refund
from fund.operations.refunds import pay_refund
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Pays a refund that is approved, as a whole."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the refund, such as RFD-2026-0001")
        parser.add_argument("bank_account", metavar="CODE", help="the code of a bank account")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the payment")
        parser.add_argument("--amount", help="what left the account, where it is in another currency than the refund")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank_account"])
        refund = Refund.objects.filter(number=options["number"].strip()).first()
        if refund is None:
            raise CommandError(f"{options['number']} is not the number of a refund, such as RFD-2026-0001.")
        amount = parse_amount(options["amount"], account.currency) if options["amount"] else None
        pay_refund(refund, bank_account=account, paid_on=options["on"], amount=amount, by=by)
        say(f"{refund} is paid.")
