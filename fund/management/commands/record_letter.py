from typing import Any

from django.core.management import CommandError, CommandParser
from django.utils import timezone

from fund.letter_texts import add_up
from fund.management.actors import add_actor_option, find_actor
from fund.management.arguments import read_day
from fund.management.base import ChangeCommand, Say
from fund.models import Donor, Language, Way
from fund.operations.letters import record_letter
from fund.queries.letters import find_overdue

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Records a reminder of all that is overdue of a donor, as it is sent. Its PDF is on its page."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("donor", metavar="DONOR", help="the donor's code")
        parser.add_argument("way", choices=Way.values, help="how it is sent")
        parser.add_argument("--on", type=read_day, required=True, metavar="DAY", help="the day it is sent")
        parser.add_argument("--language", choices=Language.values, help="without it, the donor's")
        parser.add_argument("--note", default="", help="for the record; it is no part of the letter")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        donor = Donor.objects.filter(code=options["donor"].strip().upper()).first()
        if donor is None:
            raise CommandError(f"{options['donor']} is not a donor's code.")
        if options["on"] > timezone.localdate():
            raise CommandError(f"Choose {timezone.localdate()} or earlier: a letter is recorded when it is sent.")
        facts = {"sent_on": options["on"], "way": options["way"], "language": options["language"] or ""}
        letter = record_letter(donor=donor, **facts, note=options["note"], by=by)
        owed = ", ".join(map(str, add_up(find_overdue(donor, on=options["on"]))))
        say(f"{letter} is recorded: {owed} overdue.")
