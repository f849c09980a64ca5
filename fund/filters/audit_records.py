"""How the audit trail is narrowed."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import date_input
from fund.models import AuditRecord


def people(request: object) -> QuerySet[User]:
    """Who did something."""
    return User.objects.filter(Exists(AuditRecord.objects.filter(user=OuterRef("pk")))).order_by("username")


def acts() -> Iterable[tuple[str, str]]:
    """What was done, each act once."""
    found = AuditRecord.objects.order_by("act").values_list("act", flat=True).distinct()
    return [(act, capfirst(act)) for act in found]


def _said(value: str) -> Q:
    """For what was said of an act: its document, its detail, what it changed."""
    names = ("subject", "detail", "before", "after")
    return reduce(or_, (Q(**{f"{name}__icontains": value}) for name in names))


class AuditRecordFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By words, person, act and day."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_words", max_length=100)
    user = django_filters.ModelChoiceFilter(
        label=_("Person"), queryset=people, to_field_name="username", empty_label=_("Anybody")
    )
    act = django_filters.ChoiceFilter(label=_("Act"), choices=acts, empty_label=_("Any"))
    since = django_filters.DateFilter(label=_("From"), field_name="at", lookup_expr="date__gte", widget=date_input())
    until = django_filters.DateFilter(label=_("To"), field_name="at", lookup_expr="date__lte", widget=date_input())

    class Meta:
        model = AuditRecord
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet[AuditRecord], name: str, value: Any) -> QuerySet[AuditRecord]:
        return queryset.filter(_said(value))
