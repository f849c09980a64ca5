from datetime import date
from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.interest import mark_no_interest, record_interest
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records what a bank paid for a month, shared by average daily balances, or that it paid none."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("bank_account", metavar="CODE", help="the code of a bank account")
        parser.add_argument("month", metavar="MONTH", help="a month that is over, such as 2026-06")
        parser.add_argument("amount", metavar="AMOUNT", help="in the account's currency, such as 100.00, or none")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DAY", help="the day of the credit; the last by default"
        )
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank_account"])
        if options["amount"] == "none":
            mark_no_interest(bank_account=account, month=options["month"], by=by)
            say(f"{account.code} is marked: no interest in {options['month']}.")
            return
        amount = parse_amount(options["amount"], account.currency)
        run = record_interest(
            bank_account=account, month=options["month"], amount=amount, credited_on=options["on"], by=by
        )
        say(f"{run} is posted: {amount} in {account.code}.")
