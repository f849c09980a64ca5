from datetime import date
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import describe_prepared
from fund.management.base import ChangeCommand, Say
from fund.models import Agreement
from fund.operations.amendments import Term, prepare_amendment
from ledger.money import parse_amount

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = (
        "Prepares an amendment of an agreement: other amounts or days of instalments, new ones, another last day of "
        "its earmark; `approve` approves it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("agreement", metavar="AGREEMENT", help="its number, such as AGR-2026-0002")
        parser.add_argument("--dated", type=date.fromisoformat, required=True, metavar="DAY", help="agreed on")
        parser.add_argument("--note", required=True, help="what was agreed")
        parser.add_argument(
            "--instalment",
            nargs=3,
            action="append",
            default=[],
            metavar=("REFERENCE", "AMOUNT", "DAY"),
            help="what an instalment is from now on, in the agreement's currency; may be repeated, the others stay",
        )
        parser.add_argument(
            "--new", nargs=2, action="append", default=[], metavar=("AMOUNT", "DAY"), help="an instalment to add"
        )
        parser.add_argument("--ends-on", type=date.fromisoformat, metavar="DAY", help="the last day to spend it")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        agreement = Agreement.objects.filter(number=options["agreement"]).first()
        if agreement is None:
            raise CommandError(f"{options['agreement']} is not an agreement. Numbers are such as AGR-2026-0002.")
        amendment = prepare_amendment(
            agreement,
            amended_on=options["dated"],
            note=options["note"],
            terms=read_terms(options, str(agreement.amount.currency)),
            ends_on=options["ends_on"],
            by=by,
        )
        say(describe_prepared(amendment))


def read_terms(options: dict[str, Any], currency: str) -> list[Term]:
    """The instalments that the options name. Raises CommandError, AmountInvalid."""
    named = [*options["instalment"], *(("", *new) for new in options["new"])]
    try:
        return [Term(date.fromisoformat(on), parse_amount(text, currency), ref) for ref, text, on in named]
    except ValueError as error:
        raise CommandError(f"{error}. Days are such as 2026-08-01.") from None
