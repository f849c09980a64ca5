"""Contracts let for projects: money of sub-funds that is reserved and not spent."""

from django.db import models

from fund.models.base import Document, money_field
from fund.models.disbursements import Category
from fund.models.payees import Payee
from fund.models.projects import Project


class Obligation(Document):
    """A contract let or an order placed for a project, in the functional currency.

    What of it is open is the ledger's: payments that name it and cancellations take it off.
    """

    PREFIX = "OBL"
    ROUTE = "obligation"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="obligations")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="obligations")
    purpose = models.CharField(max_length=200)
    category = models.CharField(max_length=20, choices=Category)
    let_on = models.DateField()
    ends_on = models.DateField()
    amount = money_field()

    class Meta:
        ordering = ("-let_on", "-number")
        indexes = (models.Index(fields=("let_on", "number"), name="obligation_by_day"),)


class ObligationLine(models.Model):
    """What an obligation reserves of one sub-fund. `reference` (OBL-2026-0001/1) is on its postings."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=30, unique=True)
    fund = models.CharField(max_length=20)
    amount = money_field()

    class Meta:
        ordering = ("obligation", "position")
        constraints = (
            models.UniqueConstraint(fields=("obligation", "position"), name="obligation_line_position_once"),
            models.UniqueConstraint(fields=("obligation", "fund"), name="fund_once_per_obligation"),
        )

    def __str__(self) -> str:
        return self.reference


class ObligationCancellation(models.Model):
    """What of a line will not be paid, and why. Lines that one act cancels have one `position`, counted from 1."""

    line = models.ForeignKey(ObligationLine, on_delete=models.PROTECT, related_name="cancellations")
    position = models.PositiveSmallIntegerField()
    cancelled_on = models.DateField()
    amount = money_field()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ("position", "line")
        constraints = (models.UniqueConstraint(fields=("line", "position"), name="line_once_per_cancellation"),)

    def __str__(self) -> str:
        return f"{self.line} {self.position}"
