"""How the list of disbursements is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import all_fund_choices, named_project_choices
from fund.forms.fields import date_input
from fund.models import Disbursement, DisbursementState


class DisbursementFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, state, project, sub-fund and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    state = django_filters.ChoiceFilter(label=_("State"), choices=DisbursementState.choices, empty_label=_("Any"))
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
    since = django_filters.DateFilter(label=_("From"), field_name="paid_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="paid_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Disbursement
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Disbursement], name: str, value: Any) -> QuerySet[Disbursement]:
        return queryset.filter(Q(number__icontains=value) | Q(payee__name__icontains=value) | Q(note__icontains=value))
