"""The chain of a document: from the promise to what the money paid for.

Pledge → agreements, and what of them is written off → receipts, and what of them is refunded → allocations of their
sub-funds → obligations that reserve it → disbursements charged to them and advances to partners. Where the money is in
the pool, which is everybody's, the pool stands between.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fund.models import (
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
    Correction,
    Decided,
    DepositReturn,
    Direction,
    Disbursement,
    Document,
    Identity,
    Letter,
    ManualEntry,
    Milestone,
    Obligation,
    Pledge,
    Receipt,
    ReceiptPart,
    Refund,
    Reversal,
    State,
    WriteOff,
)
from fund.money import to_amount, to_money
from fund.policy import GENERAL, POOL
from fund.queries.obligations import add_open
from fund.queries.receipts import standing_parts
from fund.queries.reconciliations import has_moved
from ledger.money import Amount

# Of each kind as many are shown, the newest; the rest are counted.
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a chain, or the pool, or how many more there are."""

    kind: str
    number: str
    url: str = ""
    date: datetime.date | None = None
    amount: Any = None
    status: str = ""
    tone: str = "quiet"
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class _Chain:
    """The documents of a chain, kind by kind, and the sub-funds that its money belongs to."""

    pledges: QuerySet[Pledge]
    agreements: QuerySet[Agreement]
    write_offs: QuerySet[WriteOff]
    receipts: QuerySet[Receipt]
    refunds: QuerySet[Refund]
    funds: Collection[str]
    allocations: QuerySet[Allocation]
    obligations: QuerySet[Obligation]
    disbursements: QuerySet[Disbursement]
    advances: QuerySet[Advance]


def chain_of(document: Document) -> list[Step]:
    """The steps of a document's chain, in the order of the money's path; the document itself is marked.

    Runs, manual entries, letters, bank details and statements, and what banks and the Secretariat give and take, have
    none.
    """
    of = document.original if isinstance(document, Reversal) else document
    if isinstance(of, (*RUNS, ManualEntry, Letter, BankDetails, BankReconciliation)):
        return []
    chain = _find(of)
    steps = [
        *_steps(_("Pledge"), chain.pledges.order_by("-announced_on", "-number"), document, chain.funds),
        *_steps(_("Agreement"), chain.agreements.order_by("-signed_on", "-number"), document, chain.funds),
        *_steps(_("Write-off"), chain.write_offs, document, chain.funds),
        *_steps(_("Receipt"), chain.receipts.order_by("-received_on", "-number"), document, chain.funds),
        *_steps(_("Refund"), chain.refunds, document, chain.funds),
    ]
    if POOL in chain.funds:
        steps.append(Step(_("Sub-fund"), POOL, reverse("fund:sub-fund", args=[POOL])))
    allocations = chain.allocations.order_by("-decided_on", "-number").prefetch_related("lines")
    obligations = chain.obligations.order_by("-let_on", "-number").prefetch_related("lines")
    disbursements = chain.disbursements.order_by("-paid_on", "-number").prefetch_related("lines")
    steps += _steps(_("Allocation"), allocations, document, chain.funds)
    steps += _steps(_("Obligation"), obligations, document, chain.funds)
    steps += _steps(_("Disbursement"), disbursements, document, chain.funds)
    advances = chain.advances.order_by("-paid_on", "-number").prefetch_related("lines")
    steps += _steps(_("Advance"), advances, document, chain.funds)
    return steps


def _find(document: Document) -> _Chain:
    if isinstance(document, Pledge):
        return replace(_of_agreements(document.agreements.all()), pledges=Pledge.objects.filter(pk=document.pk))
    if isinstance(document, Agreement):
        return _of_agreements(Agreement.objects.filter(pk=document.pk))
    if isinstance(document, Amendment | Cancellation | Milestone | WriteOff | Refund):
        return _of_agreements(Agreement.objects.filter(pk=document.agreement_id))
    if isinstance(document, Receipt):
        return _of_receipt(document)
    if isinstance(document, DepositReturn):
        return _of_receipt(document.receipt)
    if isinstance(document, Application):
        return _of_application(document)
    if isinstance(document, Allocation):
        return _of_allocation(document)
    if isinstance(document, Obligation):
        return _of_obligation(document)
    if isinstance(document, AdvanceReport | AdvanceReturn):
        return _of_advance(document.advance)
    if isinstance(document, Advance):
        return _of_advance(document)
    assert isinstance(document, Disbursement)
    return _of_disbursement(document)


def _of_agreements(agreements: QuerySet[Agreement]) -> _Chain:
    """The whole chain of agreements, with what of them will not be paid, and what of their money went back."""
    chain = _make(agreements, {agreement.sub_fund for agreement in agreements})
    return replace(
        chain,
        write_offs=WriteOff.objects.filter(agreement__in=agreements),
        refunds=Refund.objects.filter(agreement__in=agreements),
    )


