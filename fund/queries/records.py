"""Runs and bank events as their lists and pages show them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from fund.models import (
    BankCharge,
    BankReconciliation,
    Correction,
    Document,
    InKind,
    Interest,
    Recovery,
    Revaluation,
    SecretariatPayment,
    Transfer,
)
from fund.money import to_amount, to_money
from fund.queries.chains import state_of
from fund.queries.reconciliations import add_held
from ledger.money import Amount
from ledger.queries import functional_currency


def add_facts(documents: Iterable[Any]) -> list[Any]:
    """The documents, each with what it is `about`, its `total` and its `status`, a label with its tone."""
    found = list(documents)
    add_held([document for document in found if isinstance(document, BankReconciliation)])
    for document in found:
        document.about, document.total, document.status = describe(document), total_of(document), state_of(document)
    return found


def describe(document: Document) -> str:
    """What a document is about, in a few words."""
    if isinstance(document, Interest):
        return f"{document.bank_account.code} · {document.month:%Y-%m}"
    if isinstance(document, BankCharge):
        return f"{document.bank_account.code} · {document.description}"
    if isinstance(document, BankReconciliation):
        return f"{document.bank_account.code} · {document.reference}"
    if isinstance(document, Transfer):
        return f"{document.source.code} → {document.target.code}"
    if isinstance(document, InKind):
        return f"{document.donor} · {document.project.code} · {document.description}"
    if isinstance(document, SecretariatPayment):
        return document.bank_account.code
    if isinstance(document, Correction):
        return document.subject
    assert isinstance(document, Revaluation | Recovery)
    count = len(document.lines.all())
    return _("%(count)d items") % {"count": count} if isinstance(document, Revaluation) else _name_funds(document)


def _name_funds(recovery: Recovery) -> str:
    return ", ".join(sorted({line.fund for line in recovery.lines.all()}))


def total_of(document: Any) -> Any:
    """Its amount: of a revaluation what is gained or lost, of a recovery what is charged, of a bank its balance."""
    if isinstance(document, Revaluation):
        minors = [to_amount(line.after).minor - to_amount(line.before).minor for line in document.lines.all()]
    elif isinstance(document, Recovery):
        minors = [to_amount(line.amount).minor for line in document.lines.all()]
    else:
        return document.balance if isinstance(document, BankReconciliation) else document.amount
    return to_money(Amount(sum(minors), functional_currency()))
