"""Budgets of projects: the form of a new version, and every version there was."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from fund.forms.budgets import BudgetForm, BudgetLines, to_planned
from fund.forms.lines import filled_lines
from fund.models import Project
from fund.money import to_amount
from fund.operations.budgets import set_budget
from fund.queries.budgets import budget_versions, find_budget
from fund.views.pages import Page
from fund.views.projects import ProjectPage


class BudgetVersions(Page, DetailView[Project]):
    """Every version of a project's budget, the one that holds first."""

    model = Project
    template_name = "fund/budget_list.html"
    permission_required = "fund.view_project"
    slug_field = slug_url_kwarg = "code"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(versions=budget_versions(self.object), **context)


class BudgetNew(ProjectPage):
    """The form of a project's next version; it begins with the lines of the one that holds."""

    title = _("Budget of %(project)s")
    success_message = _("{}: the budget is recorded.")
    extra_context = {
        "submit": _("Record this version"),
        "lead": _("It replaces the version before, which stays. It posts nothing: spending is limited by allocations."),
        "lines": {"title": _("Planned"), "total_field": "amount", "add_label": _("Add a line")},
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return BudgetForm(data)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        return [BudgetLines(data, prefix="lines", initial=None if data else self.find_lines())]

    def find_lines(self) -> list[dict[str, Any]]:
        """The lines of the version that holds, as the form begins."""
        budget = find_budget(self.project.code)
        return [
            {
                "output": line.output,
                "year": line.year,
                "category": line.category,
                "amount": f"{to_amount(line.amount).decimal:f}",
            }
            for line in (budget.lines.all() if budget else ())
        ]

    def act(self, form: Any, formsets: list[Any]) -> Project:
        lines = to_planned(filled_lines(formsets[0]))
        set_budget(self.project, **form.cleaned_data, lines=lines, by=self.user)
        return self.project
