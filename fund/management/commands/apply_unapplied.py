from typing import Any

from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.management.deposits import find_bank_account, read_amount, read_day
from fund.models import Instalment
from fund.operations.applications import Word, apply_unapplied
from fund.queries.places import Place, find_place
from fund.queries.unapplied import unapplied_balances

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Applies what came beyond an instalment to another one of the same donor, or as a gift, on the donor's word."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("source", metavar="INSTALMENT", help="what it came beyond, such as AGR-2026-0001/2")
        parser.add_argument("amount", metavar="AMOUNT", help="in the instalment's currency, or that of --currency")
        parser.add_argument("--currency", metavar="CODE", help="that it waits in, where it came in another")
        parser.add_argument("--to", required=True, metavar="PLACE", help="AGR-2026-0002/1, or gift/CAN")
        parser.add_argument(
            "--settles", metavar="AMOUNT", help="in the other agreement's currency, where it is another"
        )
        parser.add_argument("--word", required=True, metavar="REFERENCE", help="of the donor's letter")
        parser.add_argument("--word-on", required=True, type=read_day, metavar="YYYY-MM-DD", help="the letter's day")
        parser.add_argument("--on", type=read_day, metavar="YYYY-MM-DD", help="today by default")
        parser.add_argument("--bank", metavar="CODE", help="the account whose cash changes sub-fund, where it does")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        source, place = find_source(options["source"]), find_target(options["to"])
        if place.instalment is None and place.donor != source.agreement.donor:
            raise CommandError(
                f"{source} is of {source.agreement.donor}: gift/{source.agreement.donor.code} is its gift."
            )
        own = str(place.instalment.amount.currency) if place.instalment else ""
        application = apply_unapplied(
            source=source,
            amount=read_amount(options["amount"], options["currency"] or str(source.amount.currency)),
            on=options["on"] or timezone.localdate(),
            word=Word(options["word"], options["word_on"]),
            instalment=place.instalment,
            settles=read_amount(options["settles"], own) if options["settles"] and own else None,
            bank_account=find_bank_account(options["bank"]) if options["bank"] else None,
            by=by,
        )
        say(f"{application} is recorded.")


def find_source(reference: str) -> Instalment:
    """The instalment that something came beyond. Raises CommandError."""
    found = Instalment.objects.filter(reference=reference.strip()).select_related("agreement__donor").first()
    if found is None:
        known = ", ".join(one.instalment.reference for one in unapplied_balances()) or "nothing now"
        raise CommandError(f"{reference} is not an instalment. Unapplied: {known}.")
    return found


def find_target(key: str) -> Place:
    """What it is applied to. Raises CommandError."""
    place = find_place(key.strip())
    if place is None:
        raise CommandError(f"{key} is neither an instalment, like AGR-2026-0001/1, nor a gift, like gift/CAN.")
    return place
