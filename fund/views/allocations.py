"""Allocations: decisions that give projects money of sub-funds."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.allocations import AllocationFilter
from fund.forms.allocations import AllocationForm, AllocationLines
from fund.forms.choices import available_fund_choices
from fund.forms.lines import filled_lines
from fund.models import Allocation, Project
from fund.operations.allocations import allocate
from fund.operations.reversals import reverse_allocation
from fund.queries.projects import project_fund_standings
from fund.queries.uses import add_totals
from fund.views.corrections import ReversalPage
from fund.views.pages import DocumentPage, FormPage, ListPage


class AllocationList(ListPage):
    """Every allocation."""

    template_name = "fund/allocation_list.html"
    permission_required = "fund.view_allocation"
    queryset = Allocation.objects.select_related("project").prefetch_related("lines")
    filterset_class = AllocationFilter
    orderings = {"number": ("number",), "decided_on": ("decided_on", "number"), "project": ("project__code", "number")}
    default_ordering = "-decided_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_totals(rows)


class AllocationDetail(DocumentPage[Allocation]):
    """An allocation: the decision, its sub-funds, its chain and its entries."""

    model = Allocation
    queryset = Allocation.objects.select_related("project", "created_by").prefetch_related("lines")
    template_name = "fund/allocation_detail.html"
    permission_required = "fund.view_allocation"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        add_totals([self.object])
        standings = project_fund_standings([self.object.project.code])
        left = {found.fund: found.standing.left for found in standings}
        lines = [(line, left.get(line.fund, 0)) for line in self.object.lines.all()]
        return super().get_context_data(lines=lines, **context)


class AllocationNew(FormPage):
    """The form of an allocation."""

    template_name = "fund/form.html"
    permission_required = "fund.add_allocation"
    extra_context = {
        "title": _("New allocation"),
        "back": (_("Allocations"), reverse_lazy("fund:allocation-list")),
        "submit": _("Allocate and post"),
        "busy": _("Posting…"),
        "lines": {
            "title": _("Taken of"),
            "total_field": "amount",
            "add_label": _("Add a sub-fund"),
            "help": _("Money is allocated when it has been received; each sub-fund says what is available of it."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return AllocationForm(data, initial={"project": self.request.GET.get("project")})

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        initial = {"fund": self.request.GET.get("fund")}
        kwargs = {"funds": available_fund_choices(), "initial": initial}
        return [AllocationLines(data, prefix="lines", form_kwargs=kwargs)]

    def act(self, form: Any, formsets: list[Any]) -> Allocation:
        facts = form.cleaned_data
        lines = {line["fund"]: line["amount"] for line in filled_lines(formsets[0])}
        facts["project"] = Project.objects.get(code=facts["project"])
        return allocate(**facts, lines=lines, by=self.user)


class AllocationReverse(ReversalPage):
    """Takes an allocation back."""

    model = Allocation
    operation = staticmethod(reverse_allocation)
    permission_required = "fund.change_allocation"
