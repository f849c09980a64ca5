"""Allocations: decisions that give projects money of sub-funds."""

from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.allocations import AllocationFilter
from fund.forms.allocations import AllocationForm, AllocationLines, MoveForm
from fund.forms.choices import BLANK, all_fund_choices, available_fund_choices
from fund.forms.lines import filled_lines
from fund.models import Allocation, Direction, Project
from fund.operations.allocations import prepare_allocation
from fund.queries.projects import Left, project_fund_standings
from fund.queries.sub_funds import lowest_allocation_left, lowest_available
from fund.queries.uses import add_totals
from fund.views.decisions import AWAITS, PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.pages import FormPage, ListPage, find_asked
from ledger.money import to_decimal
from ledger.queries import functional_currency


class AllocationList(ListPage):
    """Every allocation."""

    template_name = "fund/allocation_list.html"
    permission_required = "fund.view_allocation"
    queryset = Allocation.objects.select_related("project", "source").prefetch_related("lines")
    filterset_class = AllocationFilter
    orderings = {"number": ("number",), "decided_on": ("decided_on", "number"), "project": ("project__code", "number")}
    default_ordering = "-decided_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_totals(rows)


class AllocationDetail(DecidedPage[Allocation]):
    """An allocation: the decision, who approves it, its sub-funds, its chain and its entries."""

    model = Allocation
    queryset = Allocation.objects.select_related("project", "source", "created_by").prefetch_related("lines")
    template_name = "fund/allocation_detail.html"
    permission_required = "fund.view_allocation"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        add_totals([self.object])
        standings = project_fund_standings([self.object.project.code])
        left = {found.fund: found.standing.left for found in standings}
        lines: list[Any] = list(self.object.lines.all())
        for line in lines:
            line.left = left.get(line.fund, 0)
            line.available = _find_available(self.object, line.fund) if self.object.is_waiting else 0
        return super().get_context_data(lines=lines, **context)


def _find_available(allocation: Allocation, fund: str) -> int:
    """What a decision that waits can take of a sub-fund, by the limits that its approval is held to."""
    on, project, source = allocation.decided_on, allocation.project, allocation.source
    giver = project if allocation.direction == Direction.RETURN else source
    low = lowest_allocation_left(giver.code, fund, since=on) if giver else lowest_available(fund, since=on)
    return low.balance


class AllocationNew(FormPage):
    """The form of an allocation."""

    template_name = "fund/form.html"
    permission_required = "fund.add_allocation"
    success_message = PREPARED
    extra_context = {
        "title": _("New allocation"),
        "back": (_("Allocations"), reverse_lazy("fund:allocation-list")),
        "lead": AWAITS,
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
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
        return prepare_allocation(**facts, lines=lines, by=self.user)


class LeftPage(FormPage):
    """What the forms share that take money back of a project: a line for each sub-fund that it has some of left."""

    template_name = "fund/left_form.html"
    permission_required = "fund.add_allocation"
    success_message = PREPARED
    giver: ClassVar[str]
    extra_context = {
        "back": (_("Allocations"), reverse_lazy("fund:allocation-list")),
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
    }

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        choices = [BLANK, *all_fund_choices()]
        left = self.find_left() if data is None else []
        currency = functional_currency()
        initial = [{"fund": row.fund, "amount": f"{to_decimal(row.standing.left, currency):f}"} for row in left]
        return [AllocationLines(data, prefix="lines", initial=initial or None, form_kwargs={"funds": choices})]

    def find_left(self) -> list[Left]:
        """What the project that the address names has left."""
        project = find_asked(Project.objects.all(), self.request.GET.get(self.giver), field="code")
        found = project_fund_standings([project.code]) if project else []
        return [row for row in found if row.standing.left > 0]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        left = [found for found in project_fund_standings() if found.standing.left > 0]
        return super().get_context_data(left=left, **context)


class AllocationReturn(LeftPage):
    """Gives back what a project has left."""

    giver = "project"
    extra_context = LeftPage.extra_context | {
        "title": _("Return of an allocation"),
        "lead": _("What a project has left can be allocated again, once another person approves it."),
        "lines": {"title": _("Given back of"), "total_field": "amount", "add_label": _("Add a sub-fund")},
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return AllocationForm(data, initial={"project": self.request.GET.get("project")})

    def act(self, form: Any, formsets: list[Any]) -> Allocation:
        facts = form.cleaned_data
        facts["project"] = Project.objects.get(code=facts["project"])
        lines = {line["fund"]: line["amount"] for line in filled_lines(formsets[0])}
        return prepare_allocation(**facts, direction=Direction.RETURN, lines=lines, by=self.user)


class AllocationMove(LeftPage):
    """Moves what a project has left to another one, in one decision."""

    giver = "source"
    extra_context = LeftPage.extra_context | {
        "title": _("Re-allocation"),
        "lead": _("One decision takes money of a project and gives it to another, once another person approves it."),
        "lines": {"title": _("Moved of"), "total_field": "amount", "add_label": _("Add a sub-fund")},
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return MoveForm(data, initial={"source": self.request.GET.get("source")})

    def act(self, form: Any, formsets: list[Any]) -> Allocation:
        facts = form.cleaned_data
        for name in ("source", "project"):
            facts[name] = Project.objects.get(code=facts[name])
        lines = {line["fund"]: line["amount"] for line in filled_lines(formsets[0])}
        return prepare_allocation(**facts, direction=Direction.MOVE, lines=lines, by=self.user)


class AllocationApprove(ApprovePage, AllocationDetail):
    """Approves an allocation at a press."""


class AllocationReject(RejectPage):
    """Asks why an allocation is rejected, and rejects it."""

    model = Allocation
