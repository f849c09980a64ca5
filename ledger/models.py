"""The journal's tables. Entries, postings and links are append-only: triggers of the database refuse the rest.

A foreign key has no index of its own where another one begins with its column.
"""

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

# SQLite turns a sum that leaves 63 bits into a float without a word; a balance stops well before.
LARGEST_BALANCE = 10**18


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
    year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="entries", db_index=False)
    sequence = models.PositiveIntegerField()
    dated_on = models.DateField()
    kind = models.CharField(max_length=LONGEST_KIND)
    payee = models.CharField(max_length=LONGEST_PAYEE, blank=True)
    narration = models.CharField(max_length=LONGEST_NARRATION)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals", db_index=False)
    text = models.TextField()
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    posted_at = models.DateTimeField()
    posted_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(fields=("year", "sequence"), name="entry_sequence_once_per_year"),
            # Of the few that are reversals: an index of all, most of them null, is one that SQLite would not use.
            models.UniqueConstraint(
                fields=("reverses",), name="entry_reversed_once", condition=Q(reverses__isnull=False)
            ),
        )
        indexes = (models.Index(fields=("dated_on", "id"), name="entry_by_date"),)

    def __str__(self) -> str:
        return self.number

    @property
    def reversed_by(self) -> "Entry | None":
        """The entry that reverses this one."""
        return next(iter(self.reversals.all()), None)


class Link(models.Model):
    """A document that an entry belongs to; `position` 0 is the document that caused it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="links", db_index=False)
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

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    line = models.PositiveSmallIntegerField()
    dated_on = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    fund = models.CharField(max_length=LONGEST_CODE)
    project = models.CharField(max_length=LONGEST_CODE, blank=True)
    instalment = models.CharField(max_length=LONGEST_CODE, blank=True)
    party = models.CharField(max_length=LONGEST_CODE, blank=True)
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


class Balance(models.Model):
    """What adds up: an account, a sub-fund, a kind of event, a party and a currency. Its figures are DayBalances."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    fund = models.CharField(max_length=LONGEST_CODE)
    kind = models.CharField(max_length=LONGEST_KIND)
    party = models.CharField(max_length=LONGEST_CODE, blank=True)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ("account", "fund", "kind", "party", "currency")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "fund", "kind", "party", "currency"),
                name="balance_once_per_key",
            ),
        )
        indexes = (models.Index(fields=("fund",), name="balance_by_fund"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.fund} {self.kind}"


class DayBalance(models.Model):
    """What a balance has come to at the end of a day on which it moved: all of its postings up to and with that day.

    `amount` is in minor units of the balance's currency, debit positive; `debit` and `credit` are in minor units of
    the functional currency, not negative.
    """

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    amount = models.BigIntegerField()
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()

    class Meta:
        ordering = ("balance", "day")
        constraints = (
            models.UniqueConstraint(fields=("balance", "day"), name="day_balance_once_per_day"),
            models.CheckConstraint(
                condition=Q(
                    amount__range=(-LARGEST_BALANCE, LARGEST_BALANCE),
                    debit__range=(0, LARGEST_BALANCE),
                    credit__range=(0, LARGEST_BALANCE),
                ),
                name="day_balance_is_exact",
            ),
        )

    def __str__(self) -> str:
        return f"{self.balance_id} {self.day}"


class OpenItem(models.Model):
    """What the postings of an instalment add up to on an account: zero when it is settled."""

    instalment = models.CharField(max_length=LONGEST_CODE)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    functional = models.BigIntegerField()

    class Meta:
        ordering = ("instalment", "account", "currency")
        constraints = (
            models.UniqueConstraint(fields=("instalment", "account", "currency"), name="open_item_once_per_key"),
            models.CheckConstraint(
                condition=Q(
                    amount__range=(-LARGEST_BALANCE, LARGEST_BALANCE),
                    functional__range=(-LARGEST_BALANCE, LARGEST_BALANCE),
                ),
                name="open_item_is_exact",
            ),
        )
        indexes = (models.Index(fields=("account",), name="open_item_not_settled", condition=~Q(amount=0)),)

    def __str__(self) -> str:
        return f"{self.instalment} {self.account_id}"


class Closing(models.Model):
    """A month or a fiscal year that takes no more entries, and what was seen when it was closed.

    `entries`, `debit` and `credit` (minor units of the functional currency) are those dated in the period; `place`,
    `head` and `sha256` name the newest entry of the whole chain. An empty `head` is that of a book without entries.
    """

    period = models.CharField(max_length=7, unique=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    entries = models.PositiveBigIntegerField()
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()
    place = models.PositiveBigIntegerField()
    head = models.CharField(max_length=LONGEST_NUMBER, blank=True)
    sha256 = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=LONGEST_NAME)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("ends_on",), name="closing_by_end"),)

    def __str__(self) -> str:
        return self.period
