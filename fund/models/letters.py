"""Letters to donors, as they were sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.base import Document, money_field
from fund.models.contributions import Instalment
from fund.models.donors import Donor, Language


class Way(models.TextChoices):
    """How a letter was sent."""

    MAIL = "mail", _("E-mail")
    POST = "post", _("Post")
    PORTAL = "portal", _("Donor portal")


class Letter(Document):
    """A reminder of what a donor owed overdue on the day that it was sent. It posts nothing.

    `sender` is what the fund was called, and `text` the letter as it was sent, in the donor's language; `reminder`
    counts from 1: a later one follows letters that stand. One that was not sent after all is withdrawn.
    """

    PREFIX = "LTR"
    ROUTE = "letter"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="letters")
    sent_on = models.DateField()
    way = models.CharField(max_length=10, choices=Way)
    language = models.CharField(max_length=5, choices=Language)
    reminder = models.PositiveSmallIntegerField()
    sender = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    withdrawn_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-sent_on", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("donor", "sent_on"),
                condition=models.Q(withdrawn_on=None),
                name="one_letter_a_day_stands_per_donor",
            ),
        )


class LetterLine(models.Model):
    """What was overdue of an instalment when a letter was sent, in the agreement's currency, and for how many days."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="lines")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="letter_lines")
    due_on = models.DateField()
    amount = money_field()
    days = models.PositiveIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("letter", "instalment"), name="instalment_once_per_letter"),)

    def __str__(self) -> str:
        return f"{self.letter_id} {self.instalment_id}"
