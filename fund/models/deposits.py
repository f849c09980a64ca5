"""What became of a deposit that nobody could place, its parts, and unapplied money that found its use."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from fund.models.agreement_changes import part_url
from fund.models.base import Document, State, Undoing, money_field
from fund.models.contributions import Instalment, Receipt
from fund.models.donors import Donor
from fund.models.treasury import BankAccount


class Placement(models.Model):
    """What became of an unidentified deposit: it was identified, or returned to its sender.

    One that was a mistake is undone, and another one may follow; at most one stands.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="placements")
    placed_on = models.DateField()
    returned = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    undone_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("receipt",), condition=models.Q(undone_on=None), name="one_placement_stands_per_receipt"
            ),
        )

    def __str__(self) -> str:
        return f"{self.receipt} {self.placed_on}"


class DepositReturn(Undoing):
    """An unidentified deposit that goes back to its sender: `RCT-2026-0001/D1`. Approved, it is a placement too."""

    PREFIX = "RCT"
    ROUTE = "deposit-return"
    RELATED = ("receipt",)

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="returns")
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Undoing.Meta):
        ordering = ("receipt", "position")
        constraints = (
            *Undoing.Meta.constraints,
            models.UniqueConstraint(fields=("receipt", "position"), name="return_position_once"),
            models.UniqueConstraint(
                fields=("receipt",),
                condition=Q(state__in=(State.PREPARED, State.APPROVED)),
                name="one_return_waits_or_stands",
            ),
        )

    @property
    def subject(self) -> str:
        return self.grounds

    @property
    def amount(self) -> Any:
        """All of the deposit."""
        return self.receipt.amount

    def get_absolute_url(self) -> str:
        """The return's own page, beneath its receipt's."""
        return part_url(self, self.position)


class ReceiptPart(models.Model):
    """A part of a deposit: of one instalment, or without one a gift of the donor.

    `amount` is in the bank account's currency; `settled`, in the agreement's, is what it settles, and `excess`, part
    of `amount`, goes beyond. Parts without a placement are those of a receipt that was recorded in parts at once.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="parts")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, null=True, related_name="parts")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="receipt_parts")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, related_name="receipt_parts")
    amount = money_field()
    settled = money_field()
    excess = money_field()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.receipt} {self.instalment or self.donor}"


class Application(Document):
    """Unapplied money that is applied on the donor's word: to another instalment, or without one as a gift.

    `source` is the instalment that it went beyond; `amount` is in the currency that it waits in, `settled` in that of
    the instalment. `word` is the donor's letter, of the day `word_on`. `bank_account` is the one in which the cash
    changes sub-fund, where it does.
    """

    PREFIX = "APL"
    ROUTE = "application"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="applications")
    source = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="applications_of")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, related_name="applications_to")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="+")
    applied_on = models.DateField()
    amount = money_field()
    settled = money_field()
    word = models.CharField(max_length=60)
    word_on = models.DateField()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-applied_on", "-number")
