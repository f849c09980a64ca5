from typing import Any

from django.core.management import CommandParser

from fund.management.actors import find_person
from fund.management.arguments import find_decided
from fund.management.base import ChangeCommand, Say
from fund.operations.decisions import approve
from ledger.errors import Refused


class Command(ChangeCommand):
    help = "Approves documents that wait for a decision, all or none, and posts those that need no other approver."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("numbers", nargs="+", metavar="NUMBER", help="such as AGR-2026-0002 or AGR-2026-0002/A1")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who approves, and did not prepare them")

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_person(options["by"])
        for document in map(find_decided, options["numbers"]):
            try:
                is_posted = approve(document, by=by)
            except Refused as refusal:
                raise type(refusal)(f"{document}: {refusal.message}", field=refusal.field) from None
            say(f"{document} is approved and posted." if is_posted else f"{document} awaits a second approver.")
