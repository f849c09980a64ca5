from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Donor, Pledge
from fund.operations.agreements import Due
from fund.operations.pledges import announce_pledge, withdraw_pledge
from ledger.money import Amount
from ledger.queries import entries
from tests.deeds import sign_agreement

SIGNED = Amount(4_000_000, "USD")


def form(**changes: Any) -> dict[str, Any]:
    """What the form of a pledge sends."""
    sent = {"donor": "CAN", "announced_on": "2026-02-01", "note": "At the assembly"}
    return sent | {"amount_0": "1,234.50", "amount_1": "USD"} | changes


@pytest.fixture
def partly_signed(pledge: Pledge, officer: User) -> Agreement:
    """USD 40,000.00 of PLG-2026-0001 are signed."""
    due = Due(date(2026, 4, 1), SIGNED)
    facts: Any = {"donor": pledge.donor, "signed_on": date(2026, 2, 1), "pledge": pledge}
    return sign_agreement(**facts, amount=SIGNED, instalments=[due], by=officer)


def test_an_officer_records_a_pledge(fund_year: int, canada: Donor, officer_client: Client) -> None:
    response = officer_client.post("/pledges/new/", form(), follow=True)
    assert response.redirect_chain == [("/pledges/PLG-2026-0001/", 302)]
    page = response.content.decode()
    for text in ("PLG-2026-0001 is recorded.", "1,234.50", "At the assembly", "Equity:Memorandum:Pledged:CAN", "Open"):
        assert text in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"donor": "NOBODY"}, "NOBODY is not one of the available choices."),
        ({"donor": "CAN\x00"}, "is not one of the available choices."),
        ({"amount_0": "0"}, "The amount is more than zero."),
        ({"amount_0": "-5"}, "The amount is more than zero."),
        ({"amount_0": "1,50"}, "is not an amount. Write it like 1234.50."),
        ({"amount_0": "1.005"}, "1.005 has too many decimals: USD takes at most 2 decimals."),
        ({"amount_0": "1.5", "amount_1": "JPY"}, "1.5 has too many decimals: JPY takes no decimals."),
        ({"amount_0": "9" * 200}, "is not an amount."),
        ({"amount_0": "9" * 15}, "is too large: at most 12 digits before the point."),
        ({"amount_1": "ZZZ"}, "ZZZ is not one of the available choices."),
        ({"amount_1": "EUR"}, "No EUR rate of 2025-12-18 to 2026-02-01: there is none before. Add the rate first."),
        ({"announced_on": "2025-12-31"}, "2025-12-31 is outside the open fiscal years. Open: 2026."),
        ({"announced_on": "2026-06-16"}, "This day has not come yet: 2026-06-15 or earlier."),
        ({"announced_on": "1 May"}, "Enter a valid date. Write it like 2026-03-31."),
        ({"note": "a\x00b"}, "Null characters are not allowed."),
        ({"note": "a\u202eb"}, "There is a character in it that cannot be printed."),
        ({"note": "n" * 301}, "at most 300 characters"),
    ],
)
def test_a_wrong_pledge_is_refused_and_what_was_typed_stays(
    fund_year: int, canada: Donor, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    response = officer_client.post("/pledges/new/", form(**changes))
    page = response.content.decode()
    assert (response.status_code, Pledge.objects.count(), entries().count()) == (422, 0, 0)
    assert message in page
    assert "note" in changes or 'value="At the assembly"' in page


def test_a_missing_rate_stands_beside_the_amount(fund_year: int, canada: Donor, officer_client: Client) -> None:
    response = officer_client.post("/pledges/new/", form(amount_1="EUR"))
    assert "No EUR rate" in str(response.context["form"].errors["amount"])


def test_the_donors_page_fills_in_the_donor(canada: Donor, officer_client: Client) -> None:
    page = officer_client.get("/pledges/new/?donor=CAN").content.decode()
    assert '<option value="CAN" selected>Canada</option>' in page
    assert officer_client.get("/pledges/new/?donor=%00").status_code == 200


def test_a_pledge_shows_what_is_signed_of_it_and_what_is_open(partly_signed: Agreement, officer_client: Client) -> None:
    response = officer_client.get("/pledges/PLG-2026-0001/")
    page = response.content.decode()
    for text in ("100,000.00", "60,000.00", "40,000.00", "/agreements/AGR-2026-0001/", "?pledge=PLG-2026-0001"):
        assert text in page
    assert [step.number for step in response.context["chain"]] == ["PLG-2026-0001", "AGR-2026-0001", "POOL"]
    assert [record.act for record in response.context["history"]] == ["announce pledge"]


def test_an_officer_withdraws_what_is_not_signed(partly_signed: Agreement, officer_client: Client) -> None:
    sent = {"on": "2026-05-02", "reason": "Budget cut"}
    response = officer_client.post("/pledges/PLG-2026-0001/withdraw/", sent, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [("/pledges/PLG-2026-0001/", 302)]
    for text in ("PLG-2026-0001 is withdrawn.", "Withdrawn on", "Budget cut", "2026-05-02"):
        assert text in page
    assert "/withdraw/" not in page


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"on": "2026-01-04", "reason": "r"}, "Choose 2026-01-05 or later: nothing is dated before what it rests on."),
        ({"on": "2026-12-31", "reason": "r"}, "This day has not come yet"),
        ({"on": "2026-05-02", "reason": ""}, "This field is required."),
        ({"on": "2026-05-02", "reason": "r" * 201}, "at most 200 characters"),
        ({}, "This field is required."),
    ],
)
def test_a_wrong_withdrawal_is_refused(
    pledge: Pledge, officer_client: Client, sent: dict[str, str], message: str
) -> None:
    response = officer_client.post("/pledges/PLG-2026-0001/withdraw/", sent)
    assert response.status_code == 422
    assert message in response.content.decode()
    pledge.refresh_from_db()
    assert pledge.withdrawn_on is None


