from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.operations.payees import add_payee

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Adds a payee: a supplier, a person or an implementing partner."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", metavar="NAME", help="the payee's name, as entries will have it")
        parser.add_argument("--code", default="", help="the payee's code; without it, one is made of the name")
        parser.add_argument("--country", default="", metavar="CODE", help="ISO 3166-1 alpha-3, such as CAN")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        payee = add_payee(code=options["code"], name=options["name"], country=options["country"], by=by)
        say(f"{payee} is added with the code {payee.code}.")
