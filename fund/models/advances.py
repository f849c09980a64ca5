"""Money sent to implementing partners: an asset until they report what they spent, or send it back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.agreement_changes import part_url
from fund.models.base import Decided, Document, money_field
from fund.models.disbursements import Category, DisbursementState
from fund.models.payees import Payee
from fund.models.projects import Project
from fund.models.treasury import BankAccount


class Advance(Decided):
    """Money sent to a partner out of one bank account, for projects, out of sub-funds line by line.

    What of it is open is the ledger's: reports that were accepted and what came back take it off.
    """

    PREFIX = "ADV"
    ROUTE = "advance"
    DAY = "paid_on"

    partner = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="advances")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="advances")
    paid_on = models.DateField()
    amount = money_field()
    state = models.CharField(
        max_length=10, choices=DisbursementState, default=DisbursementState.PREPARED, editable=False
    )
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("-paid_on", "-number")
        indexes = (models.Index(fields=("paid_on", "number"), name="advance_by_day"),)

    @property
    def subject(self) -> str:
        return str(self.partner)


class AdvanceLine(models.Model):
    """What an advance takes of one sub-fund for one project. `reference` (ADV-2026-0001/1) is on its postings."""

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=30, unique=True)
    fund = models.CharField(max_length=20)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="advance_lines")
    amount = money_field()

    class Meta:
        ordering = ("advance", "position")
        constraints = (
            models.UniqueConstraint(fields=("advance", "position"), name="advance_line_position_once"),
            # One line for a sub-fund and project, so that a posting's sub-fund and project say whose it is.
            models.UniqueConstraint(fields=("advance", "fund", "project"), name="fund_and_project_once_per_advance"),
        )

    def __str__(self) -> str:
        return self.reference


class ReportState(models.TextChoices):
    """A report is recorded by one person and reviewed by another."""

    PREPARED = "prepared", _("Awaiting review")
    APPROVED = "approved", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    REVERSED = "reversed", _("Reversed")


class AdvanceReport(Decided):
    """What a partner certifies to have spent of an advance; numbered within it (`ADV-2026-0001/R1`).

    `amount` is what it reports; what of it was accepted stands on the lines.
    """

    PREFIX = "ADV"
    ROUTE = "advance-report"
    DAY = "reported_on"

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="reports")
    position = models.PositiveSmallIntegerField()
    reported_on = models.DateField()
    certified_by = models.CharField(max_length=200)
    amount = money_field()
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.PREPARED, editable=False)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("advance", "position")
        constraints = (  # more of them than the base has
            *Decided.Meta.constraints,
            models.UniqueConstraint(fields=("advance", "position"), name="advance_report_position_once"),
        )

    def get_absolute_url(self) -> str:
        """The report's own page, beneath its advance's."""
        return part_url(self, self.position)

    @property
    def subject(self) -> str:
        return str(self.advance.partner)


class AdvanceReportLine(models.Model):
    """What a report says was spent of a line of the advance in one category, in the advance's currency.

    `accepted` of it is expense, zero until it is reviewed; the rest is questioned, and `question` says why.
    """

    report = models.ForeignKey(AdvanceReport, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(AdvanceLine, on_delete=models.PROTECT, related_name="report_lines")
    category = models.CharField(max_length=20, choices=Category)
    amount = money_field()
    accepted = money_field()
    question = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("report", "line", "category"), name="category_once_per_report_line"),
        )

    def __str__(self) -> str:
        return f"{self.report} {self.line} {self.category}"


class AdvanceReturn(Document):
    """What of an advance a partner sent back, into a bank account of its currency (`ADV-2026-0001/U1`)."""

    PREFIX = "ADV"
    ROUTE = "advance-return"

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="returns")
    position = models.PositiveSmallIntegerField()
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="advance_returns")
    received_on = models.DateField()
    reference = models.CharField(max_length=60)
    amount = money_field()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("advance", "position")
        constraints = (
            models.UniqueConstraint(fields=("advance", "position"), name="advance_return_position_once"),
            models.UniqueConstraint(
                fields=("bank_account", "reference"),
                condition=models.Q(reversed_on=None),
                name="advance_return_reference_once",
            ),
        )

    def get_absolute_url(self) -> str:
        """The return's own page, beneath its advance's."""
        return part_url(self, self.position)


class AdvanceReturnLine(models.Model):
    """What of a line of an advance came back, in the advance's currency."""

    of = models.ForeignKey(AdvanceReturn, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(AdvanceLine, on_delete=models.PROTECT, related_name="return_lines")
    amount = money_field()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("of", "line"), name="advance_line_once_per_return"),)

    def __str__(self) -> str:
        return f"{self.of} {self.line}"
