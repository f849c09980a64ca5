"""How the journal and an account's register are narrowed."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.accounts import book_choices
from fund.forms.fields import date_input
from fund.queries.entries import EVENTS
from ledger.queries import all_accounts, entries_of, postings


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words or a document's number, kind, account and sub-fund of a posting, and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=list(EVENTS.items()), empty_label=_("Any"))
    account = django_filters.CharFilter(label=_("Account"), method="keep", max_length=120)
    fund = django_filters.ChoiceFilter(label=_("Sub-fund"), choices=book_choices, method="keep", empty_label=_("Any"))
    since = django_filters.DateFilter(label=_("From"), field_name="dated_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="dated_on", lookup_expr="lte", widget=date_input())

    def keep(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Account and sub-fund are of one posting: `filter_queryset` takes them together."""
        return queryset

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter_queryset(queryset)
        account, fund = (self.form.cleaned_data.get(name) for name in ("account", "fund"))
        if not account and not fund:
            return found
        legs = postings().order_by()
        if account:
            legs = legs.filter(account__in=all_accounts().filter(name__icontains=account).order_by())
        if fund:
            legs = legs.filter(fund=fund)
        # A list of entries and no condition on each: that one takes minutes to count.
        return found.filter(pk__in=legs.values("entry"))

    def filter_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        words = Q(number__icontains=value) | Q(payee__icontains=value) | Q(narration__icontains=value)
        return queryset.filter(words | Q(pk__in=entries_of(value.upper()).order_by().values("pk")))


class RegisterFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By sub-fund and day."""

    fund = django_filters.ChoiceFilter(label=_("Sub-fund"), choices=book_choices, empty_label=_("Any"))
    since = django_filters.DateFilter(label=_("From"), field_name="dated_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="dated_on", lookup_expr="lte", widget=date_input())
