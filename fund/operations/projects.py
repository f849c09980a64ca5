"""Technical-assistance projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.countries import check_countries
from fund.errors import CodeTaken, ValueInvalid
from fund.models import Payee, Project
from fund.models.attachments import LIKE_A_NUMBER, LONGEST_NUMBER
from fund.models.projects import describe_served
from fund.operations.acts import clean_text, record, require
from fund.operations.donors import clean_code
from fund.operations.limits import check_scope
from fund.recommendations import RECOMMENDATIONS
from ledger.operations import writing


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is said of a project: its recommendations (1 to 35), countries (alpha-3) and days, who implements it."""

    title: str
    recommendations: Sequence[int]
    countries: Sequence[str]
    starts_on: date
    ends_on: date | None = None
    description: str = ""
    partner: Payee | None = None


def add_project(*, code: str, facts: ProjectFacts, by: User) -> Project:
    """Adds a project. Raises CodeTaken, ValueInvalid."""
    require(by, "add_project")
    code = clean_code(code, longest=LONGEST_NUMBER)
    if LIKE_A_NUMBER.match(code):
        raise ValueInvalid(f"{code} reads like the number of a document. Choose another code.", field="code")
    with writing():
        if Project.objects.filter(code=code).exists():
            raise CodeTaken(f"{code} is the code of another project. Choose another one.", field="code")
        project = Project(code=code)
        _write(project, facts)
        record("add project", code, by=by, detail=_describe(project), of=project)
    return project


def change_project(project: Project, *, facts: ProjectFacts, by: User) -> Project:
    """Changes what is said of a project; the code stays, since entries carry it.

    Its countries and recommendations stay within the earmarks of all money that it was given. Raises OutsideEarmark,
    ValueInvalid.
    """
    require(by, "change_project")
    with writing():
        # As it stands under the lock: its accounts may have closed since the page read it.
        found = Project.objects.get(pk=project.pk)
        served, worked = describe_served(found), found.countries
        _write(found, facts)
        if (describe_served(found), found.countries) != (served, worked):
            check_scope(found)
        record("change project", found.code, by=by, detail=_describe(found), of=found)
    return found


def _write(project: Project, facts: ProjectFacts) -> None:
    _check_days(facts)
    numbers = _check_recommendations(facts.recommendations)
    project.title = clean_text(facts.title, field="title", longest=200)
    project.description = facts.description.strip()
    project.countries = check_countries(facts.countries)
    project.starts_on, project.ends_on, project.partner = facts.starts_on, facts.ends_on, facts.partner
    project.save()
    project.recommendations.exclude(number__in=numbers).delete()
    for number in numbers:
        project.recommendations.get_or_create(number=number)


def _describe(project: Project) -> str:
    return f"{project.title}: {describe_served(project)}"


def _check_days(facts: ProjectFacts) -> None:
    if facts.ends_on and facts.ends_on < facts.starts_on:
        raise ValueInvalid(f"A project ends on its first day, {facts.starts_on}, or later.", field="ends_on")


def _check_recommendations(numbers: Sequence[int]) -> list[int]:
    known = {recommendation.number for recommendation in RECOMMENDATIONS}
    unknown = sorted(set(numbers) - known)
    if unknown:
        raise ValueInvalid(f"{unknown[0]} is not a recommendation: 1 to 35.", field="recommendations")
    if not numbers:
        raise ValueInvalid("Name at least one recommendation that the project serves.", field="recommendations")
    return sorted(set(numbers))
