"""Budgets of projects: eight categories, versions that stay, and what of each category is available."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from fund.checks import run_checks
from fund.errors import NotPermitted, ValueInvalid
from fund.models import BUDGET_CATEGORIES, Budget, BudgetLine, Disbursement, Donor, Obligation, Project
from fund.operations.budgets import Planned, set_budget
from fund.operations.disbursements import approve_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.queries.budgets import find_budget, project_categories
from ledger.money import parse_amount
from ledger.queries import entries
from tests.shorthand import usd

DAY = date(2026, 3, 12)


def plan(project: Project, by: User, *lines: tuple[str, str], on: date = DAY) -> Budget:
    planned = [Planned("Analysts are trained", 2026, category, usd(amount)) for category, amount in lines]
    return set_budget(project, decided_on=on, lines=planned, by=by)


def test_there_are_eight_categories() -> None:
    names = [name for name, _ in BUDGET_CATEGORIES]
    assert (len(names), names[-1]) == (8, "IndirectCost")


def test_a_new_version_replaces_the_one_before_and_both_stay(project: Project, officer: User) -> None:
    first = plan(project, officer, ("Travel", "100"), ("IndirectCost", "12"))
    second = plan(project, officer, ("Travel", "90"))
    assert (first.version, second.version, find_budget("CYB-01")) == (1, 2, second)
    assert [line.amount.amount for line in first.lines.all()] == [100, 12]
    assert not entries().exists()
    assert run_checks(lambda _: None) == []


def test_each_category_says_what_is_available(
    obligation: Obligation, disbursement: Disbursement, officer: User, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    plan(obligation.project, officer, ("Contractual", "2500"), ("Travel", "600"), ("IndirectCost", "50"))
    found = project_categories("CYB-01", find_budget("CYB-01"))
    assert [(line.category, line.budget, line.obligated, line.spent, line.available) for line in found] == [
        ("Contractual", 250000, 200000, 0, 50000),
        ("Travel", 60000, 0, 70000, -10000),
        ("IndirectCost", 5000, 0, 0, 5000),
    ]


@pytest.mark.usefixtures("fund_year")
def test_what_came_in_kind_uses_no_budget(acme: Donor, project: Project, officer: User) -> None:
    record_in_kind(gift=Gift(acme, project, DAY, usd("500"), "A room", "Rent nearby"), by=officer)
    plan(project, officer, ("Travel", "600"))
    found = project_categories("CYB-01", find_budget("CYB-01"))
    assert [(line.category, line.spent, line.available) for line in found] == [("Travel", 0, 60000)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"category": "Lunch"}, "not a category of a budget"),
        ({"year": 1999}, "1999 is not a year from 2000 to 2099"),
        ({"amount": usd("0")}, "more than zero"),
        ({"amount": parse_amount("1", "CAD")}, "Budgets are in USD"),
        ({"output": " "}, "This is needed"),
    ],
)
def test_a_line_that_is_wrong_is_refused(
    project: Project, officer: User, changes: dict[str, Any], message: str
) -> None:
    facts: dict[str, Any] = {"output": "O", "year": 2026, "category": "Travel", "amount": usd("1")}
    with pytest.raises(ValueInvalid, match=message):
        set_budget(project, decided_on=DAY, lines=[Planned(**(facts | changes))], by=officer)
    assert not Budget.objects.exists()


def test_a_budget_has_lines_each_once_and_follows_the_one_before(project: Project, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="at least one line"):
        plan(project, officer)
    with pytest.raises(ValueInvalid, match="stands in two lines"):
        plan(project, officer, ("Travel", "1"), ("Travel", "2"))
    plan(project, officer, ("Travel", "1"))
    with pytest.raises(ValueInvalid, match="Choose 2026-03-12 or later"):
        plan(project, officer, ("Travel", "1"), on=date(2026, 3, 11))


def test_only_officers_plan(project: Project, approver: User) -> None:
    with pytest.raises(NotPermitted):
        plan(project, approver, ("Travel", "1"))


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (BudgetLine, {"amount": 99}),
        (BudgetLine, {"output": "Else"}),
        (Budget, {"note": "Else"}),
        (Budget, {"created_at": datetime(2020, 1, 1, tzinfo=UTC)}),
    ],
)
def test_a_budget_that_was_tampered_with_is_found(
    project: Project, officer: User, model: type[Model], changed: dict[str, object]
) -> None:
    plan(project, officer, ("Travel", "100"))
    assert run_checks(lambda _: None) == []
    model._default_manager.update(**changed)
    assert run_checks(lambda _: None)[0] == "The budget of CYB-01, version 1, is not that of the audit records."


def form(*lines: tuple[str, str, str, str]) -> dict[str, str]:
    sent = {"decided_on": "2026-03-12", "note": "After the mid-term review"}
    sent |= {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for index, line in enumerate(lines):
        names = ("output", "year", "category", "amount")
        sent |= {f"lines-{index}-{name}": value for name, value in zip(names, line, strict=True)}
    return sent


def test_the_form_begins_with_the_version_that_holds(project: Project, officer_client: Client) -> None:
    url = "/projects/CYB-01/budgets/new/"
    assert "Plan what it will spend" in officer_client.get("/projects/CYB-01/").content.decode()
    officer_client.post(url, form(("Training", "2026", "Travel", "1,000.00")))
    assert 'value="1000.00"' in officer_client.get(url).content.decode()
    page = officer_client.post(url, form(("Courses", "2026", "IndirectCost", "50")), follow=True).content.decode()
    for text in ("Budget by category", "Indirect cost", "Version 2 of 2026-03-12"):
        assert text in page
    page = officer_client.get("/projects/CYB-01/budgets/").content.decode()
    for text in ("Version 1", "Training", "1,000.00", "Version 2", "Courses", "After the mid-term review"):
        assert text in page


@pytest.mark.parametrize("line", [("", "2026", "Travel", "1"), ("O", "x", "Travel", "1"), ("O", "2026", "Travel", "0")])
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    project: Project, officer_client: Client, line: tuple[str, str, str, str]
) -> None:
    response = officer_client.post("/projects/CYB-01/budgets/new/", form(line))
    assert (response.status_code, Budget.objects.exists()) == (422, False)
    assert "After the mid-term review" in response.content.decode()


def test_a_project_without_a_budget_says_so(project: Project, auditor_client: Client) -> None:
    assert "No budget yet" in auditor_client.get("/projects/CYB-01/budgets/").content.decode()
