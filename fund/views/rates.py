"""Exchange rates."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.rates import RateFilter
from fund.forms.treasury import RateForm
from fund.models import ExchangeRate
from fund.operations.treasury import add_rate
from fund.templatetags.money import format_rate
from fund.views.pages import FormPage, ListPage
from ledger.errors import Refused


class RateList(ListPage):
    """Every rate, the latest first."""

    template_name = "fund/rate_list.html"
    permission_required = "fund.view_exchangerate"
    model = ExchangeRate
    filterset_class = RateFilter
    orderings = {"effective_on": ("effective_on", "-currency"), "currency": ("currency", "-effective_on")}
    default_ordering = "-effective_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        for rate in rows:
            rate.text = format_rate(rate.rate)


class RateNew(FormPage):
    """The form of a new rate; one that is far from the rate before it asks for a confirmation."""

    template_name = "fund/form.html"
    permission_required = "fund.add_exchangerate"
    success_message = _("The rate is recorded: {}.")
    extra_context = {
        "title": _("New rate"),
        "lead": _("A rate is never changed afterwards, since entries rest on it."),
        "back": (_("Rates"), reverse_lazy("fund:rate-list")),
        "submit": _("Add rate"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return RateForm(data, initial={"currency": self.request.GET.get("currency")})

    def act(self, form: Any, formsets: list[Any]) -> ExchangeRate:
        return add_rate(**form.cleaned_data, by=self.user)

    def add_refusal(
        self, refusal: Refused | forms.ValidationError, form: forms.Form, formsets: list[BaseFormSet[Any]]
    ) -> None:
        if isinstance(form, RateForm) and getattr(refusal, "field", "") == "confirmed":
            form.ask_to_confirm()
        super().add_refusal(refusal, form, formsets)

    def get_success_url(self, made: ExchangeRate) -> str:
        return reverse("fund:rate-list")
