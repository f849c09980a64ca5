"""How the list of opened books is narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.models import OpenedBook, OpeningMode


class OpenedBookFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, and by how much of the book was opened."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    mode = django_filters.ChoiceFilter(label=_("Opened"), choices=OpeningMode.choices, empty_label=_("Any"))

    class Meta:
        model = OpenedBook
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[OpenedBook], name: str, value: Any) -> QuerySet[OpenedBook]:
        return queryset.filter(Q(number__icontains=value) | Q(file_name__icontains=value) | Q(sha256__iexact=value))
