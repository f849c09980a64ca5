"""Technical-assistance projects, the recommendations that they serve and the money that is allocated to them."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.models.base import Decided, money_field
from fund.models.changes import Remembers
from fund.models.payees import Payee


class Project(Remembers):
    """A technical-assistance project. The code is part of its accounts and never changes.

    After `operations_closed_on` no contract is let for it. Once `accounts_closed_on` is set, it is paid nothing more
    and given nothing more.
    """

    code = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    countries = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    partner = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, blank=True, related_name="projects")
    operations_closed_on = models.DateField(null=True, editable=False)
    accounts_closed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(accounts_closed_on=None)
                | Q(operations_closed_on__isnull=False, accounts_closed_on__gte=F("operations_closed_on")),
                name="project_operations_close_first",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def number(self) -> str:
        """What its files are attached to, as those of a document are to its number."""
        return self.code

    def get_absolute_url(self) -> str:
        """The project's own page."""
        return reverse("fund:project", args=[self.code])


def describe_served(project: Project) -> str:
    """The recommendations that a project serves, as its audit record names them."""
    return ", ".join(str(number) for number in sorted(one.number for one in project.recommendations.all()))


class ProjectRecommendation(models.Model):
    """A recommendation of 2022 that a project serves."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="recommendations")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("project", "number")
        constraints = (
            models.UniqueConstraint(fields=("project", "number"), name="recommendation_once_per_project"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=35), name="recommendation_1_to_35"),
        )

    def __str__(self) -> str:
        return f"{self.project_id} {self.number}"


class Direction(models.TextChoices):
    """Which way an allocation moves money."""

    GIVE = "give", _("Allocation")
    RETURN = "return", _("Return")
    MOVE = "move", _("Re-allocation")


class Allocation(Decided):
    """A decision on a project's money of sub-funds, in the functional currency, once another person approves it.

    It gives the project what is unallocated, or returns what the project has left; or it moves money to it from the
    project `source`.
    """

    PREFIX = "ALC"
    ROUTE = "allocation"
    DAY = "decided_on"
    RELATED = ("project", "source", "lines")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="allocations")
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.GIVE)
    source = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta(Decided.Meta):
        ordering = ("-decided_on", "-number")
        indexes = (models.Index(fields=("decided_on", "number"), name="allocation_by_day"),)
        constraints = (
            *Decided.Meta.constraints,
            models.CheckConstraint(
                condition=Q(direction=Direction.MOVE, source__isnull=False)
                | (~Q(direction=Direction.MOVE) & Q(source=None)),
                name="allocation_source_where_moved",
            ),
        )

    @property
    def subject(self) -> str:
        return f"{self.source.code} → {self.project}" if self.source else str(self.project)

    @property
    def kind(self) -> str:
        return str(self.get_direction_display()).lower()

    @property
    def amount(self) -> Any:
        """What its lines add up to."""
        first, *others = (line.amount for line in self.lines.all())
        return sum(others, first)


class AllocationLine(models.Model):
    """What an allocation moves of one sub-fund, in the functional currency; always positive."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=20)
    amount = money_field()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("allocation", "fund"), name="fund_once_per_allocation"),)

    def __str__(self) -> str:
        return f"{self.allocation} {self.fund}"
