"""What every document of the fund has."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from djmoney.models.fields import MoneyField


def money_field(**options: Any) -> MoneyField:
    """A money field of a document. Never summed in SQL: SQLite would add floats. Totals come from the ledger."""
    return MoneyField(max_digits=15, decimal_places=3, default_currency=None, **options)


class Document(models.Model):
    """A numbered document that caused entries, or will.

    `number` is without gaps within its kind and year (`RCT-2026-0001`) and is the link of its entries.
    """

    PREFIX: ClassVar[str]
    ROUTE: ClassVar[str]

    number = models.CharField(max_length=20, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The document's own page."""
        return reverse(f"fund:{self.ROUTE}", args=[self.number])


class NumberSeries(models.Model):
    """The last number given out, for one kind of document and year. Read and written under the book's lock."""

    prefix = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = (models.UniqueConstraint(fields=("prefix", "year"), name="series_once_per_year"),)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:04d}"
