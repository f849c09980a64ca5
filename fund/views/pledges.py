"""Pledges: promises, until they are signed, withdrawn or lapse."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.filters.pledges import PledgeFilter
from fund.forms.pledges import LastDayForm, PledgeForm
from fund.models import Pledge
from fund.operations.pledges import announce_pledge, change_last_day, lapse_pledge, withdraw_pledge
from fund.queries.agreements import add_dues, with_open
from fund.views.corrections import DocumentFormPage, ReversalPage
from fund.views.pages import DocumentPage, FormPage, ListPage


class PledgeList(ListPage):
    """Every pledge, with what of it is open."""

    template_name = "fund/pledge_list.html"
    permission_required = "fund.view_pledge"
    filterset_class = PledgeFilter
    orderings = {
        "number": ("number",),
        "announced_on": ("announced_on", "number"),
        "donor": ("donor__name", "number"),
        "amount": ("amount_currency", "amount"),
    }
    default_ordering = "-announced_on"

    def get_queryset(self) -> Any:
        self.queryset = with_open(Pledge.objects.select_related("donor"), today=timezone.localdate())
        return super().get_queryset()


class PledgeDetail(DocumentPage[Pledge]):
    """A pledge: what was promised, and what came of it."""

    template_name = "fund/pledge_detail.html"
    permission_required = "fund.view_pledge"

    def get_queryset(self) -> Any:
        return with_open(Pledge.objects.select_related("donor", "created_by"), today=timezone.localdate())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        agreements = add_dues(self.object.agreements.select_related("donor"), today=timezone.localdate())
        return super().get_context_data(agreements=agreements, **context)


class PledgeNew(FormPage):
    """The form of a pledge."""

    template_name = "fund/form.html"
    permission_required = "fund.add_pledge"
    extra_context = {
        "title": _("New pledge"),
        "lead": _("A promise made in public. It is no income until an agreement is signed."),
        "back": (_("Pledges"), reverse_lazy("fund:pledge-list")),
        "submit": _("Record the pledge"),
        "busy": _("Posting…"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return PledgeForm(data, initial={"donor": self.request.GET.get("donor")})

    def act(self, form: Any, formsets: list[Any]) -> Pledge:
        return announce_pledge(**form.cleaned_data, by=self.user)


class PledgeLastDay(DocumentFormPage):
    """Changes the last day on which a pledge holds."""

    model = Pledge
    permission_required = "fund.change_pledge"
    title = _("Last day of %(number)s")
    success_message = _("{} is changed.")
    extra_context = {"submit": _("Save"), "lead": _("After it, what of the pledge is not signed can lapse.")}

    def make_form(self, data: Any = None) -> forms.Form:
        return LastDayForm(data, initial={"expires_on": self.document.expires_on})

    def act(self, form: Any, formsets: list[Any]) -> Pledge:
        pledge: Pledge = self.document
        change_last_day(pledge, **form.cleaned_data, by=self.user)
        return pledge


class PledgeWithdraw(ReversalPage):
    """Takes back what of a pledge is not signed."""

    model = Pledge
    operation = staticmethod(withdraw_pledge)
    permission_required = "fund.change_pledge"
    title = _("Withdraw %(number)s")
    success_message = _("{} is withdrawn.")
    extra_context = {
        "submit": _("Withdraw"),
        "busy": _("Posting…"),
        "danger": True,
        "lead": _("What of the pledge is not signed is taken back. What is signed stays."),
    }


class PledgeLapse(ReversalPage):
    """Lets lapse what of a pledge is not signed."""

    model = Pledge
    operation = staticmethod(lapse_pledge)
    permission_required = "fund.change_pledge"
    title = _("Let %(number)s lapse")
    success_message = _("{} is lapsed.")
    extra_context = {
        "submit": _("Let it lapse"),
        "busy": _("Posting…"),
        "danger": True,
        "lead": _("The donor did not take it back, and it no longer holds. What is signed stays."),
    }
