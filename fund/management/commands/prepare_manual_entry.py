import csv
from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.forms.corrections import make_line
from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.manual_entries import Line, prepare_manual_entry
from ledger.money import parse_amount
from ledger.queries import functional_currency

TECHNICAL_USER = "console"
LINE_HELP = (
    "account,fund,amount[,currency,functional]: debits are positive, such as Expenses:BankCharges,POOL,12.50 or "
    "Assets:Bank:RBC-CAD,POOL,-10.00,CAD,-7.40"
)


class Command(ChangeCommand):
    help = "Prepares a manual entry, for what no other document fits; another person approves it on its page."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the entry")
        parser.add_argument("--why", required=True, help="what happened, and why no other document fits")
        parser.add_argument("--line", action="append", default=[], metavar="LINE", help=f"{LINE_HELP}. Repeat it")
        parser.add_argument("--file", type=_read_file, default=[], help="a CSV file of such lines, without a heading")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        lines = [_read_line(text) for text in (*options["file"], *options["line"])]
        entry = prepare_manual_entry(dated_on=options["on"], grounds=options["why"], lines=lines, by=by)
        say(f"{entry} is prepared and awaits another person's approval.")


def _read_file(path: str) -> list[str]:
    """The lines of a file, so that the same content is the same command whatever the file is called."""
    try:
        return [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from None


def _read_line(text: str) -> Line:
    """A line of the entry. Raises CommandError, Refused."""
    parts = [part.strip() for part in next(csv.reader([text]), [])]
    if len(parts) not in (3, 5):
        raise CommandError(f"“{text}” is no line. It is {LINE_HELP}.")
    currency = parts[3] if len(parts) > 3 else functional_currency()
    amount = parse_amount(parts[2], currency)
    functional = parse_amount(parts[4], functional_currency()) if len(parts) > 3 else amount
    return make_line(parts[0], parts[1], amount, functional.minor)
