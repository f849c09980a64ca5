"""How the list of exchange rates is narrowed."""

from collections.abc import Iterable

import django_filters
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import date_input
from fund.models import ExchangeRate


def rated_currencies() -> Iterable[tuple[str, str]]:
    """The currencies that have a rate."""
    found = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(currency, currency) for currency in found]


class RateFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By currency and day."""

    currency = django_filters.ChoiceFilter(label=_("Currency"), choices=rated_currencies, empty_label=_("Any"))
    since = django_filters.DateFilter(
        label=_("From"), field_name="effective_on", lookup_expr="gte", widget=date_input()
    )
    until = django_filters.DateFilter(label=_("To"), field_name="effective_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = ExchangeRate
        fields: list[str] = []
