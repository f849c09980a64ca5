"""How the list of payees is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.models import Payee


class PayeeFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)

    class Meta:
        model = Payee
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Payee], name: str, value: Any) -> QuerySet[Payee]:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value))
