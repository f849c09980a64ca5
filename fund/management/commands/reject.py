from typing import Any

from django.core.management import CommandParser

from fund.management.actors import find_person
from fund.management.arguments import find_decided
from fund.management.base import ChangeCommand, Say
from fund.operations.approvals import reject


class Command(ChangeCommand):
    help = "Rejects a document that waits for a decision; nothing of it is ever posted."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="such as AGR-2026-0002 or AGR-2026-0002/A1")
        parser.add_argument("--reason", required=True, help="why, for who prepared it")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who rejects, and did not prepare it")

    def change(self, options: dict[str, Any], say: Say) -> None:
        document = find_decided(options["number"])
        reject(document, reason=options["reason"], by=find_person(options["by"]))
        say(f"{document} is rejected.")
