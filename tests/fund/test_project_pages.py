from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import AuditRecord, Disbursement, Payee, Project
from fund.operations.disbursements import approve_disbursement
from fund.operations.projects import ProjectFacts, add_project

FORM = {
    "code": "BOR-01",
    "title": "Border control",
    "starts_on": "2026-02-01",
    "ends_on": "2027-01-31",
    "description": "Training of customs officers.",
    "countries": ["GTM", "HND"],
    "recommendations": ["2", "14"],
}


def add_projects(numbers: range, by: User) -> None:
    for index in numbers:
        facts = ProjectFacts(f"Project {index}", [1, 2], ["PER"], date(2026, 1, 1))
        add_project(code=f"PRJ-{index:02d}", facts=facts, by=by)


def test_the_list_shows_what_each_project_has_spent_and_has_left(
    disbursement: Disbursement, approver: User, officer_client: Client
) -> None:
    approve_disbursement(disbursement, by=approver)
    page = officer_client.get("/projects/").content.decode()
    for figure in ("5,000.00", "700.00", "4,300.00", "Guatemala", "15, 16"):
        assert figure in page


def test_the_list_is_narrowed_by_words_country_and_recommendation(officer: User, officer_client: Client) -> None:
    add_projects(range(1), officer)
    add_project(code="CYB-01", facts=ProjectFacts("Cyber training", [15], ["GTM"], date(2026, 1, 1)), by=officer)
    for query in ("q=cyber", "q=cyb-0", "country=GTM", "recommendation=15"):
        rows = officer_client.get(f"/projects/?{query}").context["page_obj"].object_list
        assert [project.code for project in rows] == ["CYB-01"], query
    assert officer_client.get("/projects/?country=GTM&recommendation=1").context["page_obj"].paginator.count == 0


def test_the_list_sorts_and_pages(officer: User, officer_client: Client) -> None:
    add_projects(range(30), officer)
    first = officer_client.get("/projects/?ordering=-code").context["page_obj"]
    assert [project.code for project in first][:2] == ["PRJ-29", "PRJ-28"]
    assert len(first.object_list) == 25
    last = officer_client.get("/projects/?ordering=-code&page=2").context["page_obj"]
    assert [project.code for project in last][-1] == "PRJ-00"


def test_the_list_costs_as_many_queries_for_30_projects_as_for_3(officer: User, officer_client: Client) -> None:
    add_projects(range(3), officer)
    with CaptureQueriesContext(
        connection,
    ) as few:
        officer_client.get("/projects/")
    add_projects(range(3, 30), officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get("/projects/")
    assert len(many) == len(few)


def test_a_projects_page_shows_its_money_by_sub_fund_and_category(
    disbursement: Disbursement, approver: User, officer_client: Client
) -> None:
    approve_disbursement(disbursement, by=approver)
    response = officer_client.get("/projects/CYB-01/")
    [row] = response.context["by_fund"]
    assert (row.fund, row.standing.allocated, row.standing.spent, row.standing.left) == (
        "AGR-2026-0001",
        500000,
        70000,
        430000,
    )
    [bar] = response.context["bars"]
    assert (str(bar["label"]), bar["amount"], bar["width"]) == ("Travel", "700.00", 1000)
    page = response.content.decode()
    for text in ("ALC-2026-0001", "DSB-2026-0001", "Guatemala", "Add project", "?project=CYB-01"):
        assert text in page


def test_a_project_without_money_says_so(project: Project, officer_client: Client) -> None:
    page = officer_client.get("/projects/CYB-01/").content.decode()
    assert "Nothing is allocated to it yet." in page
    assert "Nothing is spent on it yet." in page


def test_an_officer_adds_a_project_with_its_partner(partner: Payee, officer_client: Client) -> None:
    response = officer_client.post("/projects/new/", FORM | {"partner": "UNODC"}, follow=True)
    assert response.redirect_chain == [("/projects/BOR-01/", 302)]
    project = Project.objects.get()
    assert (project.partner, str(partner) in response.content.decode()) == (partner, True)
    assert (project.title, project.countries, project.ends_on) == (
        "Border control",
        ["GTM", "HND"],
        date(2027, 1, 31),
    )
    assert [served.number for served in project.recommendations.all()] == [2, 14]
    assert AuditRecord.objects.filter(act="add project", subject="BOR-01").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "bor 1"}, "A code is capital letters, digits and hyphens"),
        ({"code": "AGR-2026-0001"}, "AGR-2026-0001 reads like the number of a document."),
        ({"code": ""}, "This field is required."),
        ({"title": " "}, "This field is required."),
        ({"title": "T" * 201}, "at most 200 characters"),
        ({"title": "a\x00b"}, "Null characters are not allowed."),
        ({"starts_on": "1.2.2026"}, "Enter a valid date."),
        ({"ends_on": "2026-01-31"}, "A project ends on its first day, 2026-02-01, or later."),
        ({"recommendations": []}, "Name at least one recommendation"),
        ({"recommendations": ["36"]}, "36 is not one of the available choices"),
        ({"partner": "NOBODY"}, "NOBODY is not one of the available choices"),
        ({"countries": ["ZZZ"]}, "ZZZ is not one of the available choices"),
        ({"countries": ["G\x00M"]}, "is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    officer_client: Client, changes: dict[str, Any], message: str
) -> None:
    response = officer_client.post("/projects/new/", FORM | changes)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert "Training of customs officers." in page
    assert not Project.objects.exists()


