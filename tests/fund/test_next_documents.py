"""After a decision, the next document that waits for the same person is one key away."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Allocation, BankAccount, Disbursement, Project
from fund.operations.allocations import prepare_allocation
from fund.operations.approvals import delegate
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.people import add_person
from tests.shorthand import usd

Prepare = Callable[[User], Disbursement]


@pytest.fixture
def prepare(allocation: Allocation, bank: BankAccount, project: Project) -> Prepare:
    """Makes a payment of USD 10.00 that waits, prepared by somebody."""
    line = Line("AGR-2026-0001", project, "Travel", usd("10"))

    def make(by: User) -> Disbursement:
        return prepare_disbursement(payee="Wings", bank_account=bank, paid_on=date(2026, 3, 20), lines=[line], by=by)

    return make


def decide(client: Client, place: int, act: str = "approve") -> str:
    """The page after a decision on DSB-2026-000`place`."""
    answer = client.post(f"/disbursements/DSB-2026-000{place}/{act}/", {"reason": "Twice"}, follow=True)
    return str(answer.content.decode())


def leads_to(place: int) -> str:
    number = f"DSB-2026-000{place}"
    return f'<a href="/disbursements/{number}/" autofocus>Next: {number} · disbursement, Wings</a>'


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_a_decision_leads_to_what_was_prepared_after_it_and_then_to_what_was_left(
    act: str, prepare: Prepare, officer: User, approver_client: Client
) -> None:
    for _ in range(3):
        prepare(officer)
    assert leads_to(3) in decide(approver_client, 2, act)
    assert leads_to(1) in decide(approver_client, 3, act)
    page = decide(approver_client, 1, act)
    assert '<a href="/approvals/" autofocus>Nothing else waits for you' in page
    assert "Next: DSB" not in page


def test_nobody_is_led_to_their_own(prepare: Prepare, officer: User, approver: User, approver_client: Client) -> None:
    prepare(officer)
    approver.groups.add(*officer.groups.all())
    prepare(User.objects.get(pk=approver.pk))
    assert "Nothing else waits for you" in decide(approver_client, 1)


def test_nobody_is_led_to_what_they_approved_once_and_a_second_approver_is(
    prepare: Prepare, officer: User, approver: User, approver_client: Client, sign_in: Any, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 1
    second = User.objects.create_user("second")
    second.groups.set(approver.groups.all())
    for _ in range(2):
        prepare(officer)
    assert leads_to(2) in decide(approver_client, 1)
    assert "Nothing else waits for you" in decide(approver_client, 2)
    assert leads_to(2) in decide(sign_in(second), 1)


def test_a_deputy_is_not_led_to_what_the_giver_prepared(
    prepare: Prepare, officer: User, approver: User, sign_in: Callable[[User], Client]
) -> None:
    prepare(officer)
    deputy, day = add_person("deputy", role="Finance officer")[0], date(2026, 6, 15)
    delegate(receiver=deputy, since=day, until=day, reason="Leave", by=approver)
    approver.groups.add(*officer.groups.all())
    prepare(User.objects.get(pk=approver.pk))
    assert "Nothing else waits for you" in decide(sign_in(deputy), 1)


def test_what_is_refused_leads_nowhere(prepare: Prepare, officer: User, approver_client: Client) -> None:
    for _ in range(2):
        prepare(officer)
    decide(approver_client, 1)
    assert "Next:" not in decide(approver_client, 1)


def test_a_report_is_led_to_and_leads_on(report: Any, prepare: Prepare, officer: User, approver_client: Client) -> None:
    prepare(officer)
    assert 'href="/advances/ADV-2026-0001/reports/1/" autofocus>Next: ADV-2026-0001/R1' in decide(approver_client, 1)
    answer = approver_client.post("/advances/ADV-2026-0001/reports/1/reject/", {"reason": "No"}, follow=True)
    assert "Nothing else waits for you" in answer.content.decode()


def test_what_it_costs_does_not_grow_with_what_waits(prepare: Prepare, officer: User, approver_client: Client) -> None:
    costs = []
    for place in (1, 4, 8):
        for _ in range(place):
            prepare(officer)
        with CaptureQueriesContext(connection) as queries:
            decide(approver_client, place)
        costs.append(len(queries))
    assert costs[1] == costs[2]


def test_an_allocation_is_named_like_any_other_document(
    prepare: Prepare, allocation: Allocation, project: Project, officer: User, approver_client: Client
) -> None:
    prepare(officer)
    lines = {"AGR-2026-0001": usd("10")}
    prepare_allocation(project=project, decided_on=date(2026, 3, 20), lines=lines, by=officer)
    assert "Next: ALC-2026-0002 · allocation, CYB-01" in decide(approver_client, 1)
