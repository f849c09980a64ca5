from typing import Any

from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.management.base import DataCommand
from fund.management.deposits import read_day
from fund.models import Donor
from fund.queries.flows import Asked
from reports.renderers.text import render_text, write_csv
from reports.statements.flows import follow_the_money


class Command(DataCommand):
    help = "Prints what became of each donor's money: by sub-fund, project and category, and what is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--donor", metavar="CODE", help="the money of one donor; of all of them by default")
        parser.add_argument("--from", dest="since", type=read_day, metavar="YYYY-MM-DD", help="spent from which day on")
        parser.add_argument(
            "--to", dest="until", type=read_day, metavar="YYYY-MM-DD", help="to the end of which day; today by default"
        )
        parser.add_argument("--csv", action="store_true", help="comma-separated values, without the totals")

    def handle(self, *args: Any, **options: Any) -> None:
        donor = None
        if options["donor"]:
            donor = Donor.objects.filter(code=options["donor"].strip().upper()).first()
            if donor is None:
                raise CommandError(f"{options['donor']} is not a donor's code.")
        sheet = follow_the_money(Asked(options["until"] or timezone.localdate(), options["since"], donor))
        if options["csv"]:
            write_csv(sheet, self.stdout)
        else:
            self.stdout.write(render_text(sheet), ending="")
