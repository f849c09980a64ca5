"""What every document of the fund has."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from fund.models.changes import Remembers


def money_field(**options: Any) -> MoneyField:
    """A money field of a document. Never summed in SQL: SQLite would add floats. Totals come from the ledger.

    Which currencies there are is ledger.money's to say: choices of 300 here would fill every migration.
    """
    return MoneyField(max_digits=15, decimal_places=3, default_currency=None, currency_choices=None, **options)


class Document(Remembers):
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


def document_kinds() -> list[type[Document]]:
    """Every kind of document."""
    return [model for model in apps.get_models() if issubclass(model, Document)]


class State(models.TextChoices):
    """What became of a document that one person prepares and another decides on."""

    PREPARED = "prepared", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    REVERSED = "reversed", _("Reversed")


class Decided(Document):
    """A document that one person prepares and another approves or rejects; nothing of it is posted before.

    `reason` is why it was rejected, `DAY` the field of the day that its entry is dated, `RELATED` what lists of several
    kinds read of it, `LINES` the name of what it is made of, where it has such.
    """

    DAY: ClassVar[str]
    RELATED: ClassVar[tuple[str, ...]] = ()
    LINES: ClassVar[str] = "lines"

    state = models.CharField(max_length=10, choices=State, default=State.PREPARED, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("created_by")), name="%(class)s_two_persons"
            ),
        )

    @property
    def subject(self) -> str:
        """What it is about in a few words, for who decides: its number, where a kind has nothing better to say."""
        return self.number

    @property
    def kind(self) -> str:
        """What kind of document it is, in words."""
        return str(self._meta.verbose_name)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == State.PREPARED


class Undoing(Decided):
    """A decided document that undoes another one on a day; `grounds` say why. Until it is approved, all of that stands.

    Numbered within it by `position`.
    """

    DAY = "dated_on"
    LINES = ""

    position = models.PositiveSmallIntegerField()
    dated_on = models.DateField()
    grounds = models.CharField(max_length=200)

    class Meta(Decided.Meta):
        abstract = True


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
