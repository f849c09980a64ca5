"""How the list of letters is narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from fund.forms.donors import named_donor_choices
from fund.forms.fields import date_input
from fund.models import Letter


class LetterFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By donor and day."""

    donor = django_filters.ChoiceFilter(
        label=_("Donor"), choices=named_donor_choices, field_name="donor__code", empty_label=_("Any")
    )
    since = django_filters.DateFilter(label=_("From"), field_name="sent_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="sent_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Letter
        fields: list[str] = []
