"""The journal's tables. Entries, postings and links are append-only: triggers of the database refuse the rest."""

from django.db import models
from django.db.models import Q

from ledger.accounts import LONGEST as LONGEST_ACCOUNT
from ledger.entries import (
    LONGEST_CODE,
    LONGEST_KIND,
    LONGEST_NAME,
    LONGEST_NARRATION,
    LONGEST_NUMBER,
    LONGEST_PAYEE,
)

# SQLite turns a sum that leaves 63 bits into a float without a word; a total stops well before.
LARGEST_TOTAL = 10**18


class FiscalYear(models.Model):
    """A calendar year that takes entries."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        ordering = ("year",)

    def __str__(self) -> str:
        return str(self.year)


class Account(models.Model):
    """An account, open from the day the books begin. An empty currency takes any."""

    name = models.CharField(max_length=LONGEST_ACCOUNT, unique=True)
    currency = models.CharField(max_length=3, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """An entry as it was posted: the Beancount text and what was parsed out of it.

    `id` is the place in the chain, from 1 without gaps; `sequence` counts within the fiscal year; `sha256` covers the
    hash before and the text.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=LONGEST_NUMBER, unique=True)
    year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField()
    dated_on = models.DateField()
    kind = models.CharField(max_length=LONGEST_KIND)
    payee = models.CharField(max_length=LONGEST_PAYEE, blank=True)
    narration = models.CharField(max_length=LONGEST_NARRATION)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    text = models.TextField()
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    posted_at = models.DateTimeField()
    posted_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "entries"
        constraints = (models.UniqueConstraint(fields=("year", "sequence"), name="entry_sequence_once_per_year"),)
        indexes = (models.Index(fields=("dated_on", "id"), name="entry_by_date"),)

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """A document that an entry belongs to; `position` 0 is the document that caused it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="links")
    position = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=LONGEST_CODE)

    class Meta:
        ordering = ("entry", "position")
        constraints = (models.UniqueConstraint(fields=("entry", "document"), name="link_once_per_entry"),)
        indexes = (models.Index(fields=("document", "entry"), name="link_by_document"),)

    def __str__(self) -> str:
        return self.document


class Posting(models.Model):
    """A leg of an entry. Amounts are integers in minor units, debit positive."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    line = models.PositiveSmallIntegerField()
    dated_on = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    fund = models.CharField(max_length=LONGEST_CODE)
    project = models.CharField(max_length=LONGEST_CODE, blank=True)
    instalment = models.CharField(max_length=LONGEST_CODE, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    functional = models.BigIntegerField()

    class Meta:
        ordering = ("entry", "line")
        constraints = (models.UniqueConstraint(fields=("entry", "line"), name="posting_line_once"),)
        indexes = (
            models.Index(fields=("account", "dated_on", "entry"), name="posting_by_account"),
            models.Index(fields=("fund", "dated_on"), name="posting_by_fund"),
            models.Index(
                fields=("instalment",),
                name="posting_by_instalment",
                condition=~Q(instalment=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.line}"


class MonthTotal(models.Model):
    """What one month's postings add up to, for one account, sub-fund, kind of event and currency.

    `functional` is `debit` less `credit`, both in minor units of the functional currency and not negative.
    """

    month = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fund = models.CharField(max_length=LONGEST_CODE)
    kind = models.CharField(max_length=LONGEST_KIND)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    functional = models.BigIntegerField()
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()

    class Meta:
        ordering = ("month", "account", "fund", "kind", "currency")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "fund", "kind", "currency", "month"),
                name="month_total_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__range=(-LARGEST_TOTAL, LARGEST_TOTAL),
                    debit__range=(0, LARGEST_TOTAL),
                    credit__range=(0, LARGEST_TOTAL),
                ),
                name="month_total_is_exact",
            ),
        )
        indexes = (models.Index(fields=("fund", "month"), name="month_total_by_fund"),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.account_id} {self.fund}"
