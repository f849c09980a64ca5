from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_agreement, find_instalment, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.applications import Word
from fund.operations.refunds import prepare_refund
from ledger.money import parse_amount
from ledger.queries import functional_currency

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares a refund to a donor; another person approves it on its page, and then pay_refund pays it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "of", metavar="AGREEMENT", help="whose unspent money; or AGR-2026-0001/2, what is unapplied beyond it"
        )
        parser.add_argument("amount", metavar="AMOUNT", help="such as 1500.00")
        parser.add_argument("--currency", help="the functional one by default")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day on which it is agreed")
        parser.add_argument("--word", required=True, metavar="REFERENCE", help="of the donor's letter")
        parser.add_argument("--word-on", required=True, type=read_day, metavar="DAY", help="the letter's day")
        parser.add_argument("--why", required=True, help="why the donor gets it back")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        source = find_instalment(options["of"]) if "/" in options["of"] else None
        refund = prepare_refund(
            source.agreement if source else find_agreement(options["of"]),
            amount=parse_amount(options["amount"], options["currency"] or functional_currency()),
            dated_on=options["on"],
            word=Word(options["word"], options["word_on"]),
            grounds=options["why"],
            source=source,
            by=by,
        )
        say(f"{refund} is prepared and awaits another person's approval.")
