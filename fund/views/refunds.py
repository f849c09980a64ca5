"""Refunds: prepared on the donor's word, decided by another person, paid."""

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.errors import ValueInvalid
from fund.forms.corrections import RefundForm, RefundPaymentForm
from fund.models import Agreement, Instalment, Refund
from fund.money import to_amount
from fund.operations.refunds import pay_refund, prepare_refund
from fund.queries.sub_funds import SubFund, sub_funds
from fund.queries.unapplied import Waiting, find_unapplied, unapplied_balances
from fund.views.corrections import DocumentFormPage
from fund.views.decisions import ApprovePage, RejectPage
from fund.views.pages import FormPage, find_asked
from fund.views.recipients import describe_rename
from fund.views.runs import describe_new
from fund.views.write_offs import Choice, CorrectionDetail
from ledger.money import Amount
from ledger.queries import functional_currency


class RefundDetail(CorrectionDetail):
    """A refund: what goes back, on which word, and whether it is paid."""

    model = Refund

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        renamed = {} if self.object.paid_on else describe_rename(self.object.agreement.donor)
        return super().get_context_data(**renamed, **context)


class RefundNew(FormPage):
    """Refunds what the named agreement's sub-fund has left, or what came beyond the named instalment.

    `?agreement=`, or `?of=` and `currency`, name them; without one, asks of which.
    """

    permission_required = "fund.add_refund"
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = describe_new(Refund, submit=_("Prepare"), busy=_("Preparing…"))

    @cached_property
    def source(self) -> Instalment | None:
        found = Instalment.objects.select_related("agreement__donor")
        return find_asked(found, self.request.GET.get("of"), field="reference")

    @cached_property
    def agreement(self) -> Agreement | None:
        found = Agreement.objects.filter(cancelled_on=None, earmarked=True).select_related("donor")
        return self.source.agreement if self.source else find_asked(found, self.request.GET.get("agreement"))

    def get_template_names(self) -> list[str]:
        return ["fund/form.html" if self.agreement else "fund/correction_choose.html"]

    def make_form(self, data: Any = None) -> forms.Form:
        found = find_unapplied(self.source.reference, self.request.GET.get("currency", "")) if self.source else None
        return RefundForm(data, initial={"amount": found.amount if found else None})

    def act(self, form: Any, formsets: list[Any]) -> Refund:
        if self.agreement is None:
            raise ValueInvalid("Choose first what goes back.")
        return prepare_refund(self.agreement, **form.to_facts(), source=self.source, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.agreement is None:
            return super().get_context_data(choices=_find_choices(), heading=_("Can go back"), **context)
        code = self.agreement.number
        left = next((one.standing.available for one in sub_funds() if one.code == code), 0)
        shown = Amount(left, functional_currency())
        facts = {"donor": self.agreement.donor, "source": self.source or self.agreement, "left": shown}
        lead = (
            _t("%(donor)s · Of what came beyond %(source)s and is unapplied. Another person approves it.")
            if self.source
            else _t("%(donor)s · %(source)s has %(left)s neither spent nor allocated. Another person approves it.")
        )
        return super().get_context_data(lead=lead % facts, **context)


def _find_choices() -> list[Choice]:
    """What is unapplied, and what sub-funds of agreements have neither spent nor allocated."""
    left = [one for one in sub_funds() if one.agreement and one.standing.available > 0]
    return [*(_of_unapplied(one) for one in unapplied_balances()), *(_of_fund(one) for one in left)]


def _of_unapplied(waiting: Waiting) -> Choice:
    instalment = waiting.instalment
    name = _t("%(instalment)s, unapplied") % {"instalment": instalment}
    url = f"{reverse('fund:refund-new')}?{waiting.query}"
    return Choice(name, str(instalment.agreement.donor), waiting.amount, url)


def _of_fund(found: SubFund) -> Choice:
    amount = Amount(found.standing.available, functional_currency())
    return Choice(found.code, found.donor, amount, f"{reverse('fund:refund-new')}?agreement={found.code}")


class RefundApprove(ApprovePage, RefundDetail):
    """Approves a refund at a press."""

    done = _("{} is approved: it is owed to the donor until it is paid.")


class RefundReject(RejectPage):
    """Asks why a refund is rejected, and rejects it."""

    model = Refund


class RefundPay(DocumentFormPage):
    """Pays a refund that is approved."""

    model = Refund
    permission_required = "fund.change_refund"
    title = _("Pay %(number)s")
    success_message = _("{} is paid.")
    aliases = {"lines": "bank_account", "currency": "bank_account"}
    extra_context = {"submit": _("Pay and post"), "busy": _("Posting…")}

    def make_form(self, data: Any = None) -> forms.Form:
        return RefundPaymentForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        pay_refund(self.document, **form.cleaned_data, by=self.user)
        return self.document

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lead = f"{self.document.agreement.donor} · {to_amount(self.document.amount)}"
        return super().get_context_data(lead=lead, **context)
