from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Allocation, Direction, Disbursement, Project, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.allocations import prepare_allocation
from fund.operations.disbursements import approve_disbursement
from fund.operations.projects import ProjectFacts, add_project
from ledger.money import parse_amount
from ledger.queries import entries
from tests.deeds import allocate, reverse, sign_agreement


def form(*lines: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """What the form of an allocation sends."""
    sent = {"project": "CYB-01", "decided_on": "2026-03-10", "note": "Board of March"}
    sent |= {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for index, (fund, amount) in enumerate(lines):
        sent |= {f"lines-{index}-fund": fund, f"lines-{index}-amount": amount}
    return sent | changes


def test_an_officer_allocates_what_has_been_received(
    receipt: Receipt, project: Project, officer_client: Client, approver_client: Client
) -> None:
    response = officer_client.post("/allocations/new/", form(("AGR-2026-0001", "5,000.00")), follow=True)
    assert response.redirect_chain == [("/allocations/ALC-2026-0001/", 302)]
    assert "Equity:Allocated:CYB-01" not in response.content.decode()
    response = approver_client.post("/allocations/ALC-2026-0001/approve/", follow=True)
    page = response.content.decode()
    for text in ("CYB-01", "5,000.00", "Board of March", "AGR-2026-0001", "JE-2026-", "Equity:Allocated:CYB-01"):
        assert text in page
    assert [step.number for step in response.context["chain"]] == ["AGR-2026-0001", "RCT-2026-0001", "ALC-2026-0001"]


def test_what_waits_says_what_its_approver_can_allow(
    allocation: Allocation, officer: User, approver_client: Client
) -> None:
    facts: dict[str, Any] = {"project": allocation.project, "decided_on": date(2026, 3, 11), "by": officer}
    lines = {"AGR-2026-0001": parse_amount("900", "USD")}
    given = prepare_allocation(**facts, lines=lines)
    returned = prepare_allocation(**facts, lines=lines, direction=Direction.RETURN)
    for document, amount in ((given, "1,000.00"), (returned, "5,000.00")):
        page = approver_client.get(document.get_absolute_url()).content.decode()
        assert "Available for it, USD" in page
        assert f'<td class="num">{amount}</td>' in page
    assert "Available for it" not in approver_client.get(allocation.get_absolute_url()).content.decode()


def test_each_sub_fund_says_what_is_available_of_it(
    allocation: Allocation, disbursement: Disbursement, officer_client: Client
) -> None:
    page = officer_client.get("/allocations/new/?project=CYB-01&fund=AGR-2026-0001").content.decode()
    assert "AGR-2026-0001 · Canada · 1,000.00 available" in page
    assert "POOL · 0.00 available" in page
    assert '<option value="CYB-01" selected>' in page
    assert '<option value="AGR-2026-0001" selected>' in page


@pytest.mark.parametrize(
    ("lines", "changes", "message"),
    [
        ([("AGR-2026-0001", "6000.01")], {}, "AGR-2026-0001 has USD 6,000.00 to allocate on 2026-03-10; USD 6,000.01"),
        ([("POOL", "1")], {}, "POOL has USD 0.00 to allocate"),
        ([("AGR-2026-0001", "1.234")], {}, "1.234 has too many decimals: USD takes at most 2 decimals."),
        ([("AGR-2026-0001", "1,50")], {}, "is not an amount. Write it like 1234.50."),
        ([("AGR-2026-0001", "0")], {}, "The amount is more than zero."),
        ([("AGR-2026-0001", "1"), ("AGR-2026-0001", "2")], {}, "AGR-2026-0001 stands in two lines: put it into one."),
        ([("", "7")], {}, "This field is required."),
        ([("GENERAL", "7")], {}, "GENERAL is not one of the available choices."),
        ([("AGR-2026-0001", "9\x00")], {}, "Null characters are not allowed."),
        ([("AGR-2026-0001", "9" * 400)], {}, "at most 30 characters"),
        ([], {}, "An allocation takes money of at least one sub-fund."),
        ([("AGR-2026-0001", "1")], {"project": "NONE"}, "NONE is not one of the available choices."),
        ([("AGR-2026-0001", "1")], {"decided_on": "2025-12-31"}, "2025-12-31 is outside the open fiscal years."),
        ([("AGR-2026-0001", "1")], {"decided_on": "2199-12-31"}, "This day has not come yet"),
        ([("AGR-2026-0001", "1")], {"decided_on": "0000-00-00"}, "Enter a valid date."),
        ([("AGR-2026-0001", "1")], {"note": "n" * 301}, "at most 300 characters"),
        ([("AGR-2026-0001", "1")], {"lines-TOTAL_FORMS": "many"}, "The lines did not arrive whole."),
        ([("AGR-2026-0001", "1")], {"lines-TOTAL_FORMS": "-3"}, "An allocation takes money of at least one sub-fund."),
        ([("AGR-2026-0001", "1")], {"lines-TOTAL_FORMS": "100000"}, "At most 100 lines."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    receipt: Receipt, project: Project, officer_client: Client, lines: Any, changes: dict[str, str], message: str
) -> None:
    before = entries().count()
    response = officer_client.post("/allocations/new/", form(*lines, **changes))
    page = response.content.decode().replace("&#x27;", "'")
    assert response.status_code == 422
    assert message in page
    assert "Board of March" in page or "note" in changes
    assert not Allocation.objects.exists()
    assert entries().count() == before


def test_an_earmark_is_kept(canada: Any, bank: Any, project: Project, officer: User, officer_client: Client) -> None:
    amount = parse_amount("500", "USD")
    earmark = Earmark(countries=["PER"])
    agreement = sign_agreement(
        donor=canada, signed_on=date(2026, 1, 15), amount=amount, instalments=[Due(date(2026, 2, 1), amount)],
        earmark=earmark, by=officer,
    )  # fmt: skip
    response = officer_client.post("/allocations/new/", form((agreement.number, "1")))
    assert response.status_code == 422
    assert response.context["formset"].non_form_errors() == ["AGR-2026-0001 is for Peru; CYB-01 works in Guatemala."]


def test_removed_and_blank_lines_are_no_lines(receipt: Receipt, project: Project, officer_client: Client) -> None:
    lines = [("AGR-2026-0001", "10"), ("POOL", "nonsense"), ("", "")]
    officer_client.post("/allocations/new/", form(*lines, **{"lines-1-DELETE": "on"}))
    [line] = Allocation.objects.get().lines.all()
    assert (line.fund, line.amount.amount) == ("AGR-2026-0001", 10)


def test_an_officer_prepares_and_an_approver_approves_that_an_allocation_is_taken_back(
    allocation: Allocation, officer_client: Client, approver_client: Client
) -> None:
    assert "Prepare the reversal of ALC" in officer_client.get("/allocations/ALC-2026-0001/reverse/").content.decode()
    sent = {"on": "2026-03-12", "reason": "Wrong project"}
    reversal = officer_client.post("/allocations/ALC-2026-0001/reverse/", sent)["Location"]
    assert officer_client.get("/allocations/ALC-2026-0001/reverse/")["Location"] == reversal
    page = officer_client.get("/allocations/ALC-2026-0001/").content.decode()
    assert f'Its reversal <a href="{reversal}">ALC-2026-0001/V1</a> awaits' in page
    assert "Prepare reversal" not in page
    approver_client.post(f"{reversal}approve/")
    page = approver_client.get("/allocations/ALC-2026-0001/").content.decode()
    for text in ("Reversed", "2026-03-12", "Wrong project", reversal):
        assert text in page
    allocation.refresh_from_db()
    assert allocation.reversed_on == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"on": "2026-03-09"}, "Choose 2026-03-10 or later: nothing is dated before what it rests on."),
        ({"on": "2027-01-01"}, "This day has not come yet"),
        ({"on": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
        ({"reason": "x" * 201}, "at most 200 characters"),
        ({"reason": "a\x00"}, "Null characters are not allowed."),
    ],
)
def test_a_reversal_that_is_wrong_changes_nothing(
    allocation: Allocation, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    sent = {"on": "2026-03-12", "reason": "Wrong project"} | changes
    response = officer_client.post("/allocations/ALC-2026-0001/reverse/", sent)
    assert response.status_code == 422
    assert message in response.content.decode()
    allocation.refresh_from_db()
    assert allocation.reversed_on is None


def test_what_is_spent_is_not_taken_back(disbursement: Disbursement, approver: User, officer_client: Client) -> None:
    approve_disbursement(disbursement, by=approver)
    sent = {"on": "2026-03-22", "reason": "Wrong project"}
    response = officer_client.post("/allocations/ALC-2026-0001/reverse/", sent)
    assert response.status_code == 422
    assert "the rest is spent" in response.content.decode()


def test_a_second_reversal_says_when_the_first_was(
    allocation: Allocation, officer: User, officer_client: Client
) -> None:
    reverse(allocation, on=date(2026, 3, 12), reason="Wrong project", by=officer)
    sent = {"on": "2026-03-12", "reason": "Wrong project"}
    response = officer_client.post("/allocations/ALC-2026-0001/reverse/", sent)
    assert response.status_code == 422
    assert "ALC-2026-0001 was reversed on 2026-03-12 already." in response.content.decode()


def give_to_projects(numbers: range, by: User) -> None:
    for index in numbers:
        facts = ProjectFacts(f"Project {index}", [1], ["GTM"], date(2026, 1, 1))
        project = add_project(code=f"PRJ-{index:02d}", facts=facts, by=by)
        lines = {"AGR-2026-0001": parse_amount("10", "USD")}
        allocate(project=project, decided_on=date(2026, 3, 10), lines=lines, by=by)


@pytest.mark.parametrize("path", ["/allocations/", "/allocations/new/", "/sub-funds/AGR-2026-0001/"])
def test_pages_cost_as_many_queries_for_30_rows_as_for_3(
    receipt: Receipt, officer: User, officer_client: Client, path: str
) -> None:
    give_to_projects(range(3), officer)
    with CaptureQueriesContext(connection) as few:
        officer_client.get(path)
    give_to_projects(range(3, 30), officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get(path)
    assert len(many) == len(few)


def test_the_list_filters_sorts_and_pages(receipt: Receipt, officer: User, officer_client: Client) -> None:
    give_to_projects(range(30), officer)

    def count(query: str) -> int:
        rows: int = officer_client.get(f"/allocations/?{query}").context["page_obj"].paginator.count
        return rows

    assert count("project=PRJ-07") == count("q=PRJ-07") == count("q=ALC-2026-0008") == 1
    assert count("fund=AGR-2026-0001") == count("since=2026-03-10&until=2026-03-10") == 30
    assert count("fund=POOL") == count("until=2026-03-09") == 0
    page = officer_client.get("/allocations/?ordering=-project&page=2").context["page_obj"]
    assert [row.project.code for row in page][-1] == "PRJ-00"


@pytest.mark.parametrize(
    "query",
    ["page=-1", "ordering=-", "since=x", "until=9999-12-31", "since=0001-01-01", "project=%00", "fund=%00", "q=%00"],
)
def test_odd_questions_get_an_answer(allocation: Allocation, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/allocations/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["project=%00", "fund=%00", "project=NONE&fund=NONE", f"project={'x' * 5000}"])
def test_an_odd_choice_beforehand_is_no_choice(allocation: Allocation, officer_client: Client, query: str) -> None:
    page = officer_client.get(f"/allocations/new/?{query}")
    assert page.status_code == 200
    assert '" selected' not in page.content.decode().replace('value="" selected', "")


@pytest.mark.parametrize("path", ["ALC-2026-9999/", "ALC-2026-9999/reverse/", "%00/", "DSB-2026-0001/"])
def test_an_allocation_that_does_not_exist_is_not_found(
    disbursement: Disbursement, officer_client: Client, path: str
) -> None:
    assert officer_client.get(f"/allocations/{path}").status_code == 404


def test_only_officers_allocate(
    allocation: Allocation, auditor_client: Client, approver_client: Client, donor_client: Client
) -> None:
    for client in (auditor_client, approver_client):
        page = client.get("/allocations/ALC-2026-0001/")
        assert page.status_code == client.get("/allocations/").status_code == 200
        assert "reversal…" not in page.content.decode()
    for client in (auditor_client, approver_client, donor_client):
        for path in ("/allocations/new/", "/allocations/ALC-2026-0001/reverse/"):
            assert client.get(path).status_code == client.post(path, {}).status_code == 403
    assert donor_client.get("/allocations/").status_code == 403
    assert donor_client.get("/allocations/ALC-2026-0001/").status_code == 403
    for path in ("/allocations/", "/allocations/new/", "/allocations/ALC-2026-0001/"):
        assert Client().get(path)["Location"].startswith("/accounts/login/")
