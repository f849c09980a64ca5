"""The form of a project."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import partner_choices
from fund.forms.fields import DayField, country_choices
from fund.models import Payee, Project
from fund.models.attachments import LONGEST_NUMBER
from fund.operations.projects import ProjectFacts
from fund.recommendations import RECOMMENDATIONS, SECTIONS


def recommendation_choices() -> list[tuple[int, str]]:
    """The recommendations with their titles in the reader's language: (1, "1. …")."""
    language = get_language() or ""
    return [(item.number, f"{item.number}. {item.title(language)}") for item in RECOMMENDATIONS]


class ProjectForm(forms.Form):
    """What is said of a project."""

    title = forms.CharField(label=_("Title"), max_length=200)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), required=False)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    partner = forms.ChoiceField(label=_("Implementing partner"), required=False, choices=partner_choices)
    countries = forms.MultipleChoiceField(
        label=_("Countries"), required=False, choices=country_choices, widget=forms.CheckboxSelectMultiple
    )
    recommendations = forms.TypedMultipleChoiceField(
        label=_("Recommendations that it serves"),
        help_text=_("At least one of the 35 recommendations of 12 September 2022."),
        choices=recommendation_choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one recommendation that the project serves.")},
    )

    def sections(self) -> list[tuple[str, list[Any]]]:
        """The boxes of the recommendations under the titles of their sections."""
        language = get_language() or ""
        boxes = list(self["recommendations"])
        return [(section.title(language), boxes[section.first - 1 : section.last]) for section in SECTIONS]

    def to_facts(self) -> ProjectFacts:
        """The cleaned values, as the operations take them."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "code"}
        facts["partner"] = Payee.objects.filter(code=facts["partner"]).first()
        return ProjectFacts(**facts)


class ClosureForm(forms.Form):
    """The day on which a project's operations or accounts close."""

    on = DayField(label=_("Closed on"), past=True, initial=timezone.localdate)


class ReopeningForm(forms.Form):
    """Why a project is reopened."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the project's history."))


class NewProjectForm(ProjectForm):
    """A project with the code that it gets for good."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_NUMBER,
        help_text=_("Capital letters, digits and hyphens, such as CYB-01. Part of its accounts: it never changes."),
    )
    field_order = ("code",)


def initial_of(project: Project) -> dict[str, Any]:
    """What the form of an existing project shows at first."""
    return {
        "title": project.title,
        "description": project.description,
        "partner": project.partner.code if project.partner else "",
        "countries": project.countries,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "recommendations": [served.number for served in project.recommendations.all()],
    }
