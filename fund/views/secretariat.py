"""Payments to the Secretariat: prepared by one person, decided by another."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.forms.runs import PaymentForm
from fund.models import SecretariatPayment
from fund.operations.secretariat import prepare_payment
from fund.queries.recoveries import due_to_secretariat
from fund.views.decisions import AWAITS, PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.pages import FormPage
from fund.views.records import RecordDetail
from fund.views.runs import describe_new


class PaymentNew(FormPage):
    """The form of a payment, with what each sub-fund owes filled in."""

    template_name = "fund/payment_form.html"
    permission_required = "fund.add_secretariatpayment"
    success_message = PREPARED
    extra_context = describe_new(
        SecretariatPayment,
        submit=_("Prepare"),
        busy=_("Preparing…"),
        lead=AWAITS,
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return PaymentForm(data, due=due_to_secretariat())

    def act(self, form: Any, formsets: list[Any]) -> SecretariatPayment:
        facts = {name: form.cleaned_data[name] for name in ("bank_account", "paid_on", "note")}
        return prepare_payment(**facts, lines=form.to_lines(), by=self.user)


class PaymentDetail(DecidedPage[Any], RecordDetail):
    """A payment, with the buttons of who decides."""

    model = SecretariatPayment


class PaymentApprove(ApprovePage, PaymentDetail):
    """Approves a payment at a press."""


class PaymentReject(RejectPage):
    """Asks why a payment is rejected, and rejects it."""

    model = SecretariatPayment
