"""Allocations that are returned, or moved from one project to another."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from fund.checks import run_checks
from fund.errors import AllocationExceeded, FundsFirst, NotPermitted, OutsideEarmark, StateUnfit, ValueInvalid
from fund.models import Agreement, Allocation, Obligation, Project
from fund.operations.projects import ProjectFacts, add_project
from fund.queries.projects import project_standings
from fund.queries.sub_funds import fund_standings
from ledger.causes import entries_caused_by
from ledger.errors import Refused
from ledger.queries import entries, get_draft
from tests.deeds import allocate, reallocate, return_allocation, reverse
from tests.shorthand import usd

FUND = "AGR-2026-0001"
DAY = date(2026, 4, 1)


def left(*codes: str) -> list[int]:
    return [found.left // 100 for found in project_standings(codes).values()]


@pytest.fixture
def border(officer: User) -> Project:
    return add_project(code="BOR-01", facts=ProjectFacts("Borders", [1], ["GTM"], date(2026, 1, 1)), by=officer)


def give_back(project: Project, amount: str, by: User, **changes: Any) -> Allocation:
    facts: dict[str, Any] = {"decided_on": DAY, "lines": {FUND: usd(amount)}}
    return return_allocation(project=project, by=by, **(facts | changes))


def move(source: Project, project: Project, amount: str, by: User) -> Allocation:
    return reallocate(source=source, project=project, decided_on=DAY, lines={FUND: usd(amount)}, by=by)


def test_what_is_returned_can_be_allocated_again(allocation: Allocation, project: Project, officer: User) -> None:
    returned = give_back(project, "1500", officer)
    [entry] = entries_caused_by(returned.number)
    draft = get_draft(entry)
    assert [(leg.account, leg.amount, leg.fund) for leg in draft.legs] == [
        ("Equity:Allocated:CYB-01", 150000, FUND),
        ("Equity:Unallocated", -150000, FUND),
    ]
    assert draft.links == ("ALC-2026-0002",)
    assert (left("CYB-01"), fund_standings([FUND])[FUND].available) == ([3500], 250000)
    assert run_checks(lambda _: None) == []


def test_what_is_obligated_is_not_returned(obligation: Obligation, project: Project, officer: User) -> None:
    before = entries().count()
    with pytest.raises(AllocationExceeded, match=r"CYB-01 has USD 3,000\.00 .* once that is cancelled or returned"):
        give_back(project, "3000.01", officer)
    assert (Allocation.objects.count(), entries().count()) == (1, before)
    give_back(project, "3000", officer)


def test_a_return_taken_back_needs_the_money_to_be_there(
    allocation: Allocation, project: Project, officer: User
) -> None:
    returned = give_back(project, "1500", officer)
    again = allocate(project=project, decided_on=DAY, lines={FUND: usd("2500")}, by=officer)
    with pytest.raises(FundsFirst):
        reverse(returned, on=DAY, reason="Too soon", by=officer)
    reverse(again, on=DAY, reason="Twice", by=officer)
    reverse(returned, on=DAY, reason="Too soon", by=officer)
    assert left("CYB-01") == [5000]
    assert run_checks(lambda _: None) == []


def test_one_decision_moves_money_between_projects(
    allocation: Allocation, project: Project, border: Project, officer: User
) -> None:
    moved = move(project, border, "2000", officer)
    draft = get_draft(entries_caused_by(moved.number)[0])
    assert [(leg.account, leg.amount) for leg in draft.legs] == [
        ("Equity:Allocated:CYB-01", 200000),
        ("Equity:Allocated:BOR-01", -200000),
    ]
    assert draft.links == (moved.number, FUND)
    assert left("CYB-01", "BOR-01") == [3000, 2000]
    assert fund_standings([FUND])[FUND].available == 100000
    assert run_checks(lambda _: None) == []


def test_a_move_is_taken_back_while_the_money_is_there(
    allocation: Allocation, project: Project, border: Project, officer: User
) -> None:
    moved = move(project, border, "2000", officer)
    back = give_back(border, "1", officer)
    with pytest.raises(StateUnfit, match=r"Only USD 1,999\.00 of AGR-2026-0001 is left at BOR-01"):
        reverse(moved, on=DAY, reason="No", by=officer)
    reverse(back, on=DAY, reason="No", by=officer)
    reverse(moved, on=DAY, reason="No", by=officer)
    assert left("CYB-01", "BOR-01") == [5000, 0]
    assert run_checks(lambda _: None) == []


def test_an_earmark_holds_for_what_is_moved(
    allocation: Allocation, agreement: Agreement, project: Project, border: Project, officer: User
) -> None:
    agreement.earmark_projects.add(project)
    with pytest.raises(OutsideEarmark, match="AGR-2026-0001 is for CYB-01, not for BOR-01"):
        move(project, border, "1", officer)


@pytest.mark.parametrize(("amount", "refused"), [("5000.01", AllocationExceeded), ("0", ValueInvalid)])
def test_what_the_project_has_not_is_not_moved(
    allocation: Allocation, project: Project, border: Project, officer: User, amount: str, refused: type[Refused]
) -> None:
    with pytest.raises(refused):
        move(project, border, amount, officer)
    assert Allocation.objects.count() == 1


def test_money_is_not_moved_to_where_it_is(allocation: Allocation, project: Project, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="choose another project"):
        move(project, project, "1", officer)


def test_only_officers_return_and_move(
    allocation: Allocation, project: Project, border: Project, auditor: User
) -> None:
    with pytest.raises(NotPermitted):
        give_back(project, "1", auditor)
    with pytest.raises(NotPermitted):
        move(project, border, "1", auditor)


@pytest.mark.parametrize("changes", [{"direction": "move"}, {"direction": "give", "source": 1}])
def test_a_decision_has_a_source_where_it_moves_and_only_there(
    allocation: Allocation, project: Project, changes: dict[str, Any]
) -> None:
    values = changes | ({"source": project} if "source" in changes else {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(**values)
