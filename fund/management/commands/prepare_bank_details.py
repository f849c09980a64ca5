from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import describe_prepared, find_donor, find_payee, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.bank_details import Account, prepare_bank_details

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares where a payee or a donor is to be paid; it holds once another person approved it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", metavar="CODE", help="the payee's code")
        parser.add_argument("--donor", action="store_true", help="CODE is a donor's")
        parser.add_argument("--holder", required=True, metavar="NAME", help="whose account it is, as the bank has it")
        parser.add_argument("--account", required=True, metavar="NUMBER", help="an IBAN, or another number")
        parser.add_argument("--bic", default="", help="where the bank has one")
        parser.add_argument("--bank", required=True, metavar="NAME", help="the bank's name")
        parser.add_argument("--country", required=True, metavar="CODE", help="the bank's, ISO 3166-1 alpha-3: CAN")
        parser.add_argument("--currency", required=True, metavar="CODE", help="the account's, such as USD")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day that it holds from")
        parser.add_argument("--note", default="", help="who asked for it, and how it was verified")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        find = find_donor if options["donor"] else find_payee
        facts = Account(**{name: options[name] for name in Account.__slots__})
        details = prepare_bank_details(
            find(options["code"]),
            facts=facts,
            valid_from=options["on"],
            note=options["note"],
            by=by,
        )
        say(describe_prepared(details))