def _of_funds(funds: Collection[str]) -> _Chain:
    """The chain of sub-funds. The pool's agreements are left out: it is everybody's."""
    return _make(Agreement.objects.filter(number__in=set(funds) - {POOL, GENERAL}, earmarked=True), funds)


def _make(agreements: QuerySet[Agreement], funds: Collection[str]) -> _Chain:
    return _Chain(
        pledges=Pledge.objects.filter(agreements__in=agreements).distinct(),
        agreements=agreements,
        # They paid for nothing: only an agreement's own chain has them.
        write_offs=WriteOff.objects.none(),
        refunds=Refund.objects.none(),
        receipts=Receipt.objects.filter(Q(agreement__in=agreements) | Q(Exists(_parts_of(agreements)))),
        funds=funds,
        allocations=Allocation.objects.filter(lines__fund__in=funds).distinct(),
        obligations=Obligation.objects.filter(lines__fund__in=funds).distinct(),
        disbursements=Disbursement.objects.filter(lines__fund__in=funds).distinct(),
        advances=Advance.objects.filter(lines__fund__in=funds).distinct(),
    )


def _of_receipt(receipt: Receipt) -> _Chain:
    if receipt.agreement_id:
        return _of_agreements(Agreement.objects.filter(pk=receipt.agreement_id))
    parts = list(standing_parts().filter(receipt=receipt))
    found = {part.instalment.agreement_id for part in parts if part.instalment}
    chain = _of_agreements(Agreement.objects.filter(pk__in=found)) if found else _of_funds(_funds_of(receipt, parts))
    return replace(chain, receipts=Receipt.objects.filter(pk=receipt.pk))


def _funds_of(receipt: Receipt, parts: Sequence[ReceiptPart]) -> set[str]:
    """The sub-fund of a receipt without an agreement: a gift's, or of what is not identified."""
    return {POOL} if receipt.donor_id or parts else {GENERAL}


def _parts_of(agreements: QuerySet[Agreement]) -> QuerySet[ReceiptPart]:
    return standing_parts().filter(receipt=OuterRef("pk"), instalment__agreement__in=agreements)


def _of_application(application: Application) -> _Chain:
    """The agreements that unapplied money came from and went to."""
    instalments = [found for found in (application.source, application.instalment) if found]
    return _of_agreements(Agreement.objects.filter(pk__in=[found.agreement_id for found in instalments]))


def _of_allocation(allocation: Allocation) -> _Chain:
    """What paid for an allocation, and what is obligated and spent of it: on its project, out of its sub-funds."""
    funds = set(allocation.lines.values_list("fund", flat=True))
    let = Obligation.objects.filter(lines__fund__in=funds, project=allocation.project_id).distinct()
    spent = Disbursement.objects.filter(lines__fund__in=funds, lines__project=allocation.project_id)
    sent = Advance.objects.filter(lines__fund__in=funds, lines__project=allocation.project_id).distinct()
    itself = Allocation.objects.filter(pk=allocation.pk)
    found = replace(_of_funds(funds), allocations=itself, obligations=let, advances=sent)
    return replace(found, disbursements=spent.distinct())


def _of_obligation(obligation: Obligation) -> _Chain:
    """What was allocated for an obligation, and the payments that name it."""
    funds = set(obligation.lines.values_list("fund", flat=True))
    allocated = Allocation.objects.filter(lines__fund__in=funds, project=obligation.project_id).distinct()
    itself = Obligation.objects.filter(pk=obligation.pk)
    paid = Disbursement.objects.filter(lines__obligation=obligation).distinct()
    found = replace(_of_funds(funds), allocations=allocated, obligations=itself, disbursements=paid)
    return replace(found, advances=Advance.objects.none())


def _of_disbursement(disbursement: Disbursement) -> _Chain:
    """What paid for a disbursement: the allocations of its sub-funds to its projects, the obligations that it names."""
    lines = list(disbursement.lines.all())
    funds = {line.fund for line in lines}
    allocated = Allocation.objects.filter(lines__fund__in=funds, project__in={line.project_id for line in lines})
    named = Obligation.objects.filter(pk__in={line.obligation_id for line in lines if line.obligation_id})
    itself = Disbursement.objects.filter(pk=disbursement.pk)
    found = replace(_of_funds(funds), allocations=allocated.distinct(), obligations=named, disbursements=itself)
    return replace(found, advances=Advance.objects.none())


def _of_advance(advance: Advance) -> _Chain:
    """What paid for an advance: the allocations of its sub-funds to its projects."""
    lines = list(advance.lines.all())
    funds = {line.fund for line in lines}
    allocated = Allocation.objects.filter(lines__fund__in=funds, project__in={line.project_id for line in lines})
    found = replace(_of_funds(funds), allocations=allocated.distinct(), obligations=Obligation.objects.none())
    itself = Advance.objects.filter(pk=advance.pk)
    return replace(found, disbursements=Disbursement.objects.none(), advances=itself)


