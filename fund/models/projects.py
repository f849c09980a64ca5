"""Technical-assistance projects, the recommendations that they serve and the money that is allocated to them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from fund.models.base import Document, money_field


class Project(models.Model):
    """A technical-assistance project. The code is part of its accounts and never changes."""

    code = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    countries = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        """The project's own page."""
        return reverse("fund:project", args=[self.code])


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


class Allocation(Document):
    """A decision that gives a project money of sub-funds, in the functional currency."""

    PREFIX = "ALC"
    ROUTE = "allocation"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="allocations")
    decided_on = models.DateField()
    reversed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-decided_on", "-number")
        indexes = (models.Index(fields=("decided_on", "number"), name="allocation_by_day"),)


class AllocationLine(models.Model):
    """What an allocation takes of one sub-fund, in the functional currency."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="lines")
    fund = models.CharField(max_length=20)
    amount = money_field()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("allocation", "fund"), name="fund_once_per_allocation"),)

    def __str__(self) -> str:
        return f"{self.allocation} {self.fund}"
