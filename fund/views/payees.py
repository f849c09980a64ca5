"""Payees: who is paid, what was paid to them, and whether they can be."""

from functools import cached_property
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from fund.countries import country_names
from fund.filters.payees import PayeeFilter
from fund.forms.payees import NewPayeeForm, PayeeForm
from fund.models import Payee
from fund.operations.payees import add_payee, change_payee
from fund.queries.history import load_history
from fund.queries.payees import add_standings
from fund.queries.uses import LATEST, latest_advances, obligations_of, payments_of
from fund.views.obligations import add_states
from fund.views.pages import FormPage, ListPage, Page
from fund.views.recipients import describe_recipient


class PayeeList(ListPage):
    """Every payee, with whether payments have where to go and may."""

    template_name = "fund/payee_list.html"
    permission_required = "fund.view_payee"
    model = Payee
    filterset_class = PayeeFilter
    orderings = {"code": ("code",), "name": ("name",), "country": ("country", "name")}
    default_ordering = "name"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        names = country_names()
        for payee in add_standings(rows):
            payee.country_name = names.get(payee.country, "")


class PayeeDetail(Page, DetailView[Payee]):
    """A payee: the account that holds, screenings, the newest payments, contracts and advances."""

    model = Payee
    slug_field = slug_url_kwarg = "code"
    template_name = "fund/payee_detail.html"
    permission_required = "fund.view_payee"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        payee = self.object
        return super().get_context_data(
            country_name=country_names().get(payee.country, ""),
            disbursements=payments_of(payee),
            obligations=add_states(obligations_of(payee)),
            advances=latest_advances(partner=payee),
            latest=LATEST,
            history=load_history(payee.code, noun="payee"),
            **describe_recipient(payee, self.user),
            **context,
        )


class PayeeNew(FormPage):
    """The form of a new payee."""

    template_name = "fund/form.html"
    permission_required = "fund.add_payee"
    success_message = _("{} is added.")
    extra_context = {
        "title": _("New payee"),
        "back": (_("Payees"), reverse_lazy("fund:payee-list")),
        "submit": _("Add payee"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return NewPayeeForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Payee:
        return add_payee(**form.cleaned_data, by=self.user)


class PayeeEdit(FormPage):
    """The form that changes what is said of a payee."""

    template_name = "fund/form.html"
    permission_required = "fund.change_payee"
    success_message = _("{} is changed.")

    @cached_property
    def payee(self) -> Payee:
        return get_object_or_404(Payee, code=self.kwargs["code"])

    def make_form(self, data: Any = None) -> forms.Form:
        return PayeeForm(data, initial={"name": self.payee.name, "country": self.payee.country})

    def act(self, form: Any, formsets: list[Any]) -> Payee:
        return change_payee(self.payee, **form.cleaned_data, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _("Edit %(code)s") % {"code": self.payee.code}
        back = (self.payee.name, self.payee.get_absolute_url())
        return super().get_context_data(title=title, back=back, submit=_("Save"), **context)
