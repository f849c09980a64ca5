"""How the list of obligations is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import all_fund_choices, named_project_choices
from fund.forms.fields import date_input
from fund.models import Obligation
from fund.queries.obligations import with_open

_STATES = [("open", _("Open")), ("settled", _("Settled"))]


class ObligationFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, state, project, sub-fund and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    state = django_filters.ChoiceFilter(label=_("State"), choices=_STATES, method="filter_state", empty_label=_("Any"))
    project = django_filters.ChoiceFilter(
        label=_("Project"), choices=named_project_choices, field_name="project__code", empty_label=_("Any")
    )
    fund = django_filters.ChoiceFilter(
        label=_("Sub-fund"), choices=all_fund_choices, field_name="lines__fund", empty_label=_("Any")
    )
    since = django_filters.DateFilter(label=_("From"), field_name="let_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="let_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Obligation
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Obligation], name: str, value: Any) -> QuerySet[Obligation]:
        words = Q(number__icontains=value) | Q(payee__name__icontains=value) | Q(purpose__icontains=value)
        return queryset.filter(words | Q(note__icontains=value))

    def filter_state(self, queryset: QuerySet[Obligation], name: str, value: Any) -> QuerySet[Any]:
        return with_open(queryset).filter(is_open=value == "open")
