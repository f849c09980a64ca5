from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import find_agreement, read_day
from fund.management.base import ChangeCommand, Say
from fund.operations.write_offs import prepare_write_off
from ledger.money import Amount, parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares a write-off of what an agreement will not be paid; another person approves it on its page."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("agreement", metavar="AGREEMENT", help="its number, such as AGR-2026-0001")
        parser.add_argument(
            "lines",
            nargs="*",
            metavar="INSTALMENT=AMOUNT",
            help="such as AGR-2026-0001/2=1500.00, in its currency; without it, all that is owed",
        )
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the write-off")
        parser.add_argument("--why", required=True, help="why it will not be paid")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        agreement = find_agreement(options["agreement"])
        lines = _read_lines(options["lines"], str(agreement.amount.currency)) or None
        write_off = prepare_write_off(agreement, dated_on=options["on"], grounds=options["why"], lines=lines, by=by)
        say(f"{write_off} is prepared and awaits another person's approval.")


def _read_lines(texts: list[str], currency: str) -> dict[str, Amount]:
    """Amounts by instalment. Raises CommandError, Refused."""
    lines: dict[str, Amount] = {}
    for text in texts:
        reference, equals, amount = text.partition("=")
        if not equals or reference in lines:
            raise CommandError(f"“{text}” is no amount of another instalment. Write it like AGR-2026-0001/2=1500.00.")
        lines[reference] = parse_amount(amount, currency)
    return lines
