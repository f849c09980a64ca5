"""A donor's statement, as of any day."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from fund.forms.fields import DayField
from fund.forms.flows import PeriodForm
from fund.models import Donor, Letter
from fund.portal.access import get_own_donor, get_visible_donor
from fund.portal.charts import MOST_BARS, draw_agreements, draw_projects
from fund.portal.links import StatementLinks
from fund.queries.flows import follow
from fund.queries.letters import letters_of
from fund.queries.statements import make_statement
from fund.views.flow_pictures import show_flow
from fund.views.letters import send_letter
from ledger.queries import functional_currency


class AsOfForm(forms.Form):
    """The day of a statement."""

    as_of = DayField(past=True, required=False, label=_("As of"))


class DonorPage(LoginRequiredMixin, TemplateView):
    """A page on one donor.

    Of the donor that the address names, for who may read every donor and for the donor; otherwise of one's own.
    """

    def get_donor(self) -> Donor:
        """Whose statement it is. Raises Http404."""
        if "code" in self.kwargs:
            return get_visible_donor(self.request.user, self.kwargs["code"])
        return get_own_donor(self.request.user)


class StatementPage(DonorPage):
    """A donor's statement at the end of a day, today when none is given."""

    template_name = "fund/portal/statement.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        donor, today = self.get_donor(), timezone.localdate()
        form = AsOfForm({"as_of": today, **request.GET.dict()})
        valid = form.is_valid()
        as_of: date = (form.cleaned_data["as_of"] if valid else None) or today
        statement = make_statement(donor, as_of=as_of)
        too_many = len(statement.agreements) > MOST_BARS
        context = self.get_context_data(
            form=form,
            statement=statement,
            functional_currency=functional_currency(),
            agreement_bars=draw_agreements(statement),
            agreement_legend=[(1, _("Received")), (2, _("Outstanding"))],
            agreement_note=_("The latest; the table below has them all.") if too_many else "",
            project_bars=draw_projects(statement),
            letters=letters_of(donor=donor, withdrawn_on=None, sent_on__lte=as_of),
        )
        return self.render_to_response(context, status=200 if valid else 422)


class DonorFlowPage(DonorPage):
    """What became of a donor's own money: the own sub-funds, and the share of the pool; nobody else is named."""

    template_name = "fund/portal/flow.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        donor, form = self.get_donor(), PeriodForm(request.GET)
        flow = follow(form.to_asked(donor))
        context = self.get_context_data(donor=donor, form=form, functional_currency=functional_currency())
        shown = show_flow(flow, StatementLinks(donor, flow.asked))
        return self.render_to_response(context | shown, status=200 if form.is_valid() else 422)


class DonorLetter(DonorPage):
    """A letter that was sent to a donor, as a PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Letter.objects.filter(donor=self.get_donor(), withdrawn_on=None)
        return send_letter(get_object_or_404(mine, number=kwargs["number"]))