def _steps(kind: str, found: QuerySet[Any, Any], current: Document, funds: Collection[str]) -> Iterator[Step]:
    """The newest documents of a kind, oldest first, always with the current one, and how many more there are."""
    documents = list(found[: LONGEST + 1])
    count = len(documents) if len(documents) <= LONGEST else found.count()
    shown: Sequence[Document] = documents[:LONGEST]
    if isinstance(current, found.model) and current not in shown:
        shown = [*shown[: LONGEST - 1], current]
    for document in reversed(shown):
        yield _to_step(kind, document, funds, is_current=document == current)
    if count > len(shown):
        more = _("and %(count)d more") % {"count": count - len(shown)}
        yield Step(kind, more, _list_url(found.model, funds))


def _list_url(model: type[Document], funds: Collection[str]) -> str:
    """The list that has the rest, where a list can be narrowed to it."""
    if issubclass(model, Allocation | Obligation | Disbursement | Advance) and len(funds) == 1:
        return f"{reverse(f'fund:{model.ROUTE}-list')}?fund={next(iter(funds))}"
    return ""


def _to_step(kind: str, document: Document, funds: Collection[str], *, is_current: bool) -> Step:
    status, tone = state_of(document)
    url = document.get_absolute_url()
    return Step(kind, document.number, url, _day_of(document), _amount_of(document, funds), status, tone, is_current)


def _day_of(document: Document) -> datetime.date | None:
    names = ("announced_on", "signed_on", "received_on", "applied_on", "decided_on", "let_on", "dated_on", "paid_on")
    return next((getattr(document, name) for name in names if hasattr(document, name)), None)


def _amount_of(document: Document, funds: Collection[str]) -> Any:
    """The document's amount; of one with lines for sub-funds, what concerns the chain's own."""
    if not isinstance(document, Allocation | Obligation | Disbursement | Advance):
        return getattr(document, "amount", None)
    amounts = [to_amount(line.amount) for line in document.lines.all() if line.fund in funds]
    return to_money(Amount(sum(amount.minor for amount in amounts), amounts[0].currency)) if amounts else None


def state_of(document: Document) -> tuple[str, str]:
    """What there is to say of a document's state, with its tone; empty where it simply stands."""
    if isinstance(document, Correction):
        return _state_of_correction(document)
    # Of these, what is approved is posted and simply stands, or says more than that.
    if isinstance(document, Decided) and not (_simply_stands(document) and document.state == State.APPROVED):
        return document.get_state_display(), _TONES.get(document.state, "good")
    if isinstance(document, Milestone):
        return _state_of_milestone(document)
    if getattr(document, "withdrawn_on", None):
        return _("Withdrawn"), "quiet"
    if getattr(document, "lapsed_on", None):
        return _("Lapsed"), "quiet"
    if getattr(document, "cancelled_on", None):
        return _("Cancelled"), "bad"
    if getattr(document, "reversed_on", None):
        return _("Reversed"), "bad"
    if isinstance(document, Receipt) and document.identity in (Identity.OPEN, Identity.RETURNED):
        return document.get_identity_display(), "warn" if document.identity == Identity.OPEN else "quiet"
    if isinstance(document, BankReconciliation):
        return (_("The books moved since"), "warn") if has_moved(document) else (_("Reconciled"), "good")
    if isinstance(document, Obligation):
        return _state_of_obligation(document)
    if isinstance(document, Allocation) and document.direction != Direction.GIVE:
        return document.get_direction_display(), "quiet"
    return "", "quiet"


def _simply_stands(document: Decided) -> bool:
    return isinstance(document, Agreement | Amendment | Allocation)


def _state_of_correction(document: Correction) -> tuple[str, str]:
    if isinstance(document, Refund) and document.state == State.APPROVED:
        return (_("Paid"), "good") if document.paid_on else (_("To be paid"), "warn")
    tones = {State.PREPARED: "warn", State.APPROVED: "good"}
    return document.get_state_display(), tones.get(State(document.state), "bad")


def _state_of_milestone(milestone: Milestone) -> tuple[str, str]:
    if milestone.reversed_on:
        return (_("Reversed"), "bad") if milestone.accepted_on else (_("Dropped"), "quiet")
    return (_("Accepted"), "good") if milestone.accepted_on else (_("Planned"), "info")


def _state_of_obligation(obligation: Any) -> tuple[str, str]:
    if not hasattr(obligation, "open"):
        add_open([obligation])
    if not obligation.open:
        return _("Settled"), "good"
    return (_("Partly open"), "warn") if obligation.closed else (_("Open"), "warn")


# Of a document that another person decides on; approved, or paid, is good.
_TONES: dict[str, str] = {State.PREPARED: "warn", State.REJECTED: "bad", State.REVERSED: "bad"}
