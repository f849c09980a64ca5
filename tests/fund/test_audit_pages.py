from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Disbursement, Receipt
from fund.operations.disbursements import approve_disbursement
from fund.operations.treasury import add_rate


def acts_of(client: Client, query: str) -> list[str]:
    return [f"{record.act} {record.subject}" for record in client.get(f"/audit-trail/?{query}").context["page_obj"]]


def test_the_latest_act_comes_first_and_leads_to_its_document(receipt: Receipt, auditor_client: Client) -> None:
    assert acts_of(auditor_client, "")[:2] == ["add person auditor", "record receipt RCT-2026-0001"]
    content = auditor_client.get("/audit-trail/").content.decode()
    assert 'href="/receipts/RCT-2026-0001/"' in content
    assert "Record receipt" in content


def test_acts_are_narrowed_by_person_act_words_and_day(
    disbursement: Disbursement, approver: User, auditor_client: Client
) -> None:
    with time_machine.travel(datetime(2026, 6, 16, tzinfo=UTC)):
        approve_disbursement(disbursement, by=approver)
    number = disbursement.number
    assert acts_of(auditor_client, "user=approver") == [f"approve disbursement {number}", "add person approver"]
    assert acts_of(auditor_client, "act=approve+disbursement") == [f"approve disbursement {number}"]
    assert acts_of(auditor_client, f"q={number.lower()}&ordering=at") == [
        f"prepare disbursement {number}",
        f"approve disbursement {number}",
    ]
    assert acts_of(auditor_client, "since=2026-06-16") == [f"approve disbursement {number}"]
    assert f"approve disbursement {number}" not in acts_of(auditor_client, "until=2026-06-15")


@pytest.mark.parametrize("query", ["user=nobody", "act=theft", "since=%00", "q=%00", "page=-1", "ordering=user"])
def test_an_odd_query_is_answered(receipt: Receipt, auditor_client: Client, query: str) -> None:
    assert auditor_client.get(f"/audit-trail/?{query}").status_code == 200


def test_the_trail_costs_as_many_queries_for_30_acts_as_for_3(
    officer: User, auditor_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    def add(days: range) -> None:
        for day in days:
            add_rate(currency="CAD", effective_on=date(2026, 1, day), rate=Decimal("0.75"), by=officer)

    add(range(1, 4))
    few = count_queries(auditor_client, "/audit-trail/")
    add(range(4, 31))
    assert count_queries(auditor_client, "/audit-trail/") == few


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nobody_changes_the_trail(receipt: Receipt, officer_client: Client, method: str) -> None:
    assert getattr(officer_client, method)("/audit-trail/").status_code == 405


def test_a_donor_does_not_see_the_trail(donor_client: Client) -> None:
    assert donor_client.get("/audit-trail/").status_code == 403
