"""From the promise to the money: pledges, agreements with instalments, receipts."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.base import Decided, Document, State, money_field
from fund.models.donors import Donor
from fund.models.projects import Project
from fund.models.treasury import BankAccount
from fund.policy import POOL


class Pledge(Document):
    """A public promise, not binding: memorandum only. `expires_on` is the last day on which it holds."""

    PREFIX = "PLG"
    ROUTE = "pledge"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="pledges")
    announced_on = models.DateField()
    amount = money_field()
    expires_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, editable=False)
    lapsed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-announced_on", "-number")
        indexes = (models.Index(fields=("announced_on", "number"), name="pledge_by_day"),)

    @property
    def ended_on(self) -> date | None:
        """The day on which the donor took it back, or on which it lapsed; None while it stands."""
        return self.withdrawn_on or self.lapsed_on


class Recognition(models.TextChoices):
    """When a contribution becomes income (IPSAS 47)."""

    ON_SIGNATURE = "on_signature", _("On signature")
    AS_CONDITIONS_MET = "as_conditions_met", _("As conditions are met")
    ON_RECEIPT = "on_receipt", _("On receipt")


class Agreement(Decided):
    """A signed, binding commitment in one currency, with instalments. Nothing rests on it before it is approved.

    An earmarked agreement is a sub-fund of its own. Its earmark may be limited to themes (sections of the
    recommendations, by number), to countries, to projects, and to days up to `ends_on`; what is empty limits nothing.
    `reference` is the donor's own. Amounts, due days and `ends_on` are the present ones: amendments hold what was.
    """

    PREFIX = "AGR"
    ROUTE = "agreement"
    DAY = "signed_on"
    RELATED = ("donor",)
    LINES = "instalments"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="agreements")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    reference = models.CharField(max_length=60, blank=True)
    signed_on = models.DateField()
    amount = money_field()
    recognition = models.CharField(max_length=20, choices=Recognition, default=Recognition.ON_SIGNATURE)
    earmarked = models.BooleanField(default=False)
    earmark_projects = models.ManyToManyField(Project, blank=True, related_name="+")
    earmark_themes = models.JSONField(default=list, blank=True)
    earmark_countries = models.JSONField(default=list, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("-signed_on", "-number")
        indexes = (models.Index(fields=("signed_on", "number"), name="agreement_by_day"),)
        constraints = (
            *Decided.Meta.constraints,
            models.UniqueConstraint(
                fields=("reference",),
                condition=~models.Q(reference="") & models.Q(cancelled_on=None) & ~models.Q(state=State.REJECTED),
                name="agreement_reference_once",
            ),
        )

    @property
    def subject(self) -> str:
        return str(self.donor)

    @property
    def is_standing(self) -> bool:
        """Whether it is approved and not cancelled, so that something can rest on it."""
        return self.state == State.APPROVED and not self.cancelled_on

    @property
    def sub_fund(self) -> str:
        """The code of the sub-fund that the agreement's money belongs to."""
        return self.number if self.earmarked else POOL

    @property
    def is_receivable(self) -> bool:
        """Whether what is owed of it is a receivable; of one on receipt it is a memorandum."""
        return self.recognition != Recognition.ON_RECEIPT

    @property
    def is_conditional(self) -> bool:
        """Whether its income is deferred until conditions are met."""
        return self.recognition == Recognition.AS_CONDITIONS_MET


def describe_earmarked(agreement: Agreement) -> str:
    """The projects that an earmark is for, as the agreement's audit record names them; empty where it names none."""
    codes = sorted(project.code for project in agreement.earmark_projects.all())
    return f", for {', '.join(codes)}" if codes else ""


class Instalment(models.Model):
    """One due amount of an agreement, in its currency."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=30, unique=True)
    due_on = models.DateField()
    amount = money_field()

    class Meta:
        ordering = ("agreement", "position")
        constraints = (models.UniqueConstraint(fields=("agreement", "position"), name="instalment_position_once"),)
        indexes = (models.Index(fields=("due_on",), name="instalment_by_due_day"),)

    def __str__(self) -> str:
        return self.reference


class Identity(models.TextChoices):
    """Whether it is known whose money a receipt is: from the first day, not yet, since, or never."""

    KNOWN = "known", _("Known")
    OPEN = "open", _("Not identified")
    IDENTIFIED = "identified", _("Identified")
    RETURNED = "returned", _("Returned")


class Receipt(Document):
    """Money that arrived in a bank account of the fund, against an agreement or, without one, as a gift.

    `amount` arrived, in the account's currency; `charges` were kept by banks on the way, in the same currency.
    `excess` is what went beyond the instalments, part of `amount`: unapplied until the donor says. Without a donor it
    is a deposit in parts, each with its own donor, or one whose sender is not identified.
    """

    PREFIX = "RCT"
    ROUTE = "receipt"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts")
    identity = models.CharField(max_length=20, choices=Identity, default=Identity.KNOWN, editable=False)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="receipts")
    received_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    amount = money_field()
    charges = money_field()
    excess = money_field()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-received_on", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("bank_account", "reference"),
                condition=~models.Q(reference="") & models.Q(reversed_on=None),
                name="receipt_reference_once_per_account",
            ),
        )
        indexes = (
            models.Index(fields=("bank_account", "received_on"), name="receipt_by_account_and_day"),
            models.Index(fields=("received_on", "number"), name="receipt_by_day"),
        )


class ReceiptLine(models.Model):
    """What a receipt settles of one instalment, in the agreement's currency."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="receipt_lines")
    amount = money_field()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("receipt", "instalment"), name="instalment_once_per_receipt"),)

    def __str__(self) -> str:
        return f"{self.receipt} {self.instalment}"
