"""Who approves what waits for another person, and in whose place."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fund.models.changes import Remembers


class Approval(models.Model):
    """One person's yes to a document that waits for it. `on_behalf_of` is whose right it was, where it was given."""

    document = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("document", "by"), name="approval_once_per_person"),)

    def __str__(self) -> str:
        return f"{self.document} {self.by_id}"


class Delegation(Remembers):
    """An approver's right, given to somebody else for a range of days, both included, and perhaps ended before."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=300)
    given_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="delegation_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"


def describe_delegation(given: Delegation) -> str:
    """What its audit record says."""
    return f"{given.since} to {given.until}: {given.reason}"
