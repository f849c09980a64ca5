"""What changes an agreement after its signature: amendments, its cancellation, the milestones of a conditional one."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from fund.models.base import Decided, Document, State, Undoing, money_field
from fund.models.contributions import Agreement, Instalment


class Amendment(Decided):
    """What was agreed to change: other amounts or days of instalments, another last day of the earmark.

    The agreement and its instalments take it over once it is approved; until then no other one is prepared. Numbered
    within its agreement (`AGR-2026-0002/A1`). `ends_on` is empty where the last day stays.
    """

    PREFIX = "AGR"
    ROUTE = "amendment"
    DAY = "amended_on"
    RELATED = ("agreement__donor",)

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="amendments")
    position = models.PositiveSmallIntegerField()
    amended_on = models.DateField()
    amount_before = money_field()
    amount = money_field()
    ends_before = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta(Decided.Meta):
        ordering = ("agreement", "position")
        constraints = (
            *Decided.Meta.constraints,
            models.UniqueConstraint(fields=("agreement", "position"), name="amendment_position_once"),
        )

    @property
    def subject(self) -> str:
        return f"{self.agreement.donor}: {self.note}"

    def get_absolute_url(self) -> str:
        """The amendment's own page, beneath its agreement's."""
        return part_url(self, self.position)


class AmendmentLine(models.Model):
    """What an amendment makes of one instalment; a new one had no day, an amount of zero, and is made on approval."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="lines")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, related_name="amendment_lines")
    amount_before = money_field()
    amount = money_field()
    due_before = models.DateField(null=True)
    due_on = models.DateField()

    class Meta:
        ordering = ("amendment", F("instalment__position").asc(nulls_last=True), "pk")
        constraints = (
            models.UniqueConstraint(fields=("amendment", "instalment"), name="instalment_once_per_amendment"),
        )

    def __str__(self) -> str:
        return f"{self.amendment} {self.instalment}"


class Cancellation(Undoing):
    """The end of an agreement of which nothing is received: `AGR-2026-0002/C1`."""

    PREFIX = "AGR"
    ROUTE = "cancellation"
    RELATED = ("agreement__donor",)

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="cancellations")

    class Meta(Undoing.Meta):
        ordering = ("agreement", "position")
        constraints = (
            *Undoing.Meta.constraints,
            models.UniqueConstraint(fields=("agreement", "position"), name="cancellation_position_once"),
            models.UniqueConstraint(
                fields=("agreement",), condition=~Q(state=State.REJECTED), name="one_cancellation_waits_or_stands"
            ),
        )

    @property
    def subject(self) -> str:
        return f"{self.agreement.donor}: {self.grounds}"

    @property
    def amount(self) -> Any:
        """All of the agreement."""
        return self.agreement.amount

    def get_absolute_url(self) -> str:
        """The cancellation's own page, beneath its agreement's."""
        return part_url(self, self.position)


class Milestone(Document):
    """A condition of a conditional agreement: planned, then accepted, which makes `amount` (functional) income.

    Numbered within its agreement (`AGR-2026-0003/M1`). A planned one that is reversed was dropped.
    """

    PREFIX = "AGR"
    ROUTE = "milestone"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    amount = money_field()
    accepted_on = models.DateField(null=True, editable=False)
    acceptance = models.CharField(max_length=300, blank=True, editable=False)
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("agreement", "position")
        constraints = (models.UniqueConstraint(fields=("agreement", "position"), name="milestone_position_once"),)

    def get_absolute_url(self) -> str:
        """The milestone's own page, beneath its agreement's."""
        return part_url(self, self.position)


def part_url(part: Document, position: int) -> str:
    """The page of a document that is numbered within another one."""
    whole, _, _ = part.number.partition("/")
    return reverse(f"fund:{part.ROUTE}", args=[whole, position])
