"""How the list of receipts is narrowed."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import bank_account_choices
from fund.forms.donors import named_donor_choices
from fund.forms.fields import date_input
from fund.models import Identity, Receipt
from fund.queries.receipts import of_donor, standing_parts

STATES = (
    ("posted", _("Posted")),
    ("unapplied", _("With an unapplied rest")),
    ("gift", _("Gifts")),
    ("open", _("Not identified")),
    ("returned", _("Returned")),
    ("reversed", _("Reversed")),
)


class ReceiptFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, donor, bank account, state and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    donor = django_filters.ChoiceFilter(
        label=_("Donor"), choices=named_donor_choices, method="filter_donor", empty_label=_("Any")
    )
    bank_account = django_filters.ChoiceFilter(
        label=_("Bank account"),
        choices=lambda: bank_account_choices()[1:],
        field_name="bank_account__code",
        empty_label=_("Any"),
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="filter_state", empty_label=_("Any"))
    since = django_filters.DateFilter(label=_("From"), field_name="received_on", lookup_expr="gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="received_on", lookup_expr="lte", widget=date_input())

    class Meta:
        model = Receipt
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[Receipt], name: str, value: Any) -> QuerySet[Receipt]:
        """A bank's reference is found however its blanks and capitals are typed."""
        donor = Q(donor__code__icontains=value) | Q(donor__name__icontains=value)
        agreement = Q(agreement__number__icontains=value) | Q(agreement__reference__icontains=value)
        bank = Q(reference__icontains="".join(value.split()))
        words = Q(number__icontains=value) | Q(note__icontains=value) | bank
        part = donor | Q(instalment__reference__icontains=value)
        parts = standing_parts().filter(part, receipt=OuterRef("pk"))
        return queryset.filter(words | donor | agreement | Q(Exists(parts)))

    def filter_donor(self, queryset: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        """Also the receipts with a part of the donor's."""
        return queryset.filter(of_donor(value))

    def filter_state(self, queryset: QuerySet[Receipt], name: str, value: Any) -> QuerySet[Receipt]:
        if value == "reversed":
            return queryset.exclude(reversed_on=None)
        standing = queryset.filter(reversed_on=None)
        if value in (Identity.OPEN, Identity.RETURNED):
            return standing.filter(identity=value)
        if value == "gift":
            gifts = standing_parts().filter(receipt=OuterRef("pk"), instalment=None)
            return standing.filter(Q(donor__isnull=False, agreement=None) | Q(Exists(gifts)))
        over = standing_parts().filter(receipt=OuterRef("pk"), excess__gt=0)
        return standing.filter(Q(excess__gt=0) | Q(Exists(over))) if value == "unapplied" else standing
