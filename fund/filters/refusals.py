"""How the refusals are narrowed."""

from typing import Any

import django_filters
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import date_input
from fund.models import Refusal


def people(request: object) -> QuerySet[User]:
    """Who was refused something."""
    return User.objects.filter(Exists(Refusal.objects.filter(user=OuterRef("pk")))).order_by("username")


class RefusalFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, person and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    user = django_filters.ModelChoiceFilter(
        label=_("Person"), queryset=people, to_field_name="username", empty_label=_("Anybody")
    )
    since = django_filters.DateFilter(label=_("From"), field_name="at", lookup_expr="date__gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="at", lookup_expr="date__lte", widget=date_input())

    class Meta:
        model = Refusal
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Refusal], name: str, value: Any) -> QuerySet[Refusal]:
        found = Q(subject__icontains=value) | Q(message__icontains=value) | Q(place__icontains=value)
        return queryset.filter(found)
