"""Statements of banks: what they make in themselves, and the audit records of their lines."""

from collections.abc import Iterator
from typing import Any

from fund.checks.documents import Kind, acts_of, fetch_lines
from fund.checks.posted import Expected
from fund.errors import BalancesDiffer
from fund.models import AuditRecord, BankReconciliation, BankReconciliationLine
from fund.money import to_amount
from fund.queries.reconciliations import explain, hash_lines
from ledger.causes import Caused
from ledger.checks import Report


def _expect_nothing(found: Any, caused: list[Caused]) -> list[Expected]:
    """It posts nothing, and agrees in itself. What the books have of that day now is the checklist's to say."""
    booked = to_amount(found.booked)
    explained = explain(to_amount(found.balance), (to_amount(line.amount) for line in found.rows))
    if explained != booked:
        raise BalancesDiffer(f"The bank's balance and the lines make {explained}, the books had {booked}.")
    return []


RECONCILIATIONS = Kind(
    BankReconciliation,
    day="dated_on",
    accounts=(),
    expect=_expect_nothing,
    acts=acts_of("record reconciliation", "withdraw reconciliation", "withdrawn_on"),
    related=("bank_account",),
    lines=fetch_lines("lines", BankReconciliationLine.objects),
)


def check_reconciliations(report: Report) -> Iterator[str]:
    """The lines of each are those that its audit record knows."""
    for found in RECONCILIATIONS.chunks(report):
        numbers = [one.number for one in found]
        records = AuditRecord.objects.filter(subject__in=numbers, act="record reconciliation")
        said = dict(records.values_list("subject", "detail"))
        for one in found:
            if not said.get(one.number, "").endswith(hash_lines(one.rows)):
                yield f"{one} has other lines than its audit record."
