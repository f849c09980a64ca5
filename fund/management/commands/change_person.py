from typing import Any

from django.core.management import CommandParser

from fund.management.base import ChangeCommand, Say
from fund.management.commands.add_person import find_donor
from fund.operations.people import change_person, end_access
from fund.roles import PERMISSIONS


class Command(ChangeCommand):
    help = "Gives a person another role or another donor's statement, in the place of what they had, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="USERNAME", help="the name that the person signs in with")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--role", default="", choices=sorted(PERMISSIONS), help="what the person may do from now on")
        what.add_argument("--donor", metavar="CODE", help="the donor whose statement the person may read from now on")
        what.add_argument("--end", action="store_true", help="the person signs in no more, and is signed out")

    def change(self, options: dict[str, Any], say: Say) -> None:
        if options["end"]:
            say(f"The access of {end_access(options['username'])} ended.")
            return
        donor = find_donor(options["donor"]) if options["donor"] else None
        user = change_person(options["username"], role=options["role"], donor=donor)
        say(f"{user.get_username()} is {options['role'] or donor} from now on.")
