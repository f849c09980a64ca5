from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import describe_prepared, find_project, read_day, read_lines
from fund.management.base import ChangeCommand, Say
from fund.models import Direction
from fund.operations.allocations import prepare_allocation

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares the return of what a project has left, or its move to another one; `approve` approves it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("project", metavar="PROJECT", help="the project that gives")
        parser.add_argument("lines", nargs="+", metavar="FUND=AMOUNT", help="what it gives, such as POOL=1500.00")
        parser.add_argument("--to", metavar="PROJECT", help="the project that gets it; without it, it is unallocated")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the decision")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        giver, lines = find_project(options["project"]), read_lines(options["lines"])
        where: dict[str, Any] = {"project": giver, "direction": Direction.RETURN}
        if options["to"]:
            where = {"project": find_project(options["to"]), "source": giver, "direction": Direction.MOVE}
        made = prepare_allocation(**where, decided_on=options["on"], lines=lines, by=by)
        say(describe_prepared(made))
