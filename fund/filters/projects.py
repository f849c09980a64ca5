"""How the list of projects is narrowed."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from fund.countries import country_names
from fund.forms.projects import recommendation_choices
from fund.models import Project


def countries_of_projects() -> Iterable[tuple[str, str]]:
    """The countries that projects work in, by name."""
    used = {code for codes in Project.objects.values_list("countries", flat=True) for code in codes}
    return [(code, name) for code, name in country_names().items() if code in used]


class ProjectFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, country and recommendation."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    country = django_filters.ChoiceFilter(
        label=_("Country"), choices=countries_of_projects, method="filter_country", empty_label=_("Any")
    )
    recommendation = django_filters.ChoiceFilter(
        label=_("Recommendation"),
        choices=recommendation_choices,
        field_name="recommendations__number",
        empty_label=_("Any"),
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Project], name: str, value: Any) -> QuerySet[Project]:
        named = Q(code__icontains=value) | Q(title__icontains=value) | Q(description__icontains=value)
        return queryset.filter(named)

    def filter_country(self, queryset: QuerySet[Project], name: str, value: Any) -> QuerySet[Project]:
        # As text, because SQLite cannot ask whether a JSON list contains a value.
        return queryset.annotate(named=Cast("countries", TextField())).filter(named__contains=f'"{value}"')
