"""The pages that follow the money: what they show, to whom, and where they lead."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import AdvanceReport, Agreement, BankAccount, Disbursement, Donor, Pledge, Receipt
from fund.operations.agreements import Due
from fund.operations.receipts import Facts, record_gift, record_receipt
from tests.deeds import sign_agreement
from tests.fund.advances import accept
from tests.shorthand import usd


@pytest.fixture
def gift(acme: Donor, bank: BankAccount, officer: User) -> Receipt:
    """A gift of ACME into the pool: USD 90.00."""
    return record_gift(donor=acme, facts=Facts(bank, date(2026, 3, 3), usd("90"), "G-1"), by=officer)


@pytest.mark.usefixtures("paid", "gift")
def test_the_page_shows_the_picture_and_each_figure_with_the_list_behind_it(officer_client: Client) -> None:
    page = officer_client.get("/flow/").content.decode()
    assert page.count('class="band') == 7
    for shown in (
        'aria-label="Canada: USD 6,000.00"',
        "ACME Inc. → The pool: USD 90.00",
        'href="/flow/spent/?until=2026-06-15&amp;what=Travel&amp;in=AGR-2026-0001&amp;for=CYB-01">700.00</a>',
        'href="/flow/?until=2026-06-15&amp;donor=ACME&amp;fund=POOL#sources">90.00</a>',
        'href="/flow/DSB-2026-0001/"',
        "Not allocated yet",
    ):
        assert shown in page


@pytest.mark.usefixtures("paid", "gift")
@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("donor=CAN", ["Of it this donor’s", "AGR-2026-0001"], ["90.00"]),
        ("fund=POOL", ["90.00", "Nothing of it was paid out"], ["700.00"]),
        ("project=CYB-01", ["5,000.00", "700.00"], ["90.00"]),
        ("of=agr-2026-0001", ["Canada.", "6,000.00", "Of it what is followed"], ["90.00", "Of it this donor’s"]),
        ("of=RCT-2026-0002", ["ACME Inc.", "pro rata to what its one donor paid in up to 2026-06-15"], ["700.00"]),
        ("since=2026-04-01", ["Spent before the period"], ["Wings"]),
        ("since=0001-01-01", ["700.00", "90.00"], ["Spent before the period"]),
        ("until=2026-01-01", ["There is no money like that"], ["6,000.00"]),
    ],
)
def test_filters_narrow_what_is_followed(
    query: str, shown: list[str], hidden: list[str], officer_client: Client
) -> None:
    page = officer_client.get(f"/flow/?{query}").content.decode()
    for text in shown:
        assert text in page
    for text in hidden:
        assert text not in page


def test_a_pledge_leads_to_the_money_of_its_agreements(
    pledge: Pledge, canada: Donor, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    assert "There is no money like that" in officer_client.get("/flow/?of=PLG-2026-0001").content.decode()
    day = date(2026, 1, 20)
    terms: dict[str, Any] = {
        "donor": canada,
        "signed_on": day,
        "amount": usd("50"),
        "instalments": [Due(day, usd("50"))],
    }
    sign_agreement(**terms, pledge=pledge, by=officer)
    record_receipt(agreement=Agreement.objects.get(), facts=Facts(bank, day, usd("50"), "B-1"), by=officer)
    page = officer_client.get("/flow/?of=PLG-2026-0001").content.decode()
    assert "AGR-2026-0001 → The pool: USD 50.00" in page


def test_a_pledge_leads_down_to_what_its_agreements_paid_for(
    pledge: Pledge, paid: Disbursement, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    Agreement.objects.update(pledge=pledge)
    record_gift(donor=pledge.donor, facts=Facts(bank, date(2026, 3, 3), usd("90"), "G-2"), by=officer)
    page = officer_client.get("/flow/?of=PLG-2026-0001").content.decode()
    assert 'href="/flow/DSB-2026-0001/"' in page
    assert ("→ Travel: USD 700.00" in page, "USD 90.00" in page) == (True, False)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("of=AGR-2026-0099", "No pledge or agreement"),
        ("since=2026-05-01&amp;until=2026-04-01", "Choose"),
        ("until=2027-01-01", "has not come yet"),
        ("donor=NOBODY", "Select a valid choice"),
        ("of=%00", "Null characters"),
    ],
)
def test_what_cannot_be_followed_says_why(query: str, why: str, receipt: Receipt, officer_client: Client) -> None:
    answer = officer_client.get(f"/flow/?{query.replace('&amp;', '&')}")
    assert answer.status_code == 422
    assert why in answer.content.decode()


@pytest.mark.usefixtures("paid", "gift")
def test_documents_lead_to_their_money(officer_client: Client) -> None:
    for path, link in (
        ("/agreements/AGR-2026-0001/", "/flow/?of=AGR-2026-0001"),
        ("/receipts/RCT-2026-0002/", "/flow/?of=RCT-2026-0002"),
        ("/projects/CYB-01/", "/flow/?project=CYB-01"),
        ("/donors/CAN/", "/flow/?donor=CAN"),
        ("/disbursements/DSB-2026-0001/", "/flow/DSB-2026-0001/"),
    ):
        assert f'href="{link}"' in officer_client.get(path).content.decode()


def test_a_payment_says_whose_money_it_was(paid: Disbursement, officer_client: Client) -> None:
    page = officer_client.get("/flow/DSB-2026-0001/").content.decode()
    assert "Canada → AGR-2026-0001: USD 700.00" in page
    assert officer_client.get("/flow/DSB-2026-0009/").status_code == 404


def test_a_report_is_listed_as_a_payment_and_leads_up_to_its_donors(
    report: AdvanceReport, approver: User, officer_client: Client, donor_client: Client
) -> None:
    accept(report, approver, usd("450"))
    assert 'href="/flow/ADV-2026-0001/R1/"' in officer_client.get("/flow/").content.decode()
    for path, flow in (("reports/1/", "ADV-2026-0001/R1"), ("", "ADV-2026-0001")):
        assert f'href="/flow/{flow}/"' in officer_client.get(f"/advances/ADV-2026-0001/{path}").content.decode()
        page = officer_client.get(f"/flow/{flow}/").content.decode()
        assert "Canada → AGR-2026-0001: USD " in page
        assert "UN Office on Drugs and Crime" in page
    assert "UN Office" not in donor_client.get("/statement/flow/").content.decode()
    assert donor_client.get("/flow/ADV-2026-0001/R1/").status_code == 403


def test_a_payment_that_waits_has_taken_no_money(disbursement: Disbursement, officer_client: Client) -> None:
    assert "No money left for it" in officer_client.get("/flow/DSB-2026-0001/").content.decode()


@pytest.mark.usefixtures("gift")
def test_donors_are_listed_by_name(canada: Donor, bank: BankAccount, officer: User, officer_client: Client) -> None:
    record_gift(donor=canada, facts=Facts(bank, date(2026, 3, 4), usd("10"), "G-2"), by=officer)
    Donor.objects.filter(code="ACME").update(name="Zeta Foundation")
    rows = officer_client.get("/flow/").context["source_rows"]
    assert [row["label"] for row in rows if row["source"].fund == "POOL"] == ["Canada", "Zeta Foundation"]


def test_an_empty_fund_says_what_comes_first(officer_client: Client) -> None:
    assert "Nothing was received yet" in officer_client.get("/flow/").content.decode()


@pytest.mark.usefixtures("paid", "gift")
def test_a_donor_follows_the_own_money_and_no_one_elses(donor_client: Client) -> None:
    page = donor_client.get("/statement/flow/").content.decode()
    assert "AGR-2026-0001 → CYB-01 · Cyber security training: USD 5,000.00" in page
    for hidden in ("ACME", "90.00", "Wings", "/receipts/", "/disbursements/"):
        assert hidden not in page
    assert donor_client.get("/donors/CAN/flow/").status_code == 200
    for path in ("/donors/ACME/flow/", "/donors/NOBODY/flow/"):
        assert donor_client.get(path).status_code == 404
    for path in ("/flow/", "/flow/?donor=ACME", "/flow/DSB-2026-0001/"):
        assert donor_client.get(path).status_code == 403


def test_what_the_page_costs_does_not_grow_with_entries(
    paid: Disbursement,
    gift: Receipt,
    bank: BankAccount,
    officer: User,
    officer_client: Client,
    count_queries: Callable[[Client, str], int],
) -> None:
    officer_client.get("/flow/")
    before = count_queries(officer_client, "/flow/?donor=ACME"), count_queries(officer_client, "/flow/")
    for place in range(5):
        facts = Facts(bank, date(2026, 4, 1 + place), usd("1"), f"M-{place}")
        record_gift(donor=gift.donor, facts=facts, by=officer)  # type: ignore[arg-type]
    after = count_queries(officer_client, "/flow/?donor=ACME"), count_queries(officer_client, "/flow/")
    assert before == after


def test_every_box_has_its_amount_in_words(paid: Disbursement, officer_client: Client) -> None:
    page = officer_client.get("/flow/").content.decode()
    assert len(re.findall(r"<title>[^<]+: USD [\d,.]+</title>", page)) == page.count("<rect") + page.count("<path")


def links_of(page: str) -> list[str]:
    """Where the picture and the tables of a flow lead."""
    shown = page[page.index('<figure class="flow">') : page.index('id="payments"') if 'id="payments"' in page else None]
    return [unescape(url) for url in re.findall(r'<a href="([^"]+)"', shown)]


@pytest.mark.usefixtures("paid", "gift")
@pytest.mark.parametrize("path", ["/flow/", "/flow/?donor=CAN&since=2026-04-01", "/flow/DSB-2026-0001/"])
def test_every_box_and_band_is_a_link_with_a_name_to_a_page(path: str, officer_client: Client) -> None:
    page = officer_client.get(path).content.decode()
    picture = page[page.index("<svg") : page.index("</svg>")]
    drawn = picture.count("<rect") + picture.count("<path")
    assert len(re.findall(r'<a href="[^"]+" aria-label="[^"]+: USD [\d,.]+">', picture)) == drawn
    for url in set(links_of(page)):
        assert officer_client.get(url).status_code == 200


@pytest.mark.usefixtures("paid", "gift")
def test_a_band_leads_where_its_amount_does(officer_client: Client) -> None:
    page = officer_client.get("/flow/?since=2026-01-05").content.decode()
    query = "since=2026-01-05&amp;until=2026-06-15"
    for name, url in (
        ("CYB-01 · Cyber security training → Travel", f"/flow/spent/?{query}&amp;what=Travel"),
        ("AGR-2026-0001 → CYB-01 · Cyber security training", f"/flow/?{query}&amp;fund=AGR-2026-0001"),
        ("The pool → Not allocated yet", "/sub-funds/POOL/"),
        ("Canada → AGR-2026-0001", "/receipts/?donor=CAN&amp;q=AGR-2026-0001&amp;until=2026-06-15"),
    ):
        assert re.search(rf'<a href="{re.escape(url)}[^"]*" aria-label="{name}: USD', page)


def test_a_payments_flow_leads_to_the_payment(paid: Disbursement, officer_client: Client) -> None:
    page = officer_client.get("/flow/DSB-2026-0001/").content.decode()
    assert '<a href="/disbursements/DSB-2026-0001/">700.00</a>' in page
    assert '<a href="/flow/?donor=CAN&amp;fund=AGR-2026-0001&amp;until=2026-06-15#payments">700.00</a>' in page


@pytest.mark.usefixtures("paid")
def test_a_donor_is_led_to_parts_of_the_own_statement_alone(
    canada: Donor, bank: BankAccount, officer: User, donor_client: Client
) -> None:
    record_gift(donor=canada, facts=Facts(bank, date(2026, 3, 3), usd("90"), "G-2"), by=officer)
    found = set(links_of(donor_client.get("/statement/flow/").content.decode()))
    assert len(found) >= 5
    statement = donor_client.get("/donors/CAN/statement/?as_of=2026-06-15").content.decode()
    for url in found:
        page, _, part = url.partition("#")
        assert page == "/donors/CAN/statement/?as_of=2026-06-15"
        assert f'id="{part}"' in statement
