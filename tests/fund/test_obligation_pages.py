"""Obligations as officers record, pay and cancel them, and as others see them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Allocation, BankAccount, Disbursement, Obligation, Project
from fund.operations.obligations import cancel_obligation, record_obligation
from ledger.money import parse_amount
from ledger.queries import entries

FUND = "AGR-2026-0001"
URL = "/obligations/OBL-2026-0001/"
ROWS = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}


def form(amount: str = "2,000.00", **changes: str) -> dict[str, str]:
    """What the form of an obligation sends."""
    sent = {"project": "CYB-01", "payee": "SecureTrain SA", "purpose": "Training", "category": "Contractual"}
    sent |= {"let_on": "2026-03-15", "ends_on": "2026-12-31", "note": "Tender 7"}
    return sent | ROWS | {"lines-0-fund": FUND, "lines-0-amount": amount} | changes


def payment(**changes: str) -> dict[str, str]:
    """What the form of a disbursement sends that pays the obligation."""
    sent = {"payee": "SecureTrain SA", "bank_account": "CITI-USD", "paid_on": "2026-04-01", "lines-0-fund": FUND}
    sent |= {"lines-0-project": "CYB-01", "lines-0-category": "Contractual", "lines-0-amount": "700"}
    return sent | ROWS | {"lines-0-obligation": "OBL-2026-0001"} | changes


def let(project: Project, numbers: range, by: User) -> None:
    for number in numbers:
        record_obligation(
            project=project,
            payee=f"Firm {number:02d}",
            purpose="Work",
            category="Travel",
            let_on=date(2026, 4, 1),
            ends_on=date(2026, 5, 1),
            lines={FUND: parse_amount("1", "USD")},
            by=by,
        )


def test_an_officer_records_a_contract(allocation: Allocation, officer_client: Client) -> None:
    page = officer_client.get("/obligations/new/?project=CYB-01").content.decode()
    assert "What can be reserved" in page
    assert '<option value="CYB-01" selected>' in page
    response = officer_client.post("/obligations/new/", form(), follow=True)
    assert response.redirect_chain == [(URL, 302)]
    page = response.content.decode()
    for text in ("SecureTrain SA", "Training", "Tender 7", "2,000.00", "Pay it", "Equity:Memorandum:Obligated:CYB-01"):
        assert text in page
    steps = [step.number for step in response.context["chain"]]
    assert steps == [FUND, "RCT-2026-0001", "ALC-2026-0001", "OBL-2026-0001"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "5000.01"}, "CYB-01 has USD 5,000.00 of AGR-2026-0001 left on 2026-03-15"),
        ({"amount": "0"}, "The amount is more than zero."),
        ({"amount": "x"}, "is not an amount"),
        ({"category": "IndirectCost"}, "IndirectCost is not one of the available choices."),
        ({"ends_on": "2026-03-14"}, "A contract ends on the day it is let, 2026-03-15, or later."),
        ({"let_on": "2199-01-01"}, "This day has not come yet"),
        ({"let_on": "2025-12-31"}, "2025-12-31 is outside the open fiscal years."),
        ({"payee": ""}, "This field is required."),
        ({"project": "NONE"}, "NONE is not one of the available choices."),
        ({"lines-0-fund": "POOL"}, "CYB-01 has USD 0.00 of POOL left"),
        ({"lines-TOTAL_FORMS": "0"}, "Name at least one sub-fund and its amount."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    allocation: Allocation, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    before = entries().count()
    response = officer_client.post("/obligations/new/", form(**changes))
    page = response.content.decode()
    assert (response.status_code, Obligation.objects.exists(), entries().count()) == (422, False, before)
    assert message in page
    assert "Tender 7" in page


def test_it_is_paid_from_its_page(
    obligation: Obligation, bank: BankAccount, officer_client: Client, approver_client: Client
) -> None:
    page = officer_client.get("/disbursements/new/?obligation=OBL-2026-0001").content.decode()
    assert '<option value="OBL-2026-0001" selected>OBL-2026-0001 · SecureTrain SA · 2,000.00 open</option>' in page
    assert 'value="2000.00"' in page
    officer_client.post("/disbursements/new/", payment())
    assert "and 2,000.00 obligated" in approver_client.get("/disbursements/DSB-2026-0001/").content.decode()
    approver_client.post("/disbursements/DSB-2026-0001/approve/")
    shown = officer_client.get(URL)
    page = shown.content.decode()
    for text in ("Partly open", "1,300.00", "DSB-2026-0001"):
        assert text in page
    assert URL in officer_client.get("/disbursements/DSB-2026-0001/").content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lines-0-category": "Travel"}, "OBL-2026-0001 is for CYB-01, Contractual services, out of AGR-2026-0001."),
        ({"lines-0-obligation": "OBL-2026-0009"}, "Nothing of OBL-2026-0009 is open: it is paid or cancelled."),
        ({"paid_on": "2026-03-12"}, "Choose 2026-03-15 or later"),
        ({"lines-0-amount": "5000.01"}, "left on 2026-04-01, and USD 2,000.00 that is obligated for this"),
    ],
)
def test_a_forged_payment_does_not_get_past_the_contract(
    obligation: Obligation, bank: BankAccount, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    response = officer_client.post("/disbursements/new/", payment(**changes))
    assert (response.status_code, Disbursement.objects.exists()) == (422, False)
    assert message in response.content.decode()


def test_a_contract_that_was_cancelled_meanwhile_is_not_silently_left_out(
    obligation: Obligation, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    cancel_obligation(obligation, on=date(2026, 3, 20), reason="Gone", by=officer)
    response = officer_client.post("/disbursements/new/", payment())
    assert (response.status_code, Disbursement.objects.exists()) == (422, False)
    assert "Nothing of OBL-2026-0001 is open" in response.content.decode()


def test_without_a_contract_the_form_of_a_payment_does_not_ask_for_one(
    allocation: Allocation, officer_client: Client
) -> None:
    assert "lines-0-obligation" not in officer_client.get("/disbursements/new/").content.decode()


def test_a_part_of_it_is_cancelled(obligation: Obligation, officer_client: Client) -> None:
    page = officer_client.get(f"{URL}cancel/").content.decode()
    assert 'value="2000.00"' in page
    sent = {"on": "2026-06-01", "reason": "Fewer courses", FUND: "500"}
    page = officer_client.post(f"{URL}cancel/", sent, follow=True).content.decode()
    for text in ("Fewer courses", "500.00", "1,500.00", "Partly open"):
        assert text in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({FUND: "2000.01"}, "USD 2,000.00 of OBL-2026-0001 is open in AGR-2026-0001"),
        ({FUND: ""}, "Name at least one sub-fund and its amount."),
        ({FUND: "x"}, "is not an amount"),
        ({"on": "2026-03-14"}, "Choose 2026-03-15 or later"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_cancellation_that_is_wrong_changes_nothing(
    obligation: Obligation, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    before = entries().count()
    response = officer_client.post(f"{URL}cancel/", {"on": "2026-06-01", "reason": "Less", FUND: "1"} | changes)
    assert (response.status_code, entries().count()) == (422, before)
    assert message in response.content.decode()


def test_what_is_settled_is_neither_paid_nor_cancelled(
    obligation: Obligation, officer: User, officer_client: Client
) -> None:
    cancel_obligation(obligation, on=date(2026, 3, 20), reason="Gone", by=officer)
    page = officer_client.get(URL).content.decode()
    assert "Settled" in page
    assert "Pay it" not in page
    response = officer_client.post(f"{URL}cancel/", {"on": "2026-06-01", "reason": "Again"})
    assert response.status_code == 422


def test_the_list_filters_sorts_and_pages(obligation: Obligation, officer: User, officer_client: Client) -> None:
    let(obligation.project, range(30), officer)
    cancel_obligation(obligation, on=date(2026, 3, 20), reason="Gone", by=officer)

    def count(query: str) -> int:
        rows: int = officer_client.get(f"/obligations/?{query}").context["page_obj"].paginator.count
        return rows

    assert count("state=open") == count("since=2026-04-01") == 30
    assert count("state=settled") == count("q=SecureTrain") == count("until=2026-03-31") == 1
    assert count("project=CYB-01") == count(f"fund={FUND}") == 31
    assert count("fund=POOL") == 0
    page = officer_client.get("/obligations/?ordering=-payee&page=2").context["page_obj"]
    assert [row.payee.name for row in page][-1] == "Firm 00"


@pytest.mark.parametrize("path", ["/obligations/", "/disbursements/new/", "/projects/CYB-01/"])
def test_pages_cost_as_many_queries_for_20_contracts_as_for_3(
    allocation: Allocation, officer: User, officer_client: Client, count_queries: Callable[..., int], path: str
) -> None:
    let(allocation.project, range(3), officer)
    few = count_queries(officer_client, path)
    let(allocation.project, range(3, 20), officer)
    assert count_queries(officer_client, path) == few


@pytest.mark.parametrize("query", ["page=-1", "ordering=-", "since=x", "state=odd", "project=%00", "fund=%00", "q=%00"])
def test_odd_questions_get_an_answer(obligation: Obligation, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/obligations/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["obligation=%00", "obligation=OBL-2026-0009", "obligation=x"])
def test_an_odd_contract_beforehand_is_none(allocation: Allocation, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/disbursements/new/?{query}").status_code == 200


def test_roles_do_what_is_theirs(
    obligation: Obligation, auditor_client: Client, approver_client: Client, donor_client: Client
) -> None:
    for client in (auditor_client, approver_client):
        page = client.get(URL)
        assert page.status_code == client.get("/obligations/").status_code == 200
        assert "Cancel…" not in page.content.decode()
    for client in (auditor_client, approver_client, donor_client):
        for path in ("/obligations/new/", f"{URL}cancel/"):
            assert client.get(path).status_code == client.post(path, {}).status_code == 403
    assert donor_client.get(URL).status_code == donor_client.get("/obligations/").status_code == 403
    assert Client().get(URL)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["OBL-2026-0009/", "OBL-2026-0009/cancel/", "%00/"])
def test_what_does_not_exist_is_not_found(officer_client: Client, path: str) -> None:
    assert officer_client.get(f"/obligations/{path}").status_code == 404


def test_an_empty_list_says_what_to_do(officer_client: Client) -> None:
    assert "Record a contract when it is let" in officer_client.get("/obligations/").content.decode()


def give_back(**changes: str) -> dict[str, Any]:
    sent = {"project": "CYB-01", "decided_on": "2026-04-01", "lines-0-fund": FUND, "lines-0-amount": "3000"}
    return sent | ROWS | changes


def test_what_is_left_is_offered_for_the_return_and_returned(
    obligation: Obligation, officer_client: Client, approver_client: Client
) -> None:
    page = officer_client.get("/allocations/return/?project=CYB-01").content.decode()
    assert 'value="3000.00"' in page
    refused = officer_client.post("/allocations/return/", give_back(**{"lines-0-amount": "3000.01"}))
    assert (refused.status_code, Allocation.objects.count()) == (422, 1)
    assert "once that is cancelled or returned" in refused.content.decode()
    officer_client.post("/allocations/return/", give_back())
    page = approver_client.post("/allocations/ALC-2026-0002/approve/", follow=True).content.decode()
    for text in ("Return", "−3,000.00", "Return of unspent allocation ALC-2026-0002"):
        assert text in page


def test_money_is_moved_and_both_projects_show_it(
    allocation: Allocation, officer: User, officer_client: Client, approver_client: Client
) -> None:
    officer_client.post(
        "/projects/new/",
        {"code": "BOR-01", "title": "B", "starts_on": "2026-01-01", "countries": "GTM", "recommendations": "1"},
    )
    sent = give_back(source="CYB-01", project="BOR-01")
    officer_client.post("/allocations/move/", sent)
    page = approver_client.post("/allocations/ALC-2026-0002/approve/", follow=True).content.decode()
    for text in ("From project", "Re-allocation ALC-2026-0002 from CYB-01"):
        assert text in page
    assert "−3,000.00" in officer_client.get("/projects/CYB-01/").content.decode()
    assert "Re-allocation" in officer_client.get("/projects/BOR-01/").content.decode()
    same = officer_client.post("/allocations/move/", sent | {"project": "CYB-01"})
    assert same.status_code == 422
    assert "choose another project" in same.content.decode()


def test_only_officers_return_and_move(allocation: Allocation, auditor_client: Client) -> None:
    for path in ("/allocations/return/", "/allocations/move/"):
        assert auditor_client.get(path).status_code == auditor_client.post(path, give_back()).status_code == 403
