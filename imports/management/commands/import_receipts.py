from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError, CommandParser

from fund.models import BankAccount
from imports.management.file_command import FileCommand, read_years
from imports.operations.batches import Outcome, Progress
from imports.operations.receipts import ReceiptOptions, import_receipts
from imports.parsers.contributions import parse_receipts


class Command(FileCommand):
    help = (
        "Records a receipt for each row of FILE: reference, date, agreement, currency, amount. What is beyond the "
        "instalments stands as unapplied. All rows or none; rows that are there already are left as they are."
    )
    noun = ("receipt", "receipts")
    verb = "recorded"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--bank", metavar="CODE", help="the bank account; without it, the only one in the row's currency"
        )
        parser.add_argument(
            "--accept-twins",
            action="store_true",
            help="rows are other payments than those of the same day, account and amount that are there already",
        )

    def read_options(self, options: dict[str, Any]) -> None:
        account = find_bank(options["bank"]) if options["bank"] else None
        self.chosen = ReceiptOptions(read_years(options), account, options["accept_twins"])

    def parse(self, data: bytes) -> Any:
        return parse_receipts(data)

    def import_reading(self, by: User, progress: Progress) -> Outcome:
        return import_receipts(self.reading, by=by, options=self.chosen, progress=progress)


def find_bank(code: str) -> BankAccount:
    """The bank account with a code. Raises CommandError."""
    found = BankAccount.objects.filter(code=code.strip().upper()).first()
    if found is None:
        known = ", ".join(BankAccount.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"{code} is not a bank account of the fund. There are: {known}.")
    return found
