"""What a look into lists of sanctions found."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.payees import OfRecipient


class ScreeningResult(models.TextChoices):
    """What was found; a match blocks payment until an approver who did not record it clears it."""

    NO_MATCH = "no_match", _("No match")
    POSSIBLE = "possible", _("Possible match")
    CONFIRMED = "confirmed", _("Confirmed match")
    CLEARED = "cleared", _("Cleared")


MATCHES = (ScreeningResult.POSSIBLE, ScreeningResult.CONFIRMED)


class Screening(OfRecipient):
    """The result of one look into one list; triggers refuse every change (fund/triggers.py).

    `note` is what was found, and why it was cleared.
    """

    screened_on = models.DateField()
    list_name = models.CharField(max_length=100)
    result = models.CharField(max_length=10, choices=ScreeningResult)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta(OfRecipient.Meta):
        default_permissions = ("add", "view")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.recipient}: {self.get_result_display()}"

    @property
    def is_match(self) -> bool:
        """Whether somebody of that name is on the list."""
        return self.result in MATCHES


def describe_screening(screening: Screening) -> str:
    """What the audit record says."""
    noted = f": {screening.note}" if screening.note else ""
    return f"{ScreeningResult(screening.result).value}, {screening.list_name}, {screening.screened_on}{noted}"
