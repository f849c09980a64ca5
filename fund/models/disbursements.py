"""Money paid out for projects."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.base import Decided, money_field
from fund.models.payees import Payee
from fund.models.projects import Project
from fund.models.treasury import BankAccount


class Category(models.TextChoices):
    """What money is spent on: the United Nations' harmonised budget categories."""

    PERSONNEL = "Personnel", _("Staff and personnel")
    SUPPLIES = "Supplies", _("Supplies, commodities, materials")
    EQUIPMENT = "Equipment", _("Equipment, vehicles, furniture")
    CONTRACTUAL = "Contractual", _("Contractual services")
    TRAVEL = "Travel", _("Travel")
    TRANSFERS = "Transfers", _("Transfers and grants to counterparts")
    OPERATING = "Operating", _("General operating and other direct costs")


class DisbursementState(models.TextChoices):
    """A disbursement is prepared by one person and paid or rejected by another."""

    PREPARED = "prepared", _("Awaiting approval")
    PAID = "paid", _("Paid")
    REJECTED = "rejected", _("Rejected")
    REVERSED = "reversed", _("Reversed")


class Disbursement(Decided):
    """Money paid out of one bank account for projects, charged to sub-funds line by line."""

    PREFIX = "DSB"
    ROUTE = "disbursement"
    DAY = "paid_on"
    RELATED = ("payee",)

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="disbursements")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="disbursements")
    paid_on = models.DateField()
    amount = money_field()
    state = models.CharField(max_length=10, choices=DisbursementState, default=DisbursementState.PREPARED)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("-paid_on", "-number")
        indexes = (models.Index(fields=("paid_on", "number"), name="disbursement_by_day"),)

    @property
    def subject(self) -> str:
        return str(self.payee)


class DisbursementLine(models.Model):
    """What a disbursement charges to one sub-fund, project and category, in the bank account's currency.

    A line that names an `obligation` is paid out of what that reserved.
    """

    disbursement = models.ForeignKey(Disbursement, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="disbursement_lines")
    category = models.CharField(max_length=20, choices=Category)
    amount = money_field()
    obligation = models.ForeignKey(
        "fund.Obligation", on_delete=models.PROTECT, null=True, blank=True, related_name="disbursement_lines"
    )

    def __str__(self) -> str:
        return f"{self.disbursement} {self.fund} {self.project_id}"
