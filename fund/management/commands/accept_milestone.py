from datetime import date
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.models import Milestone
from fund.operations.milestones import accept_milestone

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Accepts a milestone of a conditional agreement: its part of what is deferred becomes income."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("milestone", metavar="MILESTONE", help="its number, such as AGR-2026-0003/M1")
        parser.add_argument("--dated", type=date.fromisoformat, required=True, metavar="DAY", help="accepted on")
        parser.add_argument("--note", required=True, help="on what grounds")
        add_actor_option(parser, TECHNICAL_USER)

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        milestone = Milestone.objects.filter(number=options["milestone"]).first()
        if milestone is None:
            raise CommandError(f"{options['milestone']} is not a milestone. Numbers are such as AGR-2026-0003/M1.")
        accept_milestone(milestone, on=options["dated"], note=options["note"], by=by)
        say(f"{milestone} is accepted.")
