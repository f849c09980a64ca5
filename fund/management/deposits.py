"""How the commands on deposits name bank accounts, receipts, amounts and parts."""

from argparse import ArgumentTypeError
from datetime import date

from django.core.management import CommandError, CommandParser

from fund.models import BankAccount, Receipt
from fund.operations.deposits import Part
from fund.queries.places import find_place
from ledger.errors import Refused
from ledger.money import Amount, parse_amount

OF_HELP = (
    "a part: an instalment or a donor's gift with its amount, such as AGR-2026-0001/1=600 or gift/ACME=50; "
    "AGR-2026-0003/1=21500:20000 settles 20000 of an agreement in another currency. Repeat it for each part"
)


def read_day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day: write it like 2026-12-31") from None


def add_parts_options(parser: CommandParser, *, required: bool) -> None:
    """Adds `--of` and `--accept-excess`."""
    parser.add_argument("--of", action="append", default=[], metavar="PLACE=AMOUNT", required=required, help=OF_HELP)
    parser.add_argument(
        "--accept-excess", action="store_true", help="what is more than an instalment is owed waits as unapplied"
    )


def find_bank_account(code: str) -> BankAccount:
    """The bank account with a code. Raises CommandError."""
    found = BankAccount.objects.filter(code=code.strip().upper()).first()
    if found is None:
        known = ", ".join(BankAccount.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"{code} is not a bank account of the fund. There are: {known}.")
    return found


def find_receipt(number: str) -> Receipt:
    """The receipt with a number. Raises CommandError."""
    found = Receipt.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise CommandError(f"{number} is not a receipt. The list of receipts has their numbers, like RCT-2026-0001.")
    return found


def read_amount(text: str, currency: str) -> Amount:
    """An amount of the command line. Raises CommandError."""
    try:
        return parse_amount(text, currency)
    except Refused as refusal:
        raise CommandError(refusal.message) from None


def read_parts(texts: list[str], currency: str) -> list[Part]:
    """The parts that `--of` names, in a deposit's currency. Raises CommandError."""
    return [_read_part(text, currency) for text in texts]


def _read_part(text: str, currency: str) -> Part:
    key, _, amounts = text.partition("=")
    amount, _, settles = amounts.partition(":")
    place = find_place(key.strip())
    if place is None or not amount:
        raise CommandError(f"{text} is not a part. It is {OF_HELP}.")
    own = str(place.instalment.amount.currency) if place.instalment else currency
    settled = read_amount(settles, own) if settles else None
    return Part(place.donor, read_amount(amount, currency), place.instalment, settled)
