"""Which projects serve which recommendation."""

from django.db.models import Count, QuerySet

from fund.models import Project, ProjectRecommendation


def count_projects() -> dict[int, int]:
    """How many projects serve each recommendation, by its number; those that none serves are left out."""
    counted = ProjectRecommendation.objects.values_list("number").annotate(Count("project")).order_by("number")
    return dict(counted)


def projects_serving(number: int) -> QuerySet[Project]:
    """The projects that serve a recommendation, by code."""
    return Project.objects.filter(recommendations__number=number).order_by("code")
