"""How the list of advances is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import all_fund_choices, named_project_choices
from fund.models import Advance, DisbursementState
from fund.queries.advances import with_open

OPEN = "open"


class AdvanceFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, state, project and sub-fund."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(OPEN, _("Open with the partner")), *DisbursementState.choices],
        method="filter_state",
        empty_label=_("Any"),
    )
    project = django_filters.ChoiceFilter(
        label=_("Project"),
        choices=named_project_choices,
        field_name="lines__project__code",
        distinct=True,
        empty_label=_("Any"),
    )
    fund = django_filters.ChoiceFilter(
        label=_("Sub-fund"), choices=all_fund_choices, field_name="lines__fund", distinct=True, empty_label=_("Any")
    )

    class Meta:
        model = Advance
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Advance], name: str, value: Any) -> QuerySet[Advance]:
        of_partner = Q(partner__name__icontains=value) | Q(partner__code__icontains=value)
        return queryset.filter(Q(number__icontains=value) | of_partner | Q(note__icontains=value))

    def filter_state(self, queryset: QuerySet[Advance], name: str, value: Any) -> QuerySet[Any]:
        return with_open(queryset).filter(is_open=True) if value == OPEN else queryset.filter(state=value)
