"""Who made and decided documents, and who was paid: documents against the audit records and their entries."""

from collections.abc import Iterator
from typing import Any

from fund.checks.documents import KINDS, Kind
from fund.models import AuditRecord, Disbursement
from ledger.checks import Report
from ledger.queries import entries


def check_people(report: Report) -> Iterator[str]:
    """Every document was made, and every payment decided, by the person whom the audit records name."""
    for kind in KINDS:
        for documents in kind.chunks(report):
            numbers = [document.number for document in documents]
            rows = AuditRecord.objects.filter(subject__in=numbers).values_list("subject", "act", "user")
            by = {(subject, act): user for subject, act, user in rows}
            for document in documents:
                yield from _compare(kind, document, by)


def _compare(kind: Kind, document: Any, by: dict[tuple[str, str], int]) -> Iterator[str]:
    first, *others = kind.acts(document)
    named = {first: document.created_by_id}
    if isinstance(document, Disbursement) and others:
        named[others[0]] = document.decided_by_id
    for act, person in named.items():
        # That a record is missing is another check's matter.
        if by.get((document.number, act), person) != person:
            yield f"{document} names another person than the audit record of “{act}”."


def check_payees(report: Report) -> Iterator[str]:
    """Every payment's entry names the payee of its document."""
    (payments,) = (kind for kind in KINDS if kind.model is Disbursement)
    for documents in payments.chunks(report):
        payees = {document.number: document.payee for document in documents}
        rows = entries().filter(links__position=0, links__document__in=payees).order_by("id")
        for number, document, payee in rows.values_list("number", "links__document", "payee"):
            if payees[document] != payee:
                yield f"{document} is paid to {payees[document]}, its entry {number} to {payee}."
