from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, AuditRecord, BankAccount, Donor, Pledge, Receipt
from fund.operations.donors import add_donor
from fund.operations.receipts import Facts, record_gift
from fund.queries.donors import DonorStanding, donor_standings
from fund.queries.figures import Grouping, group_contributions
from ledger.money import parse_amount

FRANCE = {"code": "FRA", "name": "France", "donor_class": "state_party", "country": "FRA"}
ODD = [
    "?page=abc",
    "?page=999",
    "?page=%00",
    "?ordering=x",
    "?ordering=--name",
    "?q=%00",
    "?country=%00",
    "?donor_class=x",
]


def test_an_officer_adds_a_donor(officer_client: Client) -> None:
    response = officer_client.post("/donors/new/", FRANCE | {"code": " fra "}, follow=True)
    assert response.redirect_chain == [("/donors/FRA/", 302)]
    page = response.content.decode()
    for text in ("France is recorded.", "FRA · State Party", "Add donor", "No agreements."):
        assert text in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "CAN"}, "CAN is the code of Canada. Choose another one."),
        ({"name": "CANADA"}, "Canada is a donor already, with the code CAN."),
        ({"code": "F R A"}, "A code is capital letters, digits and hyphens"),
        ({"code": "FRA\x00"}, "Null characters are not allowed."),
        ({"name": "n" * 100_000}, "at most 200 characters"),
        ({"name": ""}, "This field is required."),
        ({"donor_class": "friend"}, "friend is not one of the available choices."),
        ({"country": "XXX"}, "XXX is not one of the available choices."),
    ],
)
def test_a_wrong_donor_is_refused_and_what_was_typed_stays(
    canada: Donor, officer_client: Client, changes: dict[str, str], message: str
) -> None:
    response = officer_client.post("/donors/new/", FRANCE | {"name": "Frankreich"} | changes)
    page = response.content.decode()
    assert (response.status_code, Donor.objects.count()) == (422, 1)
    assert message in page
    assert "name" in changes or 'value="Frankreich"' in page


def test_an_officer_edits_a_donor_but_not_its_code(canada: Donor, officer_client: Client) -> None:
    changed = {"code": "XYZ", "name": "Canada (GAC)", "donor_class": "organisation", "country": ""}
    response = officer_client.post("/donors/CAN/edit/", changed, follow=True)
    assert response.redirect_chain == [("/donors/CAN/", 302)]
    assert "Canada (GAC) is changed." in response.content.decode()
    assert AuditRecord.objects.filter(act="change donor", subject="CAN").exists()


def test_a_donors_page_shows_where_it_stands(
    canada: Donor, pledge: Pledge, receipt: Receipt, officer_client: Client
) -> None:
    page = officer_client.get("/donors/CAN/").content.decode()
    for text in ("100,000.00", "10,000.00", "6,000.00", "4,000.00", "PLG-2026-0001", "AGR-2026-0001", "RCT-2026-0001"):
        assert text in page
    for link in ("/pledges/new/?donor=CAN", "/agreements/new/?donor=CAN", "/receipts/new/?of=CAN", "/donors/CAN/edit/"):
        assert f'href="{link}"' in page


def test_what_a_donor_sent_is_what_the_report_says(
    canada: Donor, acme: Donor, cad_agreement: Agreement, receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    gift = Facts(bank, receipt.received_on, parse_amount("70", "USD"), "G", charges=parse_amount("5", "USD"))
    record_gift(donor=acme, facts=gift, by=officer)
    found = donor_standings([canada, acme])
    assert found["ACME"] == DonorStanding(received=7500)
    for group in group_contributions(Grouping.DONOR):
        own, told = found[group.key], group.functional
        assert (own.signed, own.received, own.outstanding) == (told.signed, told.received, told.outstanding)


def test_the_list_takes_as_many_queries_for_thirty_donors_as_for_three(
    receipt: Receipt, pledge: Pledge, officer: User, officer_client: Client, count_queries: Callable[..., int]
) -> None:
    def add(number: int) -> None:
        add_donor(code=f"D-{number}", name=f"Donor {number}", donor_class="civil_society", by=officer)

    for number in range(3):
        add(number)
    few = count_queries(officer_client, "/donors/")
    for number in range(3, 30):
        add(number)
    assert count_queries(officer_client, "/donors/") == few
    assert few < 20


@pytest.mark.parametrize("query", ODD)
def test_an_odd_address_still_shows_the_list(canada: Donor, officer_client: Client, query: str) -> None:
    response = officer_client.get(f"/donors/{query}")
    assert response.status_code == 200
    assert "Canada" in response.content.decode()


@pytest.mark.parametrize(("query", "shown"), [("?q=acm", False), ("?q=CANA", True), ("?donor_class=state_party", True)])
def test_the_list_is_narrowed(canada: Donor, acme: Donor, officer_client: Client, query: str, shown: bool) -> None:
    page = officer_client.get(f"/donors/{query}").content.decode()
    assert ("/donors/CAN/" in page, "/donors/ACME/" in page) == (shown, not shown)


@pytest.mark.parametrize("path", ["/donors/NOBODY/", "/donors/NOBODY/edit/", "/donors/%00/", "/donors/can/"])
def test_a_donor_that_does_not_exist_is_not_found(canada: Donor, officer_client: Client, path: str) -> None:
    assert officer_client.get(path).status_code == 404


def test_roles_do_what_is_theirs(
    canada: Donor, auditor_client: Client, approver_client: Client, donor_client: Client, client: Client
) -> None:
    forms: Any = ("/donors/new/", "/donors/CAN/edit/")
    for reader in (auditor_client, approver_client):
        page = reader.get("/donors/").content.decode() + reader.get("/donors/CAN/").content.decode()
        assert "Canada" in page
        assert "/new/" not in page
        assert "/edit/" not in page
        assert {reader.get(path).status_code for path in forms} == {403}
        assert {reader.post(path, FRANCE).status_code for path in forms} == {403}
    for path in ("/donors/", "/donors/CAN/", *forms):
        assert donor_client.get(path).status_code == 403
        assert client.get(path)["Location"].startswith("/accounts/login/")
    assert Donor.objects.get().name == "Canada"
