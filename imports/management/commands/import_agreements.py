from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError, CommandParser

from fund.management.actors import find_person
from fund.models import DonorClass
from imports.management.file_command import FileCommand, read_years
from imports.operations.agreements import AgreementOptions, import_agreements
from imports.operations.batches import Outcome, Progress
from imports.operations.donors import own_terms
from imports.parsers.contributions import parse_agreements
from imports.parsers.terms import normalise_term


class Command(FileCommand):
    help = (
        "Prepares an agreement with one instalment for each row of FILE: donor, class, country, reference, year, "
        "currency, amount. All rows or none; rows that are there already are left as they are. Another person approves "
        "them, with --approved-by at once."
    )
    noun = ("agreement", "agreements")
    verb = "prepared"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--class",
            action="append",
            default=[],
            dest="classes",
            metavar="TERM=CLASS",
            help=f'what a class of the file means, such as "Member State=state_party": {", ".join(DonorClass.values)}',
        )

        parser.add_argument(
            "--approved-by",
            action="append",
            default=[],
            metavar="USERNAME",
            help="who approves what is imported, at once, and is not who imports; may be repeated, since large "
            "agreements need two; without it they wait",
        )

    def read_options(self, options: dict[str, Any]) -> None:
        approvers = [find_person(username) for username in options["approved_by"]]
        classes = dict(map(read_class, options["classes"]))
        self.chosen = AgreementOptions(read_years(options), classes, approvers)
        self.verb = "signed" if approvers else "prepared"

    def parse(self, data: bytes) -> Any:
        return parse_agreements(data)

    def import_reading(self, by: User, progress: Progress) -> Outcome:
        return import_agreements(self.reading, by=by, options=self.chosen, progress=progress)


def read_class(option: str) -> tuple[str, str]:
    """The normalised term and the class of an option such as `Member State=state_party`. Raises CommandError."""
    term, _, text = option.rpartition("=")
    value = own_terms().get(normalise_term(text))
    if not normalise_term(term) or value is None:
        known = ", ".join(DonorClass.values)
        raise CommandError(f'“{option}” is not a term and a class, such as "Member State=state_party": {known}.')
    return normalise_term(term), value
