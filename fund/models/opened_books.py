"""Books of somebody else that were opened in ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.base import Document


class OpeningMode(models.TextChoices):
    """How much of a book was taken over. The values are the kinds of its entries."""

    HISTORY = "history", _("Full history")
    OPENING = "opening", _("Opening balances")


class OpenedBook(Document):
    """A Beancount book that was opened in ours: which file, how much of it, and what it caused.

    `begins_on` is the day of its first entry. A file is known by the SHA-256 of its bytes and opened once.
    """

    PREFIX = "OPB"
    ROUTE = "opened-book"

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    mode = models.CharField(max_length=10, choices=OpeningMode)
    begins_on = models.DateField()
    entries = models.PositiveIntegerField()

    class Meta:
        ordering = ("-begins_on", "-number")
