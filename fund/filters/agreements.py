"""How the list of agreements is narrowed."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.donors import named_donor_choices
from fund.forms.fields import date_input
from fund.models import Agreement, Recognition, State
from fund.queries.agreements import SOON, owes, standing_agreements

STATES = (
    ("prepared", State.PREPARED.label),
    ("rejected", State.REJECTED.label),
    ("overdue", _("Overdue")),
    ("soon", _("Due within 30 days")),
    ("open", _("Something owed")),
    ("settled", _("Settled")),
    ("cancelled", _("Cancelled")),
)
MONEY = (("earmarked", _("Earmarked")), ("pool", _("In the pool")))


class AgreementFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, donor, state, earmark and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    donor = django_filters.ChoiceFilter(
        label=_("Donor"), choices=named_donor_choices, field_name="donor__code", empty_label=_("Any")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="filter_state", empty_label=_("Any"))
    money = django_filters.ChoiceFilter(label=_("Money"), choices=MONEY, method="filter_money", empty_label=_("Any"))
    income = django_filters.ChoiceFilter(
        label=_("Income"), choices=Recognition, field_name="recognition", empty_label=_("Any")
    )
    since = django_filters.DateFilter(label=_("From"), field_name="signed_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="signed_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Agreement
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Agreement], name: str, value: Any) -> QuerySet[Agreement]:
        donor = Q(donor__code__icontains=value) | Q(donor__name__icontains=value)
        named = Q(number__icontains=value) | Q(reference__icontains=value) | Q(pledge__number__iexact=value)
        return queryset.filter(named | donor | Q(note__icontains=value))

    def filter_money(self, queryset: QuerySet[Agreement], name: str, value: Any) -> QuerySet[Agreement]:
        return queryset.filter(earmarked=value == "earmarked")

    def filter_state(self, queryset: QuerySet[Agreement], name: str, value: Any) -> QuerySet[Agreement]:
        if value == "cancelled":
            return queryset.exclude(cancelled_on=None)
        if value in (State.PREPARED, State.REJECTED):
            return queryset.filter(state=value)
        standing, today = queryset & standing_agreements(), timezone.localdate()
        if value == "overdue":
            return standing.filter(owes(until=today - timedelta(days=1)))
        if value == "soon":
            return standing.filter(owes(since=today, until=today + SOON))
        return standing.filter(owes() if value == "open" else ~owes())
