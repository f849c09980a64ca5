"""Agreements out of a file: prepared, and approved where another person does that at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import User

from fund.errors import CodeTaken
from fund.models import Agreement, State
from fund.money import to_amount
from fund.operations.acts import require
from fund.operations.agreements import Due, approve_agreement, prepare_agreement
from fund.operations.approvals import get_right
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
    """What the person says beside the file: the years that may be opened, classes by normalised term, who approves."""

    years: Years
    classes: dict[str, str] = field(default_factory=dict)
    approvers: Sequence[User] = ()


def import_agreements(
    reading: Reading[AgreementRow], *, by: User, options: AgreementOptions, progress: Progress = keep_quiet
) -> Outcome:
    """Prepares one agreement for each row, in the pool, with one instalment; all rows or none.

    A file of years knows no days: an agreement is signed on 1 January of its year, so that no receipt of the year is
    before it, and due on 31 December. One that is there already with the same facts is left as it is. The `approvers`
    approve in the same transaction; without them all of it waits. Raises FileRefused with every problem of every row,
    NotPermitted, SamePerson.
    """
    require(by, "add_agreement")
    for approver in options.approvers:
        get_right(Agreement(number="what is imported", created_by=by), by=approver)
    outcome = Outcome()
    problems = list(reading.problems)
    with all_or_nothing(problems):
        needed = rows_by_year([(row.year, row.row) for row in reading.rows])
        problems += open_needed_years(needed, years=options.years, by=by, column="year", outcome=outcome)
        waiting: list[str] = []
        donors = DonorBook(classes=options.classes, by=by, outcome=outcome)

        def act(row: AgreementRow) -> None:
            if _is_there(row, outcome):
                outcome.kept += 1
            else:
                agreement = _prepare(row, donors, by)
                if not any(approve_agreement(agreement, by=approver) for approver in options.approvers):
                    waiting.append(agreement.number)
                outcome.count(row.amount)

        run_rows(reading.rows, act, problems=problems, fields=_FIELDS, progress=progress)
    if waiting:
        outcome.note(_describe_waiting(waiting))
    return outcome


def _describe_waiting(numbers: Sequence[str]) -> str:
    first, last = numbers[0], numbers[-1]
    which = f"{first} awaits" if first == last else f"{len(numbers):,} agreements from {first} to {last} await"
    return (
        f"{which} approval, and no receipt before that: `manage.py approve {first} --by USERNAME`, or the page "
        "“Approvals”."
    )


def _prepare(row: AgreementRow, donors: DonorBook, by: User) -> Agreement:
    return prepare_agreement(
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
    standing = [one for one in found if not one.cancelled_on and one.state != State.REJECTED]
    for agreement in standing:
        differences = _differences(row, agreement)
        if differences:
            message = f"{agreement} has the reference {row.reference} already, with {differences}."
            raise CodeTaken(message, field="reference")
        return True
    for agreement in found:
        if not _differences(row, agreement):
            ended = f"cancelled on {agreement.cancelled_on}" if agreement.cancelled_on else "rejected"
            outcome.note(f"{agreement} was {ended} and stays so.", row=row.row)
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
