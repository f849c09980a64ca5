from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError, CommandParser

from fund.management.actors import find_person
from fund.management.advances import find_report
from fund.management.base import ChangeCommand, Say
from fund.models import AdvanceReport
from fund.money import to_amount
from fund.operations.advance_reports import Verdict, review_report
from ledger.money import Amount, parse_amount


class Command(ChangeCommand):
    help = "Accepts a partner's report, but for what is questioned of its lines; `reject` rejects all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="the report, such as ADV-2026-0001/R1")
        parser.add_argument(
            "--question",
            action="append",
            default=[],
            metavar="LINE=AMOUNT:REASON",
            help='what is not accepted of which line of the report, such as "1=100.00:No invoice"; once for each line',
        )
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who reviews it, and did not record it")

    def change(self, options: dict[str, Any], say: Say) -> None:
        report = find_report(options["number"])
        verdicts = read_verdicts(report, options["question"])
        is_posted = review_report(report, verdicts=verdicts, by=find_person(options["by"]))
        say(f"{report} is accepted and posted." if is_posted else f"{report} awaits a second approver.")


def read_verdicts(report: AdvanceReport, texts: Sequence[str]) -> list[Verdict]:
    """What is accepted of each line of a report: all but what `texts` question. Raises CommandError, Refused."""
    amounts = [to_amount(line.amount) for line in report.lines.order_by("pk")]
    questions = _read_questions(texts, amounts)
    return [
        Verdict(Amount(amount.minor - questions[place][0].minor, amount.currency), questions[place][1])
        if place in questions
        else Verdict(amount)
        for place, amount in enumerate(amounts, 1)
    ]


def _read_questions(texts: Sequence[str], amounts: Sequence[Amount]) -> dict[int, tuple[Amount, str]]:
    """The amount and the reason of each line that is questioned, by its place."""
    places = {str(place): place for place in range(1, len(amounts) + 1)}
    found: dict[int, tuple[Amount, str]] = {}
    for text in texts:
        name, _, rest = text.partition("=")
        amount, _, reason = rest.partition(":")
        if not amount or not reason.strip():
            raise CommandError(f"“{text}” is no question. Write it like 1=100.00:No invoice.")
        place = places.get(name.strip())
        if place is None or place in found:
            raise CommandError(
                f"“{text}” is of no line, or of one that is named twice. There are: {', '.join(places)}."
            )
        found[place] = parse_amount(amount, amounts[place - 1].currency), reason
        if not found[place][0].minor:
            raise CommandError(f"“{text}” questions nothing. Leave it out.")
    return found
