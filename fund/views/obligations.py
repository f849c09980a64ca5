"""Obligations: contracts let for projects, paid by disbursements, cancelled in part or whole."""

from functools import cached_property
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.obligations import ObligationFilter
from fund.forms.allocations import AllocationLines
from fund.forms.choices import fund_choices
from fund.forms.lines import filled_lines
from fund.forms.obligations import CancellationForm, ObligationForm
from fund.models import Obligation, ObligationCancellation, Project
from fund.operations.obligations import cancel_obligation, record_obligation
from fund.queries.chains import state_of
from fund.queries.obligations import add_open
from fund.queries.projects import project_fund_standings
from fund.views.corrections import DocumentFormPage
from fund.views.pages import DocumentPage, FormPage, ListPage


class ObligationList(ListPage):
    """Every obligation, with what of it is open."""

    template_name = "fund/obligation_list.html"
    permission_required = "fund.view_obligation"
    queryset = Obligation.objects.select_related("project", "payee")
    filterset_class = ObligationFilter
    orderings = {
        "number": ("number",),
        "let_on": ("let_on", "number"),
        "ends_on": ("ends_on", "number"),
        "payee": ("payee__name", "number"),
        "project": ("project__code", "number"),
    }
    default_ordering = "-let_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_states(rows)


def add_states(obligations: Any) -> list[Any]:
    """The obligations with what is open of each, and `status`, their state with its tone."""
    found = add_open(obligations)
    for obligation in found:
        obligation.status = state_of(obligation)
    return found


class ObligationDetail(DocumentPage[Obligation]):
    """An obligation: the contract, what of it is paid, cancelled and open, its chain and its entries."""

    model = Obligation
    queryset = Obligation.objects.select_related("project", "payee", "created_by")
    template_name = "fund/obligation_detail.html"
    permission_required = "fund.view_obligation"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        add_open([self.object])
        found = ObligationCancellation.objects.filter(line__obligation=self.object).select_related("line")
        return super().get_context_data(cancellations=found.order_by("position", "line"), **context)


class ObligationNew(FormPage):
    """The form of an obligation, with what projects have left beside it."""

    template_name = "fund/obligation_form.html"
    permission_required = "fund.add_obligation"
    extra_context = {
        "title": _("New obligation"),
        "lead": _("A contract let or an order placed: its money is reserved until it is paid or cancelled."),
        "back": (_("Obligations"), reverse_lazy("fund:obligation-list")),
        "submit": _("Reserve and post"),
        "busy": _("Posting…"),
        "lines": {"title": _("Reserved of"), "total_field": "amount", "add_label": _("Add a sub-fund")},
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ObligationForm(data, initial={"project": self.request.GET.get("project")})

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        kwargs = {"funds": fund_choices(), "initial": {"fund": self.request.GET.get("fund")}}
        return [AllocationLines(data, prefix="lines", form_kwargs=kwargs)]

    def act(self, form: Any, formsets: list[Any]) -> Obligation:
        facts = form.cleaned_data
        lines = {line["fund"]: line["amount"] for line in filled_lines(formsets[0])}
        facts["project"] = Project.objects.get(code=facts["project"])
        return record_obligation(**facts, lines=lines, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        left = [found for found in project_fund_standings() if found.standing.left > 0]
        return super().get_context_data(left=left, **context)


class ObligationCancel(DocumentFormPage):
    """Cancels what of an obligation will not be paid."""

    model = Obligation
    permission_required = "fund.change_obligation"
    title = _("Cancel %(number)s")
    success_message = _("{} is cancelled as far as you said.")
    aliases = {"lines": "on"}
    extra_context = {
        "submit": _("Cancel the obligation"),
        "busy": _("Posting…"),
        "danger": True,
        "dismiss": _("Leave it open"),
        "lead": _("What is cancelled can be spent or obligated again. To cancel a part, change the amounts."),
    }

    @cached_property
    def open_lines(self) -> list[Any]:
        add_open([self.document])
        return [line for line in self.document.rows if line.open > 0]

    def make_form(self, data: Any = None) -> forms.Form:
        return CancellationForm(data, lines=self.open_lines)

    def act(self, form: Any, formsets: list[Any]) -> Obligation:
        cancel_obligation(self.document, **form.cleaned_data, by=self.user)
        found: Obligation = self.document
        return found
