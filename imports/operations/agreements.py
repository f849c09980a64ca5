"""Signed agreements out of a file."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import User

from fund.errors import CodeTaken
from fund.models import Agreement
from fund.money import to_amount
from fund.operations.acts import require
from fund.operations.agreements import Due, sign_agreement
from imports.operations.batches import (
    Outcome,
    Progress,
    Years,
    all_or_nothing,
    describe_differences,
    keep_quiet,
    open_needed_years,
    rows_by_year,
    run_rows,
)
from imports.operations.donors import DonorBook
from imports.parsers.cells import Reading
from imports.parsers.contributions import AgreementRow
from imports.parsers.terms import normalise_name

_FIELDS = {"name": "donor", "donor_class": "class", "signed_on": "year", "instalments": "amount"}


@dataclass(frozen=True, slots=True)
class AgreementOptions:
    """What the person says beside the file: the years that may be opened, and classes by normalised term."""

    years: Years
    classes: dict[str, str] = field(default_factory=dict)


def import_agreements(
    reading: Reading[AgreementRow], *, by: User, options: AgreementOptions, progress: Progress = keep_quiet
) -> Outcome:
    """Signs one agreement for each row, in the pool, with one instalment; all rows or none.

    A file of years knows no days: an agreement is signed on 1 January of its year, so that no receipt of the year is
    before it, and due on 31 December. One that is there already with the same facts is left as it is. Raises
    FileRefused with every problem of every row, NotPermitted.
    """
    require(by, "add_agreement")
    outcome = Outcome()
    problems = list(reading.problems)
    with all_or_nothing(problems):
        needed = rows_by_year([(row.year, row.row) for row in reading.rows])
        problems += open_needed_years(needed, years=options.years, by=by, column="year", outcome=outcome)
        donors = DonorBook(classes=options.classes, by=by, outcome=outcome)

        def act(row: AgreementRow) -> None:
            if _is_there(row, outcome):
                outcome.kept += 1
            else:
                _sign(row, donors, by)
                outcome.count(row.amount)

        run_rows(reading.rows, act, problems=problems, fields=_FIELDS, progress=progress)
    return outcome


def _sign(row: AgreementRow, donors: DonorBook, by: User) -> None:
    sign_agreement(
        donor=donors.get_or_add(row),
        signed_on=date(row.year, 1, 1),
        amount=row.amount,
        instalments=[Due(date(row.year, 12, 31), row.amount)],
        by=by,
        reference=row.reference,
    )


def _is_there(row: AgreementRow, outcome: Outcome) -> bool:
    """True where the agreement is in the books. Raises CodeTaken where it is there with other facts."""
    found = Agreement.objects.filter(reference=row.reference).select_related("donor").order_by("-pk")
    standing = [agreement for agreement in found if not agreement.cancelled_on]
    for agreement in standing:
        differences = _differences(row, agreement)
        if differences:
            message = f"{agreement} has the reference {row.reference} already, with {differences}."
            raise CodeTaken(message, field="reference")
        return True
    for agreement in found:
        if not _differences(row, agreement):
            outcome.note(f"{agreement} was cancelled on {agreement.cancelled_on} and stays so.", row=row.row)
            return True
    return False


def _differences(row: AgreementRow, agreement: Agreement) -> str:
    same_donor = normalise_name(row.donor) == normalise_name(agreement.donor.name)
    return describe_differences(
        {
            "donor": (agreement.donor.name if same_donor else row.donor, agreement.donor.name),
            "year": (row.year, agreement.signed_on.year),
            "amount": (row.amount, to_amount(agreement.amount)),
        }
    )
