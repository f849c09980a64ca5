from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.base import ChangeCommand, Say
from fund.models import Donor
from fund.operations.people import add_person
from fund.roles import PERMISSIONS


class Command(ChangeCommand):
    help = "Adds a person who may sign in, and prints their password, which is made here and shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username", metavar="USERNAME", help="the name to sign in with")
        parser.add_argument("--name", default="", help="the person's own name, as pages show it")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--role", default="", choices=sorted(PERMISSIONS), help="what the person may do")
        what.add_argument("--donor", metavar="CODE", help="the donor whose statement the person may read")

    def change(self, options: dict[str, Any], say: Say) -> None:
        donor = find_donor(options["donor"]) if options["donor"] else None
        user, self.password = add_person(options["username"], role=options["role"], donor=donor, name=options["name"])
        say(f"{user.get_username()} may sign in as {options['role'] or donor}.")

    def finish(self, options: dict[str, Any], *, again: bool) -> None:
        if not again:
            self.stdout.write(f"Password, shown only now: {self.password}")
            return
        another = f"`manage.py changepassword {options['username']}` sets another one."
        self.stdout.write(f"The password was shown the first time and is not kept. {another}")


def find_donor(code: str) -> Donor:
    """The donor with a code. Raises CommandError."""
    found = Donor.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise CommandError(f"{code} is not a donor's code.")
    return found
