"""Bank details and screenings against their audit records, and payments to whom nothing could be paid."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from fund.checks.documents import CHUNK
from fund.checks.instants import Recorded, to_minute
from fund.checks.kinds import KINDS
from fund.models import (
    Advance,
    AuditRecord,
    BankDetails,
    Disbursement,
    Document,
    Donor,
    Payee,
    Recipient,
    Refund,
    Screening,
    State,
)
from fund.models.bank_details import describe_details
from fund.models.screenings import describe_screening
from fund.queries.payees import find_uncleared
from ledger.checks import Report

_SCREENED = ("screen payee", "screen donor")
_NOT_PAID = (State.PREPARED, State.REJECTED)
# What pays whom, and by which act.
_PAYMENTS = (
    (Disbursement, "payee", Payee, "approve disbursement"),
    (Advance, "partner", Payee, "approve advance"),
    (Refund, "agreement__donor", Donor, "pay refund"),
)


def check_bank_details(report: Report) -> Iterator[str]:
    """Bank details are what was prepared, and what was approved, as the audit records have it."""
    (kind,) = (kind for kind in KINDS if kind.model is BankDetails)
    for documents in kind.chunks(report):
        told = _find_told([document.number for document in documents])
        for details in documents:
            acts = ["prepare bank details"]
            if details.state == State.APPROVED:
                acts.append("approve bank details")
            described = describe_details(details)
            for act in acts:
                if told[details.number, act] != described:
                    yield f"{details} is not what its audit record of “{act}” says: the account was changed past it."


def _find_told(numbers: list[str]) -> defaultdict[tuple[str, str], str]:
    rows = AuditRecord.objects.filter(subject__in=numbers).values_list("subject", "act", "detail")
    return defaultdict(str, {(subject, act): detail for subject, act, detail in rows})


def check_screenings(report: Report) -> Iterator[str]:
    """Every result of a screening has its audit record, and every such record its result."""
    acts = AuditRecord.objects.filter(act__in=_SCREENED)
    recorded = Recorded(acts, "act", "subject", "user", "detail")
    found = Screening.objects.select_related("payee", "donor").annotate(minute=to_minute("created_at")).order_by("pk")
    for screening in found.iterator():
        code, told = screening.recipient.code, describe_screening(screening)
        act = f"screen {screening.recipient._meta.verbose_name}"
        if not recorded.take(act, code, screening.created_by_id, told, minute=screening.minute):
            yield f"{code} has a screening ({told}) that no audit record has."
    for _act, code, _person, told, _minute in recorded.left():
        yield f"{code} was screened ({told}), and no such result is there."


def check_blocked(report: Report) -> Iterator[str]:
    """No payment, advance or refund was approved or paid while who got it had an uncleared match on a list."""
    screened: defaultdict[Recipient, list[Screening]] = defaultdict(list)
    for screening in Screening.objects.select_related("payee", "donor").order_by("-pk"):
        screened[screening.recipient].append(screening)
    matched = [one for one, found in screened.items() if any(screening.is_match for screening in found)]
    for model, path, kind, act in _PAYMENTS:
        named = {f"{path}__in": [one.pk for one in matched if isinstance(one, kind)]}
        paid: Any = model._default_manager.filter(**named).exclude(state__in=_NOT_PAID).select_related(path)
        remaining = paid.order_by("pk").iterator()
        while documents := list(islice(remaining, CHUNK)):
            paid_at = _find_paid(act, [document.number for document in documents])
            for document in documents:
                recipient = attrgetter(path.replace("__", "."))(document)
                instants = [("approved", document.decided_at), *(("paid", at) for at in paid_at[document.number])]
                yield from _check_instants(document, recipient, screened[recipient], instants)
    report(f"{len(screened):,} screened payees and donors")


def _find_paid(act: str, numbers: list[str]) -> defaultdict[str, list[datetime]]:
    """When documents were paid, by their audit records, which nobody changes: an entry knows the second only."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for number, at in AuditRecord.objects.filter(act=act, subject__in=numbers).values_list("subject", "at"):
        found[number].append(at)
    return found


def _check_instants(
    document: Document, recipient: Recipient, screenings: list[Screening], instants: list[tuple[str, datetime]]
) -> Iterator[str]:
    for act, at in instants:
        found = find_uncleared(screenings, at=at)
        if found:
            yield (
                f"{document} was {act} while {recipient} had an uncleared match on "
                f"“{found[0].list_name}” of {found[0].screened_on}."
            )