def test_a_code_is_given_to_one_project_alone(project: Project, officer_client: Client) -> None:
    response = officer_client.post("/projects/new/", FORM | {"code": "cyb-01"})
    assert response.status_code == 422
    assert response.context["form"].errors["code"] == ["CYB-01 is the code of another project. Choose another one."]


def test_an_officer_edits_a_project_but_not_its_code(project: Project, officer_client: Client) -> None:
    page = officer_client.get("/projects/CYB-01/edit/").content.decode()
    assert 'value="Cyber security training"' in page
    assert 'name="code"' not in page
    response = officer_client.post("/projects/CYB-01/edit/", FORM | {"code": "OTHER"})
    assert response["Location"] == "/projects/CYB-01/"
    project.refresh_from_db()
    assert project.title == "Border control"
    assert "Change project" in officer_client.get("/projects/CYB-01/").content.decode()


def test_a_donors_acts_are_not_in_the_history_of_a_project_with_the_same_code(
    canada: Any, officer: User, officer_client: Client
) -> None:
    add_project(code="CAN", facts=ProjectFacts("Same code", [1], [], date(2026, 1, 1)), by=officer)
    history = officer_client.get("/projects/CAN/").context["history"]
    assert [record.act for record in history] == ["add project"]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=99999999999999999999",
        "ordering=%00",
        "ordering=nothing",
        "q=%00",
        f"q={'x' * 5000}",
        "country=%00",
        "country=ZZZ",
        "recommendation=99",
        "recommendation=%00",
        "q=%25'%22<script>",
    ],
)
def test_odd_questions_get_an_answer(project: Project, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/projects/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["NONE/", "NONE/edit/", "%00/", "a%2Fb/", f"{'X' * 3000}/", "..%2F../"])
def test_a_project_that_does_not_exist_is_not_found(officer_client: Client, path: str) -> None:
    assert officer_client.get(f"/projects/{path}").status_code == 404


def test_auditor_and_approver_read_but_do_not_record(
    project: Project, auditor_client: Client, approver_client: Client
) -> None:
    for client in (auditor_client, approver_client):
        page = client.get("/projects/")
        assert page.status_code == 200
        assert "New project" not in page.content.decode()
        assert client.get("/projects/CYB-01/").status_code == 200
        for path in ("/projects/new/", "/projects/CYB-01/edit/"):
            assert client.get(path).status_code == 403
            assert client.post(path, FORM).status_code == 403
    assert Project.objects.count() == 1


def test_a_donor_sees_no_project_page_and_a_stranger_signs_in(project: Project, donor_client: Client) -> None:
    for path in ("/projects/", "/projects/CYB-01/", "/projects/new/"):
        assert donor_client.get(path).status_code == 403
        assert Client().get(path)["Location"].startswith("/accounts/login/")
