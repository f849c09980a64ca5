"""How the list of pledges is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.donors import named_donor_choices
from fund.forms.fields import date_input
from fund.models import Pledge

OPEN, PAST, SIGNED, WITHDRAWN, LAPSED = "open", "past", "signed", "withdrawn", "lapsed"
STATES = (
    (OPEN, _("Open")),
    (PAST, _("Past its day")),
    (SIGNED, _("Signed")),
    (WITHDRAWN, _("Withdrawn")),
    (LAPSED, _("Lapsed")),
)


class PledgeFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, donor, state and day; of pledges with what of them is open."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    donor = django_filters.ChoiceFilter(
        label=_("Donor"), choices=named_donor_choices, field_name="donor__code", empty_label=_("Any")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="filter_state", empty_label=_("Any"))
    since = django_filters.DateFilter(
        label=_("From"), field_name="announced_on", lookup_expr="gte", widget=date_input()
    )
    until = django_filters.DateFilter(label=_("To"), field_name="announced_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Pledge
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Pledge], name: str, value: Any) -> QuerySet[Pledge]:
        donor = Q(donor__code__icontains=value) | Q(donor__name__icontains=value)
        return queryset.filter(Q(number__icontains=value) | Q(note__icontains=value) | donor)

    def filter_state(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if value == WITHDRAWN:
            return queryset.exclude(withdrawn_on=None)
        if value == LAPSED:
            return queryset.exclude(lapsed_on=None)
        standing = queryset.filter(withdrawn_on=None, lapsed_on=None)
        if value == PAST:
            return standing.filter(is_past=True, open__gt=0)
        return standing.filter(open__gt=0) if value == OPEN else standing.exclude(open__gt=0)
