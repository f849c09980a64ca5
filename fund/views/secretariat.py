"""Payments to the Secretariat: prepared by one person, decided by another."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from fund.forms.disbursements import RejectionForm
from fund.forms.runs import PaymentForm
from fund.models import DisbursementState, SecretariatPayment
from fund.operations.answers import Attempt
from fund.operations.secretariat import approve_payment, prepare_payment, reject_payment
from fund.queries.recoveries import due_to_secretariat
from fund.views.corrections import DocumentFormPage
from fund.views.pages import ChangePage, FormPage, find_message
from fund.views.records import RecordDetail
from fund.views.runs import describe_new
from ledger.errors import Refused


class PaymentNew(FormPage):
    """The form of a payment, with what each sub-fund owes filled in."""

    template_name = "fund/payment_form.html"
    permission_required = "fund.add_secretariatpayment"
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = describe_new(
        SecretariatPayment,
        submit=_("Prepare"),
        busy=_("Preparing…"),
        lead=_("It is prepared here; another person approves it, and then it is posted."),
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return PaymentForm(data, due=due_to_secretariat())

    def act(self, form: Any, formsets: list[Any]) -> SecretariatPayment:
        facts = {name: form.cleaned_data[name] for name in ("bank_account", "paid_on", "note")}
        return prepare_payment(**facts, lines=form.to_lines(), by=self.user)


class PaymentDetail(RecordDetail):
    """A payment, with the buttons of who decides."""

    model = SecretariatPayment

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        awaiting = self.object.state == DisbursementState.PREPARED
        own = self.object.created_by_id == self.user.pk
        may_approve = self.user.has_perm("fund.approve_disbursement")
        return super().get_context_data(awaiting=awaiting, can_decide=awaiting and may_approve and not own, **context)


class PaymentApprove(ChangePage, PaymentDetail):
    """Approves a payment, by a button on its page; what is refused is said there."""

    http_method_names = ["post"]
    success_message = _("{} is paid and posted.")

    def get_permission_required(self) -> tuple[str, ...]:
        return ("fund.approve_disbursement",)

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.record(attempt, self.approve)

    def approve(self) -> SecretariatPayment:
        found: SecretariatPayment = self.get_object()
        approve_payment(found, by=self.user)
        return found

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(refusal=find_message(refusal)), status=status)


class PaymentReject(DocumentFormPage):
    """Asks why a payment is rejected, and rejects it."""

    model = SecretariatPayment
    permission_required = "fund.approve_disbursement"
    title = _("Reject %(number)s")
    success_message = _("{} is rejected.")
    extra_context = {"submit": _("Reject"), "busy": _("Rejecting…"), "danger": True}

    def make_form(self, data: Any = None) -> forms.Form:
        return RejectionForm(data)

    def act(self, form: Any, formsets: list[Any]) -> SecretariatPayment:
        reject_payment(self.document, reason=form.cleaned_data["reason"], by=self.user)
        found: SecretariatPayment = self.document
        return found
