"""The journal as its pages show it."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.models import (
    CORRECTIONS,
    REVERSAL_NUMBER,
    RUNS,
    Advance,
    AdvanceReport,
    AdvanceReturn,
    Agreement,
    Allocation,
    Amendment,
    Application,
    BankDetails,
    BankReconciliation,
    Cancellation,
    DepositReturn,
    Disbursement,
    Document,
    Letter,
    Milestone,
    Obligation,
    OpenedBook,
    Pledge,
    Receipt,
    Reversal,
)
from fund.policy import GENERAL, POOL
from ledger.queries import entries, postings

# The kinds of events that the fund's policy posts, as people read them.
EVENTS = {
    "pledge": _("Pledge"),
    "agreement": _("Agreement"),
    "milestone": _("Milestone"),
    "receipt": _("Receipt"),
    "write_off": _("Write-off"),
    "refund": _("Refund"),
    "allocation": _("Allocation"),
    "obligation": _("Obligation"),
    "disbursement": _("Disbursement"),
    "advance": _("Advance"),
    "advance_report": _("Expenditure report"),
    "advance_return": _("Return of an advance"),
    "recovery": _("Indirect cost recovery"),
    "secretariat": _("Payment to the Secretariat"),
    "interest": _("Interest"),
    "bank_charge": _("Bank charges"),
    "transfer": _("Transfer"),
    "in_kind": _("In kind"),
    "revaluation": _("Revaluation"),
    "exchange": _("Exchange difference"),
    "manual": _("Manual entry"),
    "history": _("History"),
    "opening": _("Opening balances"),
}

_DOCUMENTS: tuple[type[Document], ...] = (
    Pledge,
    Agreement,
    Receipt,
    Application,
    Letter,
    Allocation,
    Obligation,
    Disbursement,
    BankDetails,
    BankReconciliation,
    Advance,
    OpenedBook,
    *RUNS,
    *CORRECTIONS,
)
_KINDS = {model.PREFIX: model for model in _DOCUMENTS}
_NUMBER = re.compile(r"([A-Z]{3})-[0-9]{4}-[0-9]+(?:-[0-9]+)?")
# What is numbered within an agreement, a receipt or an advance, by the letter in its number.
_PART = re.compile(r"((?:AGR|RCT|ADV)-[0-9]{4}-[0-9]+)/([ACDMRU])([0-9]+)")
_PARTS: dict[str, type[Document]] = {
    "A": Amendment,
    "C": Cancellation,
    "D": DepositReturn,
    "M": Milestone,
    "R": AdvanceReport,
    "U": AdvanceReturn,
}


def find_document_url(number: str) -> str:
    """The page of the document with a number such as RCT-2026-0001; empty for what is no document's number."""
    kind, part = find_kind(number), _PART.fullmatch(number)
    args = [part[1], int(part[3])] if part else [number]
    return reverse(f"fund:{kind.ROUTE}", args=args) if kind else ""


def find_kind(number: str) -> type[Document] | None:
    """What kind of document has a number such as RCT-2026-0001 or AGR-2026-0001/A1; None where it is no document's."""
    if part := _PART.fullmatch(number):
        return _PARTS[part[2]]
    if re.fullmatch(REVERSAL_NUMBER, number):
        return Reversal
    match = _NUMBER.fullmatch(number)
    return _KINDS.get(match[1]) if match else None


def find_sub_fund_url(code: str) -> str:
    """The page of a sub-fund; empty for a code that cannot be one's."""
    is_fund = code in (POOL, GENERAL) or (code.startswith(Agreement.PREFIX) and _NUMBER.fullmatch(code))
    return reverse("fund:sub-fund", args=[code]) if is_fund else ""


def add_facts(found: Sequence[Any]) -> None:
    """Gives entries their `total`, the sum of their debits in minor units, `event`, and `documents` with addresses."""
    debits = postings().filter(entry__in=found, functional__gt=0).order_by()
    totals = dict(debits.values_list("entry").annotate(Sum("functional")))
    for entry in found:
        entry.total = int(totals.get(entry.pk, 0))
        entry.event = EVENTS.get(entry.kind, entry.kind)
        entry.documents = [(link.document, find_document_url(link.document)) for link in entry.links.all()]


def find_entry(number: str) -> Any:
    """The entry with a number, with all that its page shows, or None.

    Postings have `fund_url`; `before` and `after` are the numbers of its neighbours in the chain, empty at the ends.
    """
    found = entries().prefetch_related("postings__account", "links", "reversals")
    entry: Any = found.filter(number=number).first()
    if entry is None:
        return None
    add_facts([entry])
    for posting in entry.postings.all():
        posting.fund_url = find_sub_fund_url(posting.fund)
    neighbours = dict(entries().filter(pk__in=(entry.pk - 1, entry.pk + 1)).values_list("pk", "number"))
    entry.before, entry.after = neighbours.get(entry.pk - 1, ""), neighbours.get(entry.pk + 1, "")
    return entry
