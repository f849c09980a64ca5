"""Unapplied money: what waits for a donor's word, and what it was applied to."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404
from django.urls import reverse_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.deposits import ApplicationForm
from fund.models import Application
from fund.operations.applications import apply_unapplied, reverse_application
from fund.queries.receipts import receipts_of_agreement
from fund.queries.unapplied import Waiting, find_unapplied, unapplied_balances
from fund.views.corrections import ReversalPage
from fund.views.pages import DocumentPage, FormPage, PlainPage

# As many applications are shown, the newest.
NEWEST = 25


class ApplicationList(PlainPage):
    """What waits for a donor's word, and the latest applications."""

    template_name = "fund/application_list.html"
    permission_required = "fund.view_application"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = Application.objects.select_related("donor", "source", "instalment")[:NEWEST]
        return super().get_context_data(waiting=unapplied_balances(), applications=found, newest=NEWEST, **context)


class ApplicationDetail(DocumentPage[Application]):
    """An application: what it took of which balance, what it settled, and on which word."""

    queryset = Application.objects.select_related(
        "donor", "source__agreement", "instalment__agreement", "bank_account", "created_by"
    )
    template_name = "fund/application_detail.html"
    permission_required = "fund.view_application"


class ApplicationNew(FormPage):
    """Applies an unapplied balance; `?of=` names the instalment that it came beyond, `currency` its currency."""

    template_name = "fund/form.html"
    permission_required = "fund.add_application"
    aliases = {"lines": "place", "instalment": "place", "currency": "amount"}
    extra_context = {
        "back": (_("Unapplied"), reverse_lazy("fund:application-list")),
        "submit": _("Apply and post"),
        "busy": _("Posting…"),
    }

    @cached_property
    def waiting(self) -> Waiting:
        asked = self.request.GET
        found = find_unapplied(asked.get("of", ""), asked.get("currency", ""))
        if found is None:
            raise Http404
        return found

    def make_form(self, data: Any = None) -> forms.Form:
        instalment = self.waiting.instalment
        # The account that it most likely came into.
        over = Q(excess__gt=0) | Q(parts__instalment=instalment, parts__excess__gt=0)
        standing = {"reversed_on": None, "bank_account__currency": self.waiting.amount.currency}
        receipt = receipts_of_agreement(instalment.agreement).filter(over, **standing).first()
        account = receipt.bank_account.code if receipt else None
        initial = {"amount": f"{self.waiting.amount.decimal:f}", "bank_account": account}
        return ApplicationForm(data, waiting=self.waiting, initial=initial)

    def act(self, form: Any, formsets: list[Any]) -> Application:
        return apply_unapplied(**form.to_application(), by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = self.waiting
        facts = {"donor": waiting.instalment.agreement.donor, "amount": waiting.amount, "of": waiting.instalment}
        lead = _t("%(donor)s · %(amount)s came beyond %(of)s") % facts
        return super().get_context_data(title=_t("Apply what is unapplied"), lead=lead, **context)


class ApplicationReverse(ReversalPage):
    """Reverses an application: the money waits for the donor's word again."""

    model = Application
    operation = staticmethod(reverse_application)
    permission_required = "fund.change_application"
