"""What corrects the books, each prepared by one person and approved by another."""

from django.db import models

from fund.models.base import Decided, money_field
from fund.models.contributions import Agreement, Instalment
from fund.models.projects import Project
from fund.models.treasury import BankAccount
from fund.money import to_amount


class Correction(Decided):
    """What the three have: the day of their entry, why, and when it was reversed. `grounds` say why it is made."""

    DAY = "dated_on"

    dated_on = models.DateField()
    amount = money_field()
    grounds = models.CharField(max_length=300)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        abstract = True
        ordering = ("-dated_on", "-number")

    @property
    def subject(self) -> str:
        return self.grounds


class WriteOff(Correction):
    """[22] What of an agreement's instalments will not be paid, in the agreement's currency."""

    PREFIX = "WOF"
    ROUTE = "write-off"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="write_offs")

    class Meta(Correction.Meta):
        verbose_name = "write-off"

    @property
    def subject(self) -> str:
        return f"{self.agreement}: {self.grounds}"


class WriteOffLine(models.Model):
    """What is written off one instalment."""

    write_off = models.ForeignKey(WriteOff, on_delete=models.PROTECT, related_name="lines")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="+")
    amount = money_field()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("write_off", "instalment"), name="instalment_once_per_write_off"),
        )

    def __str__(self) -> str:
        return f"{self.write_off} {self.instalment}"


class Refund(Correction):
    """[25] What a donor gets back, on the donor's word: of what an agreement's sub-fund has left, or unapplied.

    `source` is the instalment beyond which the unapplied money came; none where it is unspent money. `paid` left the
    bank account on `paid_on`, in the account's currency.
    """

    PREFIX = "RFD"
    ROUTE = "refund"
    LINES = ""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="refunds")
    source = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    word = models.CharField(max_length=60)
    word_on = models.DateField()
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, editable=False, related_name="refunds"
    )
    paid = money_field(null=True, editable=False)
    paid_on = models.DateField(null=True, editable=False)

    @property
    def subject(self) -> str:
        return f"{self.agreement.donor}: {self.grounds}"


class ManualEntry(Correction):
    """What nobody foresaw: the lines of an entry as they are posted. `amount` adds up its debits, functional."""

    PREFIX = "MAN"
    ROUTE = "manual-entry"

    class Meta(Correction.Meta):
        verbose_name = "manual entry"
        verbose_name_plural = "manual entries"


class ManualLine(models.Model):
    """One posting, debit positive: `amount` in the account's currency, `functional` in the functional one."""

    entry = models.ForeignKey(ManualEntry, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    account = models.CharField(max_length=120)
    fund = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = money_field()
    functional = money_field()

    class Meta:
        ordering = ("entry", "position")
        constraints = (models.UniqueConstraint(fields=("entry", "position"), name="manual_line_position_once"),)

    def __str__(self) -> str:
        return f"{self.entry} {self.position}"

    @property
    def carried(self) -> int:
        """`functional` in minor units."""
        return to_amount(self.functional).minor


# Every kind of document here.
CORRECTIONS: tuple[type[Correction], ...] = (WriteOff, Refund, ManualEntry)
