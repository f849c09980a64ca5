from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import add_actor_option, find_actor
from fund.management.base import ChangeCommand, Say
from fund.operations.closings import close_period
from fund.queries.period_end import find_open
from ledger.certificates import render_certificate
from ledger.periods import parse_period
from ledger.queries import get_closing, make_certificate

TECHNICAL_USER = "console"


class Command(ChangeCommand):
    help = "Closes a month, or a fiscal year after its last month, for good. Prints the certificate, or writes it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("period", metavar="PERIOD", help="the month or year that is due, such as 2026-01 or 2026")
        parser.add_argument("--certificate", type=Path, metavar="FILE", help="a new file for the certificate")
        add_actor_option(parser, TECHNICAL_USER)

    def prepare(self, options: dict[str, Any]) -> None:
        path: Path | None = options["certificate"]
        if path and (path.exists() or not path.parent.is_dir()):
            raise CommandError(f"{path} is there already, or its folder is not: name a new file.")

    def change(self, options: dict[str, Any], say: Say) -> None:
        by = find_actor(options, TECHNICAL_USER, say=say)
        period = close_period(options["period"], by=by)
        say(f"{period} is closed. Keep its certificate outside this system.")
        waiting = find_open(parse_period(period)) if "-" in period else []
        if waiting:
            say(f"Still open: {', '.join(f'{step.label} ({step.count})' for step in waiting)}.")

    def finish(self, options: dict[str, Any], *, again: bool) -> None:
        text = render_certificate(make_certificate(get_closing(options["period"].strip())))
        path: Path | None = options["certificate"]
        if path:
            path.write_text(text, encoding="utf-8", newline="\n")
            self.stdout.write(f"The certificate is in {path}.")
        else:
            self.stdout.write(text, ending="")
