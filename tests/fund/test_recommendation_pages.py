from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from fund.models import Allocation, Project
from fund.operations.projects import ProjectFacts, add_project
from fund.recommendations import get_recommendation


def add_projects(numbers: range, by: User) -> None:
    for index in numbers:
        facts = ProjectFacts(f"Project {index}", [1, 35], ["PER"], date(2026, 1, 1))
        add_project(code=f"PRJ-{index:02d}", facts=facts, by=by)


def test_the_35_recommendations_stand_in_their_5_sections(project: Project, auditor_client: Client) -> None:
    response = auditor_client.get("/recommendations/")
    sections = response.context["sections"]
    assert [len(section["rows"]) for section in sections] == [13, 7, 6, 6, 3]
    assert [number for section in sections for number, _, _ in section["rows"]] == list(range(1, 36))
    counts = {number: count for section in sections for number, _, count in section["rows"] if count}
    assert counts == {15: 1, 16: 1}
    page = response.content.decode()
    assert "Projects serve 2 of the 35." in page
    assert "/projects/?recommendation=15" in page


def test_a_recommendations_page_has_its_title_in_four_languages_and_its_projects(
    allocation: Allocation, auditor_client: Client
) -> None:
    response = auditor_client.get("/recommendations/15/")
    titles = {code: text for code, _, text in response.context["titles"]}
    assert titles == {code.replace("_", "-"): text for code, text in get_recommendation(15).titles.items()}
    page = response.content.decode()
    for text in ('lang="pt-BR"', "CYB-01", "5,000.00", "Guatemala", "not divided", "/recommendations/14/"):
        assert text in page


def test_titles_are_in_the_readers_language(project: Project, auditor_client: Client) -> None:
    title = get_recommendation(15).title("fr")
    with translation.override("fr"):
        for path in ("/recommendations/", "/recommendations/15/", "/projects/CYB-01/", "/projects/"):
            page = auditor_client.get(path, headers={"accept-language": "fr"}).content.decode()
            assert title.split("’")[0] in page, path


def test_one_that_no_project_serves_says_so(auditor_client: Client) -> None:
    assert "No project serves it yet." in auditor_client.get("/recommendations/35/").content.decode()


@pytest.mark.parametrize("number", ["0", "36", "99999999999999999999999", "-1", "x", "%00", "1.5"])
def test_there_are_no_others(auditor_client: Client, number: str) -> None:
    assert auditor_client.get(f"/recommendations/{number}/").status_code == 404


@pytest.mark.parametrize("path", ["/recommendations/", "/recommendations/35/"])
def test_pages_cost_as_many_queries_for_30_projects_as_for_3(officer: User, officer_client: Client, path: str) -> None:
    add_projects(range(3), officer)
    with CaptureQueriesContext(connection) as few:
        officer_client.get(path)
    add_projects(range(3, 30), officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get(path)
    assert len(many) == len(few)


def test_a_donor_sees_none_and_a_stranger_signs_in(donor_client: Client) -> None:
    for path in ("/recommendations/", "/recommendations/1/"):
        assert donor_client.get(path).status_code == 403
        assert Client().get(path)["Location"].startswith("/accounts/login/")
