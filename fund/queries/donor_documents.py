"""The documents of one donor, oldest first. Plain SQL: a statement asks all of these questions.

Django takes longer to put each of them into words than the database takes to answer it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Prefetch, prefetch_related_objects
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from fund.models import Agreement, Donor, InKind, Instalment, Pledge, Receipt, ReceiptPart, Refund, State
from fund.queries.receipts import standing_parts
from ledger.balances import adapt_day
from ledger.questions import Question, Row, answer_together


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


@dataclass(frozen=True, slots=True)
class DonorDocuments:
    """The documents of a donor: in kind, parts and refunds as they stood at the end of a day, the rest of every day.

    What is of a later day may have been counted by then, and its reversal not. Receipts are the donor's own, and those
    with `parts` of the donor's, which they have at hand as `shown_parts`. Agreements have the donor at hand, receipts
    and refunds their agreements, contributions in kind their projects.
    """

    pledges: Sequence[Pledge]
    agreements: Sequence[Agreement]
    instalments: Sequence[Instalment]
    receipts: Sequence[Any]
    parts: Sequence[ReceiptPart]
    in_kind: Sequence[InKind]
    refunds: Sequence[Refund]


def load_documents(donor: Donor, *, as_of: date) -> DonorDocuments:
    """All that a donor promised, agreed to and sent."""
    own, standing = [donor.pk], [donor.pk, *[adapt_day(as_of)] * 2]
    pledges, agreements, instalments, receipts, in_kind, refunds = answer_together(
        Question(_PLEDGES, own, partial(_to_models, Pledge)),
        Question(_AGREEMENTS, own, partial(_to_models, Agreement)),
        Question(_INSTALMENTS, own, partial(_to_models, Instalment)),
        Question(_RECEIPTS, own * 2, partial(_to_models, Receipt)),
        Question(_IN_KIND, standing, partial(_to_models, InKind)),
        Question(_REFUNDS, standing, partial(_to_models, Refund)),
    )
    of_agreement = {agreement.pk: agreement for agreement in agreements}
    for agreement in agreements:
        agreement.donor = donor
    for document in (*receipts, *refunds):
        document.agreement = of_agreement[document.agreement_id] if document.agreement_id else None
    if in_kind:
        prefetch_related_objects(in_kind, "project")
    parts = _load_parts([receipt for receipt in receipts if not receipt.donor_id], donor, as_of)
    shown = [receipt for receipt in receipts if receipt.donor_id or receipt.shown_parts]
    return DonorDocuments(pledges, agreements, instalments, shown, parts, in_kind, refunds)


def _load_parts(in_parts: Sequence[Any], donor: Donor, as_of: date) -> list[ReceiptPart]:
    if in_parts:
        prefetch_related_objects(in_parts, Prefetch("parts", standing_parts(donor, until=as_of), to_attr="shown_parts"))
    return sorted((part for receipt in in_parts for part in receipt.shown_parts), key=lambda part: part.pk)


_Document = TypeVar("_Document", bound=Model)


def _to_models(model: type[_Document], rows: Sequence[Row]) -> list[_Document]:
    """Objects of rows as `_select` has their columns, in the way of Model.objects.raw, which first looks these up."""
    names, converters = _read_columns(model, connection.vendor)
    compiler = _compiler(model)
    converted = compiler.apply_converters(rows, converters) if converters else rows
    return [model.from_db(connection.alias, names, values) for values in converted]


@cache
def _read_columns(model: type[Model], vendor: str) -> tuple[list[str], dict[int, Any]]:
    """The names of a model's fields, and how the values of a database become theirs."""
    fields = model._meta.concrete_fields
    columns: list[Any] = [field.get_col(model._meta.db_table) for field in fields]
    return [field.attname for field in fields], _compiler(model).get_converters(columns)


def _compiler(model: type[Model]) -> SQLCompiler:
    compiler: SQLCompiler = Query(model).get_compiler(connection=connection)
    return compiler
