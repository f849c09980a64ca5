"""How the list of donors is narrowed."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.countries import country_names
from fund.models import Donor, DonorClass


def countries_of_donors() -> Iterable[tuple[str, str]]:
    """The countries that donors are of, by name."""
    used = set(Donor.objects.values_list("country", flat=True))
    return [(code, name) for code, name in country_names().items() if code in used]


class DonorFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, class and country."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    donor_class = django_filters.ChoiceFilter(label=_("Class"), choices=DonorClass.choices, empty_label=_("Any"))
    country = django_filters.ChoiceFilter(label=_("Country"), choices=countries_of_donors, empty_label=_("Any"))

    class Meta:
        model = Donor
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Donor], name: str, value: Any) -> QuerySet[Donor]:
        return queryset.filter(Q(code__icontains=value) | Q(name__icontains=value))
