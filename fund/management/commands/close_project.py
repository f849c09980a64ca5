from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_project, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.project_closures import close_accounts, close_operations

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Closes the operations of a project, or its accounts once nothing is open or left."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("project", metavar="PROJECT", help="the project's code")
        parser.add_argument("what", choices=("operations", "accounts"))
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the closure")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        project = find_project(options["project"])
        close = close_operations if options["what"] == "operations" else close_accounts
        close(project, on=options["on"], by=by)
        say(f"{project.code}: its {options['what']} closed on {options['on']}.")
