"""What the end of a period and the banks bring: runs, interest, charges, transfers, and what comes in kind.

A run is of a month: its number is `REV-2026-06`, and that of a second one of the same month `REV-2026-06-2`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.models.base import Decided, Document, money_field
from fund.models.changes import Remembers
from fund.models.disbursements import DisbursementState
from fund.models.donors import Donor
from fund.models.projects import Project
from fund.models.treasury import BankAccount


class Revaluation(Document):
    """[20] Money items in other currencies at the closing rates of a month's last day."""

    PREFIX = "REV"
    ROUTE = "revaluation"

    dated_on = models.DateField()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")


class RevaluationLine(models.Model):
    """One item: its amount, debit positive, the rate, and what it was carried at before and after (functional)."""

    run = models.ForeignKey(Revaluation, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=120)
    fund = models.CharField(max_length=20)
    instalment = models.CharField(max_length=30, blank=True)
    amount = money_field()
    rate = models.DecimalField(max_digits=15, decimal_places=8)
    before = money_field()
    after = money_field()

    def __str__(self) -> str:
        return f"{self.run} {self.account} {self.fund} {self.instalment}"


class RecoveryBase(models.TextChoices):
    """What indirect cost is a part of."""

    EXPENDITURE = "expenditure", _("Expenditure")
    RECEIPT = "receipt", _("Receipts")


class RecoveryTerms(Remembers):
    """The indirect cost that a sub-fund bears from a day on, until other terms begin. They are never changed.

    `rate` is in per cent of the base. The first `exempt` of the base is free; no more than `ceiling` is charged in all,
    or any amount where it is 0. What earlier terms charged or left free stays so.
    """

    fund = models.CharField(max_length=20)
    starts_on = models.DateField()
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    base = models.CharField(max_length=12, choices=RecoveryBase)
    exempt = money_field()
    ceiling = money_field()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("fund", "starts_on")
        constraints = (models.UniqueConstraint(fields=("fund", "starts_on"), name="recovery_terms_once_per_day"),)

    def __str__(self) -> str:
        return self.fund


class Recovery(Document):
    """[15] Indirect cost of a month and of what was not charged before it."""

    PREFIX = "ICR"
    ROUTE = "recovery"

    dated_on = models.DateField()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")
        verbose_name_plural = "recoveries"


class RecoveryLine(models.Model):
    """What a project is charged out of a sub-fund: `due` is all of it up to the day, `amount` what was still lacking.

    A negative amount is given back. All functional.
    """

    run = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    due = money_field()
    amount = money_field()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "fund", "project"), name="project_once_per_recovery"),)

    def __str__(self) -> str:
        return f"{self.run} {self.fund} {self.project_id}"


class SecretariatPayment(Decided):
    """What is due to the Secretariat, prepared by one person and paid when another approves it."""

    PREFIX = "SEC"
    ROUTE = "secretariat-payment"
    DAY = "dated_on"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    dated_on = models.DateField()
    amount = money_field()
    state = models.CharField(max_length=10, choices=DisbursementState, default=DisbursementState.PREPARED)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("-dated_on", "-number")

    @property
    def subject(self) -> str:
        return str(_("The Secretariat"))


class Interest(Document):
    """[19] What a bank paid for a month, shared among the sub-funds by their average daily balances."""

    PREFIX = "INT"
    ROUTE = "interest"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    dated_on = models.DateField()
    amount = money_field()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-month", "-number")
        verbose_name_plural = "interest"
        constraints = (
            models.UniqueConstraint(
                fields=("bank_account", "month"),
                condition=Q(reversed_on=None),
                name="interest_once_per_account_and_month",
            ),
        )


class InterestLine(models.Model):
    """A sub-fund's share. `balance_days` adds up its balance at the end of each day, in minor units."""

    run = models.ForeignKey(Interest, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=20)
    balance_days = models.BigIntegerField()
    amount = money_field()

    def __str__(self) -> str:
        return f"{self.run} {self.fund}"


class NoInterest(models.Model):
    """That a bank paid no interest for a month, and who says so."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("bank_account", "month"), name="no_interest_once_per_account_and_month"),
        )

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.month:%Y-%m}"


class FundLine(models.Model):
    """A sub-fund's part of a document, in the currency of the document's amount."""

    fund = models.CharField(max_length=20)
    amount = money_field()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.fund


class SecretariatPaymentLine(FundLine):
    """What is paid of one sub-fund's debt."""

    run = models.ForeignKey(SecretariatPayment, on_delete=models.PROTECT, related_name="lines")


class BankCharge(Document):
    """What a bank took by itself out of an account."""

    PREFIX = "BCH"
    ROUTE = "bank-charge"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    dated_on = models.DateField()
    amount = money_field()
    description = models.CharField(max_length=200)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")


class BankChargeLine(FundLine):
    """What a charge takes of one sub-fund."""

    run = models.ForeignKey(BankCharge, on_delete=models.PROTECT, related_name="lines")


class Transfer(Document):
    """Money that went from one account of the fund to another.

    `amount` left the source, `charges` of it were kept by banks, both in its currency; `arrived` is in the target's.
    """

    PREFIX = "TRF"
    ROUTE = "transfer"

    source = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    dated_on = models.DateField()
    amount = money_field()
    charges = money_field()
    arrived = money_field()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")
        constraints = (models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_between_two_accounts"),)


class TransferLine(FundLine):
    """A sub-fund's part of what left and of what arrived."""

    run = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    arrived = money_field()


class InKind(Document):
    """[24] Goods or services that a donor gave for a project, at fair value: no cash."""

    PREFIX = "INK"
    ROUTE = "in-kind"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="in_kind")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="in_kind")
    dated_on = models.DateField()
    amount = money_field()
    description = models.CharField(max_length=200)
    measurement = models.CharField(max_length=300)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")
        verbose_name = "in-kind contribution"


# Every kind of document here.
RUNS: tuple[type[Document], ...] = (
    Revaluation,
    Recovery,
    Interest,
    BankCharge,
    Transfer,
    InKind,
    SecretariatPayment,
)