def test_nothing_is_withdrawn_twice(pledge: Pledge, officer: User, officer_client: Client) -> None:
    withdraw_pledge(pledge, on=date(2026, 2, 1), reason="r", by=officer)
    response = officer_client.post("/pledges/PLG-2026-0001/withdraw/", {"on": "2026-05-02", "reason": "again"})
    assert response.status_code == 422
    assert "Nothing of PLG-2026-0001 is open: it is signed, withdrawn or lapsed." in response.content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?state=open", True),
        ("?state=signed", False),
        ("?state=withdrawn", False),
        ("?q=assembly", False),
        ("?q=cana", True),
        ("?donor=CAN", True),
        ("?since=2026-01-06", False),
        ("?until=2026-01-05", True),
        ("?page=abc", True),
        ("?ordering=x&state=x&since=x", True),
        ("?q=%00&donor=%00", True),
        ("?ordering=-amount", True),
    ],
)
def test_the_list_is_narrowed_and_takes_odd_addresses(
    partly_signed: Agreement, officer_client: Client, query: str, shown: bool
) -> None:
    response = officer_client.get(f"/pledges/{query}")
    assert response.status_code == 200
    assert ("/pledges/PLG-2026-0001/" in response.content.decode()) == shown


def test_the_list_takes_as_many_queries_for_thirty_pledges_as_for_three(
    pledge: Pledge, officer: User, officer_client: Client, count_queries: Callable[..., int]
) -> None:
    facts: Any = {"donor": pledge.donor, "announced_on": date(2026, 2, 1), "amount": SIGNED, "by": officer}
    for _ in range(2):
        announce_pledge(**facts)
    few = count_queries(officer_client, "/pledges/")
    for _ in range(27):
        announce_pledge(**facts)
    assert count_queries(officer_client, "/pledges/") == few
    assert few < 20


@pytest.mark.parametrize("path", ["/pledges/PLG-2026-0009/", "/pledges/x/withdraw/", "/pledges/%00/"])
def test_a_pledge_that_does_not_exist_is_not_found(officer_client: Client, path: str) -> None:
    assert officer_client.get(path).status_code == 404
    assert officer_client.post(path, {"on": "2026-05-02", "reason": "r"}).status_code in (404, 405)


def test_roles_do_what_is_theirs(pledge: Pledge, auditor_client: Client, donor_client: Client, client: Client) -> None:
    forms = ("/pledges/new/", "/pledges/PLG-2026-0001/withdraw/")
    page = (
        auditor_client.get("/pledges/").content.decode()
        + auditor_client.get(pledge.get_absolute_url()).content.decode()
    )
    for button in ("/new/", "/withdraw/"):
        assert button not in page
    for path in forms:
        assert (auditor_client.get(path).status_code, auditor_client.post(path, form()).status_code) == (403, 403)
    for path in ("/pledges/", pledge.get_absolute_url(), *forms):
        assert donor_client.get(path).status_code == 403
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_a_pledge_past_its_day_is_named_on_the_list_and_the_checklist_and_lapses_on_its_page(
    fund_year: int, canada: Donor, officer_client: Client
) -> None:
    sent = {"donor": "CAN", "announced_on": "2026-01-02", "amount_0": "5", "amount_1": "USD"}
    officer_client.post("/pledges/new/", sent | {"expires_on": "2026-01-30"})
    officer_client.post("/pledges/new/", sent | {"expires_on": "2026-12-31"})
    [found] = officer_client.get("/pledges/?state=past").context["page_obj"]
    assert found.number == "PLG-2026-0001"
    assert "/pledges/?state=past" in officer_client.get("/period-end/").content.decode()
    assert "/lapse/" in officer_client.get("/pledges/PLG-2026-0001/").content.decode()
    assert "/lapse/" not in officer_client.get("/pledges/PLG-2026-0002/").content.decode()
    lapse = {"on": "2026-06-01", "reason": "Silence"}
    page = officer_client.post("/pledges/PLG-2026-0001/lapse/", lapse, follow=True).content.decode()
    assert all(text in page for text in ("PLG-2026-0001 is lapsed.", "Lapsed on", "2026-01-30"))
    [lapsed] = officer_client.get("/pledges/?state=lapsed").context["page_obj"]
    assert lapsed.number == "PLG-2026-0001"
    assert not officer_client.get("/pledges/?state=past").context["page_obj"].object_list


def test_a_forged_lapse_before_its_day_is_refused(fund_year: int, canada: Donor, officer_client: Client) -> None:
    sent = {"donor": "CAN", "announced_on": "2026-01-02", "amount_0": "5", "amount_1": "USD"}
    officer_client.post("/pledges/new/", sent | {"expires_on": "2026-12-31"})
    answer = officer_client.post("/pledges/PLG-2026-0001/lapse/", {"on": "2026-06-01", "reason": "Silence"})
    assert (answer.status_code, Pledge.objects.get().lapsed_on) == (422, None)
    assert "holds until 2026-12-31" in answer.content.decode()
