"""How the lists of runs and bank events are narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import named_bank_account_choices
from fund.forms.fields import date_input


class RecordFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By number and day."""

    q = django_filters.CharFilter(label=_("Number"), field_name="number", lookup_expr="icontains", max_length=20)
    since = django_filters.DateFilter(label=_("From"), field_name="dated_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="dated_on", lookup_expr="lte", widget=date_input())


class StatementFilter(RecordFilter):
    """By bank account, too."""

    bank_account = django_filters.ChoiceFilter(
        label=_("Bank account"),
        choices=named_bank_account_choices,
        field_name="bank_account__code",
        empty_label=_("Any"),
    )
