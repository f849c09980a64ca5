from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.base import DataCommand
from fund.models import Donor
from fund.operations.people import add_person
from fund.roles import PERMISSIONS
from ledger.errors import Refused


class Command(DataCommand):
    help = "Adds a person who may sign in, and prints their password, which is made here and shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="the name to sign in with")
        parser.add_argument("--name", default="", help="the person's own name, as pages show it")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--role", default="", choices=sorted(PERMISSIONS), help="what the person may do")
        what.add_argument("--donor", metavar="CODE", help="the donor whose statement the person may read")

    def handle(self, *args: Any, **options: Any) -> None:
        donor = find_donor(options["donor"]) if options["donor"] else None
        try:
            user, password = add_person(options["username"], role=options["role"], donor=donor, name=options["name"])
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.get_username()} may sign in as {options['role'] or donor}.")
        self.stdout.write(f"Password, shown only now: {password}")


def find_donor(code: str) -> Donor:
    """The donor with a code. Raises CommandError."""
    found = Donor.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise CommandError(f"{code} is not a donor's code.")
    return found
