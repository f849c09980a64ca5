"""What projects plan to spend. A plan is no event of the books: it posts nothing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fund.models.base import money_field
from fund.models.disbursements import Category
from fund.models.projects import Project

#: The eight categories of a budget: those of payments, and what the secretariat recovers.
BUDGET_CATEGORIES = [*Category.choices, ("IndirectCost", _("Indirect cost"))]


class Budget(models.Model):
    """One version of a project's budget, counted from 1. The last one holds; those before it stay as they were."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="budgets")
    version = models.PositiveSmallIntegerField()
    decided_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("project", "-version")
        constraints = (models.UniqueConstraint(fields=("project", "version"), name="budget_version_once"),)

    def __str__(self) -> str:
        return f"{self.project_id} {self.version}"


class BudgetLine(models.Model):
    """What an output is planned to cost in a year and category, in the functional currency."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="lines")
    output = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=BUDGET_CATEGORIES)
    amount = money_field()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.budget_id} {self.output}"
