"""Who is paid: suppliers, people, implementing partners; and what is known of them and of donors alike."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from fund.models.changes import Remembers
from fund.models.donors import Donor


class Payee(Remembers):
    """Who is paid. The code is the last part of the accounts of a partner's advances and never changes."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200, unique=True)
    country = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The payee's own page."""
        return reverse("fund:payee", args=[self.code])


# Who can get money: payees, and donors to whom something is refunded.
Recipient = Payee | Donor


class OfRecipient(models.Model):
    """What is kept of a payee or of a donor: exactly one of the two."""

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(payee=None, donor__isnull=False) | Q(payee__isnull=False, donor=None),
                name="%(class)s_of_one",
            ),
        )

    @property
    def recipient(self) -> Recipient:
        """Whose it is."""
        found = self.payee or self.donor
        assert found
        return found


def of_recipient(recipient: Recipient) -> dict[str, Any]:
    """How to find or to make what is kept of a payee or of a donor."""
    return {"payee" if isinstance(recipient, Payee) else "donor": recipient}
