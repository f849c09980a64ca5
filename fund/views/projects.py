"""Technical-assistance projects: the list, a project's page, its form."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from fund.countries import name_countries
from fund.filters.projects import ProjectFilter
from fund.forms.projects import NewProjectForm, ProjectForm, initial_of
from fund.models import Category, Project
from fund.operations.project_closures import find_unfinished
from fund.operations.projects import add_project, change_project
from fund.queries.attachments import attachments_of
from fund.queries.budgets import CategoryLine, add_categories, find_budget, project_categories
from fund.queries.history import load_history
from fund.queries.projects import given_in_kind, project_fund_standings, project_standings, spending_by_category
from fund.queries.uses import LATEST, latest_advances, latest_allocations, latest_disbursements, latest_obligations
from fund.recommendations import get_recommendation
from fund.templatetags.money import minor
from fund.views.obligations import add_states
from fund.views.pages import FormPage, ListPage, Page
from ledger.queries import functional_currency


class ProjectList(ListPage):
    """Every project with what is allocated to it, spent and left."""

    template_name = "fund/project_list.html"
    permission_required = "fund.view_project"
    queryset = Project.objects.prefetch_related("recommendations")
    filterset_class = ProjectFilter
    orderings = {"code": ("code",), "title": ("title",), "starts_on": ("starts_on",)}
    default_ordering = "code"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_figures(rows)


def add_figures(projects: Iterable[Any]) -> list[Any]:
    """The projects with what a list shows beside them: `standing` and `country_names`."""
    found = list(projects)
    standings = project_standings([project.code for project in found])
    for project in found:
        project.standing = standings[project.code]
        project.country_names = name_countries(project.countries)
    return found


class ProjectDetail(Page, DetailView[Project]):
    """A project: what it is for, what it has, what it spent."""

    model = Project
    template_name = "fund/project_detail.html"
    permission_required = "fund.view_project"
    slug_field = slug_url_kwarg = "code"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        project = self.object
        [shown] = add_figures([project])
        budget = find_budget(project.code)
        categories = project_categories(project.code, budget)
        return super().get_context_data(
            budget=budget,
            categories=categories,
            together=add_categories(categories),
            budget_bars=draw_categories(categories) if budget or shown.standing.obligated else [],
            budget_legend=LEGEND,
            obligations=add_states(latest_obligations(project=project.code)),
            unfinished=find_unfinished(project, timezone.localdate()) if self._is_closing() else [],
            recommendations=self._name_recommendations(),
            by_fund=project_fund_standings([project.code]),
            bars=self._draw_categories(),
            in_kind=given_in_kind(project.code),
            allocations=latest_allocations(project=project.code),
            disbursements=latest_disbursements(project=project.code),
            advances=latest_advances(lines__project=project),
            latest=LATEST,
            document=project,
            attachments=attachments_of(project),
            history=load_history(project.code, noun="project"),
            **context,
        )

    def _is_closing(self) -> bool:
        return bool(self.object.operations_closed_on and not self.object.accounts_closed_on)

    def _name_recommendations(self) -> list[tuple[int, str]]:
        language = get_language() or ""
        numbers = self.object.recommendations.values_list("number", flat=True)
        return [(number, get_recommendation(number).title(language)) for number in numbers]

    def _draw_categories(self) -> list[dict[str, Any]]:
        spent, currency = spending_by_category(self.object.code), functional_currency()
        largest = max(spent.values(), default=0)
        labels = dict(Category.choices)
        return [
            {
                "label": labels.get(category, category),
                "amount": minor(amount, currency),
                "width": max(amount, 0) * 1000 // largest if largest > 0 else 0,
            }
            for category, amount in spent.items()
        ]


#: The parts of a bar: tone and words.
LEGEND = [(1, _("Spent")), (2, _("Obligated")), (3, _("Available"))]


def draw_categories(categories: Iterable[CategoryLine]) -> list[dict[str, Any]]:
    """A bar per category for `fund/_bars.html`: spent, then obligated, then what of the budget is available."""
    found, currency = list(categories), functional_currency()
    unit = max((max(line.budget, line.spent + line.obligated) for line in found), default=0) or 1
    return [_draw_category(line, unit, currency) for line in found]


def _draw_category(line: CategoryLine, unit: int, currency: str) -> dict[str, Any]:
    segments, x = [], 0
    for (tone, label), amount in zip(LEGEND, (line.spent, line.obligated, line.available), strict=True):
        width = max(amount, 0) * 1000 // unit
        segments.append({"x": x, "width": width, "tone": tone, "label": label, "amount": minor(amount, currency)})
        x += width
    return {"label": line.label, "amount": minor(line.budget, currency), "segments": segments}


class ProjectPage(FormPage):
    """A form that does something to one project, and comes back to the project's page."""

    permission_required = "fund.change_project"
    template_name = "fund/form.html"
    title: ClassVar[str | Promise]

    @cached_property
    def project(self) -> Project:
        return get_object_or_404(Project, code=self.kwargs["code"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        code = self.project.code
        back = (code, reverse("fund:project", args=[code]))
        return super().get_context_data(title=self.title % {"project": code}, back=back, **context)


class ProjectNew(FormPage):
    """The form of a new project."""

    template_name = "fund/project_form.html"
    extra_context = {"submit": _("Save the project")}
    permission_required = "fund.add_project"

    def make_form(self, data: Any = None) -> forms.Form:
        return NewProjectForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Project:
        return add_project(code=form.cleaned_data["code"], facts=form.to_facts(), by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = (_("Projects"), reverse_lazy("fund:project-list"))
        return super().get_context_data(title=_("New project"), back=back, **context)


class ProjectEdit(ProjectPage):
    """The form of an existing project."""

    template_name = "fund/project_form.html"
    title = _("Edit %(project)s")
    extra_context = {"submit": _("Save the project")}

    def make_form(self, data: Any = None) -> forms.Form:
        return ProjectForm(data, initial=initial_of(self.project))

    def act(self, form: Any, formsets: list[Any]) -> Project:
        return change_project(self.project, facts=form.to_facts(), by=self.user)
