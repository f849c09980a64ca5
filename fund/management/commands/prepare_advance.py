from typing import Any

from django.core.management import CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.advances import find_partner, read_parts
from fund.management.arguments import find_project, read_day
from fund.management.base import ChangeCommand, Say
from fund.management.treasury import find_bank_account
from fund.operations.advances import Line, prepare_advance

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Prepares an advance to an implementing partner. Another person approves it on its page."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("partner", metavar="PARTNER", help="the payee's code")
        parser.add_argument("bank_account", metavar="BANK_ACCOUNT", help="the code of the account that it leaves")
        parser.add_argument(
            "lines", nargs="+", metavar="FUND/PROJECT=AMOUNT", help="what it takes, such as POOL/CYB-01=1500.00"
        )
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day of the payment")
        parser.add_argument("--note", default="")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        account = find_bank_account(options["bank_account"])
        parts = read_parts(options["lines"], account.currency, "POOL/CYB-01=1500.00")
        advance = prepare_advance(
            partner=find_partner(options["partner"]),
            bank_account=account,
            paid_on=options["on"],
            lines=[Line(fund, find_project(project), amount) for fund, project, amount in parts],
            note=options["note"],
            by=by,
        )
        say(f"{advance} is prepared and awaits another person's approval.")
