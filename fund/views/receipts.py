"""Receipts: money that arrived, of an agreement or as a gift."""

from typing import Any

from django import forms
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from fund.filters.receipts import ReceiptFilter
from fund.forms.receipts import AgreementReceiptForm, ChooseForm, GiftForm, ReceiptForm
from fund.models import Agreement, BankAccount, Donor, Receipt, State
from fund.operations.answers import Attempt
from fund.operations.receipts import record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.queries.agreements import add_dues, standing_agreements, with_next_due
from fund.queries.approvals import find_waiting_reversal
from fund.queries.chains import state_of
from fund.queries.receipts import realised_difference, standing_parts, unidentified_deposits, with_parts
from fund.views.corrections import ReversalPage
from fund.views.pages import ChangePage, DocumentPage, FormPage, ListPage, find_asked
from ledger.errors import Refused

# As many agreements are offered to choose from; words find the others.
OFFERED = 10


class ReceiptList(ListPage):
    """Every receipt."""

    template_name = "fund/receipt_list.html"
    permission_required = "fund.view_receipt"
    queryset = with_parts(Receipt.objects.select_related("donor", "agreement", "bank_account"))
    filterset_class = ReceiptFilter
    orderings = {
        "number": ("number",),
        "received_on": ("received_on", "number"),
        "donor": ("donor__name", "number"),
        "amount": ("amount_currency", "amount"),
    }
    default_ordering = "-received_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        context["unidentified"] = unidentified_deposits(today=timezone.localdate())


class ReceiptDetail(DocumentPage[Receipt]):
    """A receipt: what it settled, and what exchange rates made of it."""

    queryset = Receipt.objects.select_related("donor", "agreement", "bank_account", "created_by")
    template_name = "fund/receipt_detail.html"
    permission_required = "fund.view_receipt"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = self.object.lines.select_related("instalment").order_by("instalment__position")
        difference = realised_difference(self.object)
        returns = list(self.object.returns.select_related("receipt"))
        for document in returns:
            document.status = state_of(document)  # type: ignore[attr-defined]  # what the table shows
        standing = next((one for one in returns if one.state == State.APPROVED), None)
        return super().get_context_data(
            lines=lines,
            parts=standing_parts().filter(receipt=self.object),
            placement=self.object.placements.filter(undone_on=None).first(),
            returns=returns,
            waiting_return=next((one for one in returns if one.is_waiting), None),
            standing_return=standing,
            waiting_reversal=find_waiting_reversal(standing) if standing else None,
            gain=max(difference, 0),
            loss=max(-difference, 0),
            **context,
        )


class ReceiptChoose(ChangePage, TemplateView):
    """The first step of a new receipt: which agreement it is of, or whose gift it is."""

    template_name = "fund/receipt_choose.html"
    permission_required = "fund.add_receipt"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(), status=404 if self.unknown() else 200)

    # A form sent for an agreement that stands no more comes here too.

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.get(self.request)

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        return self.get(self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = ChooseForm(self.request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        donor = find_asked(Donor.objects.all(), self.request.GET.get("of"), field="code")
        return super().get_context_data(
            form=form,
            gift=GiftForm(initial={"donor": donor.code if donor else None}),
            donor=donor,
            words=words,
            unknown=self.unknown(),
            waiting=find_asked(Agreement.objects.filter(state=State.PREPARED), self.request.GET.get("agreement")),
            agreements=self.offer(words, donor),
            offered=OFFERED,
            **context,
        )

    def unknown(self) -> str:
        """What was asked for in the address and does not exist, or stands no more."""
        return self.request.GET.get("agreement") or self.request.GET.get("donor") or ""

    def offer(self, words: str, donor: Donor | None) -> list[Any]:
        """The agreements that words find, or a donor's, or else those that owe something; the earliest due first."""
        found = with_next_due(standing_agreements().select_related("donor"))
        if words:
            party = Q(donor__code__iexact=words) | Q(donor__name__icontains=words)
            found = found.filter(Q(number__icontains=words) | Q(reference__icontains=words) | party)
        elif donor:
            found = found.filter(donor=donor)
        else:
            found = found.exclude(next_due=None)
        return add_dues(
            found.order_by(F("next_due").asc(nulls_last=True), "number")[:OFFERED], today=timezone.localdate()
        )


class ReceiptRecord(FormPage):
    """The second step: what the bank says of the money."""

    template_name = "fund/receipt_form.html"
    permission_required = "fund.add_receipt"
    extra_context = {"submit": _("Post the receipt"), "busy": _("Posting…")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = (_("New receipt"), reverse("fund:receipt-new"))
        return super().get_context_data(back=back, has_accounts=BankAccount.objects.exists(), **context)

    def find_account(self, currency: str) -> str | None:
        """The first bank account in a currency."""
        return BankAccount.objects.filter(currency=currency).values_list("code", flat=True).first()


class AgreementReceipt(ReceiptRecord):
    """A receipt of an agreement."""

    agreement: Any = None

    def make_form(self, data: Any = None) -> forms.Form:
        [agreement] = add_dues([self.agreement], today=timezone.localdate())
        initial = {"bank_account": self.find_account(str(agreement.amount.currency))}
        return AgreementReceiptForm(data, agreement=agreement, dues=agreement.dues.instalments, initial=initial)

    def act(self, form: Any, formsets: list[Any]) -> Receipt:
        ticks = {name: form.cleaned_data[name] for name in ("accept_excess", "accept_twin")}
        return record_receipt(
            agreement=self.agreement, facts=form.to_facts(), lines=form.to_lines(), by=self.user, **ticks
        )

    def add_refusal(self, refusal: Any, form: Any, formsets: list[Any]) -> None:
        box = form.find_box(refusal.message) if getattr(refusal, "field", "") == "lines" else None
        if box:
            form.add_error(box, refusal.message)
        else:
            super().add_refusal(refusal, form, formsets)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _t("Receipt of %(number)s") % {"number": self.agreement}
        return super().get_context_data(title=title, agreement=self.agreement, **context)


class GiftReceipt(ReceiptRecord):
    """A receipt without an agreement."""

    donor: Any = None

    def make_form(self, data: Any = None) -> forms.Form:
        return ReceiptForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Receipt:
        accept_twin = form.cleaned_data["accept_twin"]
        return record_gift(donor=self.donor, facts=form.to_facts(), by=self.user, accept_twin=accept_twin)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _t("Gift of %(donor)s") % {"donor": self.donor}
        lead = _t("Without an agreement: into the pool, and income on the day that it arrived.")
        return super().get_context_data(title=title, lead=lead, **context)


def receipt_new(request: HttpRequest) -> Any:
    """The step of a new receipt that its address asks for: of an agreement, a donor's gift, or the choice of them."""
    agreements = standing_agreements().select_related("donor")
    if agreement := find_asked(agreements, request.GET.get("agreement")):
        return AgreementReceipt.as_view(agreement=agreement)(request)
    if donor := find_asked(Donor.objects.all(), request.GET.get("donor"), field="code"):
        return GiftReceipt.as_view(donor=donor)(request)
    return ReceiptChoose.as_view()(request)


class ReceiptReverse(ReversalPage):
    """Reverses a receipt, such as one that the bank took back."""

    model = Receipt
    operation = staticmethod(reverse_receipt)
    permission_required = "fund.change_receipt"
