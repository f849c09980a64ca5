from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_project, read_day, read_lines
from fund.management.base import ChangeCommand, Say
from fund.models import Category
from fund.operations.obligations import record_obligation

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records a contract that is let for a project: it reserves money of sub-funds."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("project", metavar="PROJECT", help="the project's code")
        parser.add_argument("payee", metavar="PAYEE", help="with whom the contract is let")
        parser.add_argument("lines", nargs="+", metavar="FUND=AMOUNT", help="what it reserves, such as POOL=1500.00")
        parser.add_argument("--for", dest="purpose", required=True, help="what the contract is for")
        parser.add_argument("--category", required=True, choices=Category.values)
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day on which it is let")
        parser.add_argument("--ends", type=read_day, required=True, metavar="DAY", help="its expected end")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        obligation = record_obligation(
            project=find_project(options["project"]),
            payee=options["payee"],
            purpose=options["purpose"],
            category=options["category"],
            let_on=options["on"],
            ends_on=options["ends"],
            lines=read_lines(options["lines"]),
            by=by,
        )
        say(f"{obligation} is recorded.")
