from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.models.changes import Remembers


class DonorClass(models.TextChoices):
    """The classes of recommendation 34."""

    STATE_PARTY = "state_party", _("State Party")
    OTHER_STATE = "other_state", _("Other State or permanent observer")
    ORGANISATION = "organisation", _("International, regional or subregional organisation")
    PRIVATE_SECTOR = "private_sector", _("Private sector")
    CIVIL_SOCIETY = "civil_society", _("Civil society")


class Language(models.TextChoices):
    """The languages of the organisation, each by its own name."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"
    PORTUGUESE = "pt", "Português"


class Donor(Remembers):
    """Who gives. The code is the last part of the donor's accounts and never changes; letters are in `language`."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200, unique=True)
    donor_class = models.CharField(max_length=20, choices=DonorClass)
    country = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.ENGLISH)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, through="DonorAccess", related_name="donors")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The donor's own page."""
        return reverse("fund:donor", args=[self.code])


class DonorAccess(models.Model):
    """A person who may read a donor's statement."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="donor_access")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="accesses")

    class Meta:
        verbose_name_plural = "donor accesses"

    def __str__(self) -> str:
        return f"{self.user} for {self.donor}"
