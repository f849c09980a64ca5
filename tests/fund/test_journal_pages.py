from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Allocation, BankAccount, Donor, Receipt
from fund.operations.receipts import Facts, record_gift
from fund.operations.reversals import reverse_receipt
from fund.queries.entries import find_document_url, find_sub_fund_url
from tests.shorthand import usd


def give(donor: Donor, bank: BankAccount, numbers: range, by: User) -> None:
    """Gifts of 1.00, 2.00 …, one a day from 1 April."""
    for number in numbers:
        facts = Facts(bank, date(2026, 4, number), usd(str(number)), f"GIFT-{number}")
        record_gift(donor=donor, facts=facts, by=by)


def numbers_of(client: Client, query: str) -> list[str]:
    return [entry.number for entry in client.get(f"/journal/?{query}").context["page_obj"]]


AGREED, RECEIVED, ALLOCATED = "JE-2026-000001", "JE-2026-000002", "JE-2026-000003"


def test_the_list_shows_an_entry_with_its_documents_and_its_total(receipt: Receipt, auditor_client: Client) -> None:
    content = auditor_client.get("/journal/").content.decode()
    assert f'href="/journal/{RECEIVED}/"' in content
    assert f'href="/receipts/{receipt.number}/"' in content
    assert f'href="/agreements/{receipt.agreement}/"' in content
    assert "6,000.00" in content
    assert "Canada" in content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [ALLOCATED, RECEIVED, AGREED]),
        ("ordering=number", [AGREED, RECEIVED, ALLOCATED]),
        ("ordering=dated_on", [AGREED, RECEIVED, ALLOCATED]),
        ("ordering=nonsense", [ALLOCATED, RECEIVED, AGREED]),
        ("q=canada", [RECEIVED, AGREED]),
        ("q=000002", [RECEIVED]),
        ("q=signed", [AGREED]),
        ("q=alc-2026", [ALLOCATED]),
        ("q=agr-2026-0001", [ALLOCATED, RECEIVED, AGREED]),
        ("q= RCT-2026-0001", [RECEIVED]),
        ("kind=receipt", [RECEIVED]),
        ("account=receivable", [RECEIVED, AGREED]),
        ("account=Assets:Bank:CITI-USD", [RECEIVED]),
        ("fund=AGR-2026-0001", [ALLOCATED, RECEIVED, AGREED]),
        ("fund=POOL", []),
        ("fund=GENERAL&account=receivable", []),
        ("since=2026-02-01", [ALLOCATED, RECEIVED]),
        ("until=2026-02-01", [AGREED]),
        ("since=2026-03-01&until=2026-03-01", [RECEIVED]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    allocation: Allocation, auditor_client: Client, query: str, found: list[str]
) -> None:
    assert numbers_of(auditor_client, query) == found


@pytest.mark.parametrize(
    "query", ["since=yesterday", "kind=theft", "page=99", "page=x", "fund=%00", "q=%00", "account=%00"]
)
def test_an_odd_query_is_answered(receipt: Receipt, auditor_client: Client, query: str) -> None:
    assert auditor_client.get(f"/journal/?{query}").status_code == 200


def test_the_list_pages(canada: Donor, bank: BankAccount, officer: User, officer_client: Client) -> None:
    give(canada, bank, range(1, 31), officer)
    assert numbers_of(officer_client, "page=2")[-1] == AGREED
    assert len(numbers_of(officer_client, "page=1")) == 25


def test_the_list_costs_as_many_queries_for_25_entries_as_for_3(
    canada: Donor,
    bank: BankAccount,
    officer: User,
    officer_client: Client,
    count_queries: Callable[[Client, str], int],
) -> None:
    give(canada, bank, range(1, 4), officer)
    few = count_queries(officer_client, "/journal/")
    give(canada, bank, range(4, 31), officer)
    assert count_queries(officer_client, "/journal/") == few


def test_an_entry_shows_postings_text_and_hashes(receipt: Receipt, auditor_client: Client) -> None:
    answer = auditor_client.get(f"/journal/{RECEIVED}/")
    entry = answer.context["entry"]
    content = answer.content.decode()
    assert entry.sha256 in content
    assert entry.previous_sha256 in content
    assert "^RCT-2026-0001" in content
    for url in (
        "/trial-balance/Assets:Bank:CITI-USD/",
        "/trial-balance/Assets:Receivable:CAN/",
        "/sub-funds/AGR-2026-0001/",
        f"/receipts/{receipt.number}/",
        f"/journal/{AGREED}/",
    ):
        assert f'href="{url}"' in content
    assert "AGR-2026-0001/1" in content


def test_an_entry_and_its_reversal_name_each_other(receipt: Receipt, officer: User, auditor_client: Client) -> None:
    reverse_receipt(receipt, on=date(2026, 3, 5), reason="taken back", by=officer)
    reversal = "JE-2026-000003"
    for number, other in ((RECEIVED, reversal), (reversal, RECEIVED)):
        content = auditor_client.get(f"/journal/{number}/").content.decode()
        assert f'href="/journal/{other}/"' in content.split("Correction")[1]
    page = auditor_client.get("/journal/").content.decode()
    assert "reverses" in page
    assert "reversed by" in page


def test_an_entry_costs_as_many_queries_whatever_its_postings(
    agreement: Agreement, receipt: Receipt, auditor_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    first = count_queries(auditor_client, f"/journal/{AGREED}/")
    assert count_queries(auditor_client, f"/journal/{RECEIVED}/") == first


@pytest.mark.parametrize("number", ["JE-2026-000009", "nonsense"])
def test_an_entry_that_does_not_exist_is_not_found(receipt: Receipt, auditor_client: Client, number: str) -> None:
    assert auditor_client.get(f"/journal/{number}/").status_code == 404


@pytest.mark.parametrize("url", ["/journal/", f"/journal/{RECEIVED}/"])
def test_a_donor_does_not_see_the_journal(receipt: Receipt, donor_client: Client, url: str) -> None:
    assert donor_client.get(url).status_code == 403


@pytest.mark.parametrize(
    ("number", "url"),
    [
        ("PLG-2026-0001", "/pledges/PLG-2026-0001/"),
        ("DSB-2026-12345", "/disbursements/DSB-2026-12345/"),
        ("XYZ-2026-0001", ""),
        ("AGR-2026-0001/1", ""),
        ("CYB-01", ""),
    ],
)
def test_a_documents_number_leads_to_its_page(number: str, url: str) -> None:
    assert find_document_url(number) == url


@pytest.mark.parametrize(
    ("code", "url"),
    [
        ("POOL", "/sub-funds/POOL/"),
        ("AGR-2026-0001", "/sub-funds/AGR-2026-0001/"),
        ("RCT-2026-0001", ""),
        ("a/b", ""),
    ],
)
def test_a_sub_funds_code_leads_to_its_page(code: str, url: str) -> None:
    assert find_sub_fund_url(code) == url
