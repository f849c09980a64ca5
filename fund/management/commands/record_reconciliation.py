from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.reconciliations import BankStatement, Difference, record_reconciliation
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records that a bank's statement and the books agree, with what explains the difference. It posts nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("bank_account", metavar="CODE", help="the code of a bank account")
        parser.add_argument("day", type=read_day, metavar="DAY", help="the statement's last day, such as 2026-06-30")
        parser.add_argument("reference", metavar="REFERENCE", help="the statement's own number")
        parser.add_argument("balance", metavar="BALANCE", help="as the bank prints it, in the account's currency")
        parser.add_argument(
            "--line",
            action="append",
            default=[],
            metavar="TEXT=AMOUNT",
            help="what the books have and the bank has not yet, such as “Cheque 17=-120.00”. Repeat it",
        )
        parser.add_argument("--note", default="", help="for the record")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank_account"])
        balance = parse_amount(options["balance"], account.currency)
        statement = BankStatement(account, options["day"], options["reference"], balance)
        lines = [_read_line(text, account.currency) for text in options["line"]]
        found = record_reconciliation(statement=statement, lines=lines, note=options["note"], by=by)
        say(f"{found} is recorded: {account.code} is reconciled at {found.dated_on}.")


def _read_line(text: str, currency: str) -> Difference:
    """A line of a text such as “Cheque 17=-120.00”. Raises CommandError, Refused."""
    words, equals, amount = text.rpartition("=")
    if not equals:
        raise CommandError(f"“{text}” is no line. Write it like “Cheque 17=-120.00”.")
    return Difference(words, parse_amount(amount, currency))
