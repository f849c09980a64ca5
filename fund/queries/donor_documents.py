"""The documents of one donor, oldest first. Plain SQL: a statement asks all of these questions.

Django takes longer to put each of them into words than the database takes to answer it.
"""

from datetime import date
from typing import Any

from django.db.models import Model

from fund.models import Agreement, Donor, InKind, Instalment, Pledge, Receipt, Refund, State
from ledger.balances import adapt_day


def _select(model: type[Model], condition: str) -> str:
    """A question for rows of `model`. Names its columns: a prepared * does not outlive a new one."""
    columns = ", ".join(f"d.{field.column}" for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {model._meta.db_table} d {condition}"


_PLEDGES = _select(Pledge, "WHERE d.donor_id = %s ORDER BY d.announced_on, d.number")
_AGREEMENTS = _select(Agreement, "WHERE d.donor_id = %s ORDER BY d.signed_on, d.number")
_INSTALMENTS = _select(
    Instalment,
    "JOIN fund_agreement a ON a.id = d.agreement_id WHERE a.donor_id = %s ORDER BY d.due_on, d.position",
)
# Two look-ups: of one condition with an OR in it a database may read every receipt.
_OWN = (
    "SELECT id FROM fund_receipt WHERE donor_id = %s UNION SELECT receipt_id FROM fund_receiptpart WHERE donor_id = %s"
)
_RECEIPTS = _select(Receipt, f"WHERE d.id IN ({_OWN}) ORDER BY d.received_on, d.number")
_STANDING = "d.dated_on <= %s AND (d.reversed_on IS NULL OR d.reversed_on > %s) ORDER BY d.dated_on, d.number"
_IN_KIND = _select(InKind, f"WHERE d.donor_id = %s AND {_STANDING}")
_REFUNDS = _select(
    Refund,
    "JOIN fund_agreement a ON a.id = d.agreement_id "
    f"WHERE a.donor_id = %s AND d.state IN ('{State.APPROVED}', '{State.REVERSED}') AND {_STANDING}",
)


def pledges_of(donor: Donor) -> list[Pledge]:
    """All that the donor promised."""
    return list(Pledge.objects.raw(_PLEDGES, [donor.pk]))


def agreements_of(donor: Donor) -> list[Agreement]:
    """All that the donor agreed to, with the donor at hand."""
    found = list(Agreement.objects.raw(_AGREEMENTS, [donor.pk]))
    for agreement in found:
        agreement.donor = donor
    return found


def instalments_of(donor: Donor) -> list[Instalment]:
    """The instalments of all these agreements, by the day on which they are due."""
    return list(Instalment.objects.raw(_INSTALMENTS, [donor.pk]))


def receipts_of(donor: Donor) -> list[Any]:
    """The donor's receipts, and those that have, or had, a part of the donor's."""
    return list(Receipt.objects.raw(_RECEIPTS, [donor.pk, donor.pk]))


def in_kind_of(donor: Donor, *, as_of: date) -> list[InKind]:
    """The contributions in kind that stood at the end of a day, with their projects at hand."""
    day = adapt_day(as_of)
    return list(InKind.objects.raw(_IN_KIND, [donor.pk, day, day]).prefetch_related("project"))


def refunds_of(donor: Donor, *, as_of: date) -> list[Refund]:
    """The refunds that were agreed with the donor and stood at the end of a day, with their agreements at hand."""
    day = adapt_day(as_of)
    return list(Refund.objects.raw(_REFUNDS, [donor.pk, day, day]).prefetch_related("agreement"))
