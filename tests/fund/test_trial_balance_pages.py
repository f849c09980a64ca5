from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Allocation, BankAccount, Disbursement, Donor, Receipt
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.queries.accounts import add_balances, trial_balance
from ledger.money import parse_amount
from ledger.queries import register
from tests.shorthand import usd

BANK = "/trial-balance/Assets:Bank:CITI-USD/"
CAD_BANK = "Assets:Bank:RBC-CAD"


def give(donor: Donor, bank: BankAccount, days: list[date], by: User) -> None:
    """Gifts of 1.00, 2.00 …"""
    for number, day in enumerate(days, 1):
        facts = Facts(bank, day, usd(str(number)), f"GIFT-{number}-{day}")
        record_gift(donor=donor, facts=facts, by=by)


def test_the_trial_balance_adds_up_to_zero(allocation: Allocation, auditor_client: Client) -> None:
    found = auditor_client.get("/trial-balance/").context["trial_balance"]
    assert found.difference == 0
    assert (found.debit, found.credit) == (15_000_00, 15_000_00)
    assert [section.label for section in found.sections][::2] == ["Assets", "Income"]


def test_it_stands_at_the_end_of_the_day_that_is_asked_for(receipt: Receipt, auditor_client: Client) -> None:
    answer = auditor_client.get("/trial-balance/?day=2026-02-28")
    assert answer.context["trial_balance"].debit == 10_000_00
    content = answer.content.decode()
    assert "At the end of 2026-02-28" in content
    assert "UTC · /trial-balance/?day=2026-02-28" in content
    assert "Assets:Bank" not in content


def test_it_is_of_today_where_no_day_is_asked_for(receipt: Receipt, auditor_client: Client) -> None:
    assert "At the end of 2026-06-15" in auditor_client.get("/trial-balance/?fund=").content.decode()


def test_one_sub_fund_has_a_trial_balance_of_its_own(
    receipt: Receipt, cad_agreement: Agreement, auditor_client: Client
) -> None:
    content = auditor_client.get("/trial-balance/?fund=POOL").content.decode()
    assert "730.00" in content
    assert "6,000.00" not in content
    assert trial_balance(until=date(2026, 6, 15), fund="POOL").difference == 0


def test_a_settled_account_is_left_out(
    agreement: Agreement, receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, date(2026, 3, 2), usd("4000"), "BANK-2")
    record_receipt(agreement=agreement, facts=facts, by=officer)
    (assets, _) = trial_balance(until=date(2026, 6, 15)).sections
    assert [row.account for row in assets.rows] == ["Assets:Bank:CITI-USD"]


def test_an_accounts_name_leads_to_its_register_of_that_day(receipt: Receipt, auditor_client: Client) -> None:
    content = auditor_client.get("/trial-balance/?day=2026-03-31&fund=AGR-2026-0001").content.decode()
    assert f'href="{BANK}?fund=AGR-2026-0001&amp;until=2026-03-31"' in content


@pytest.mark.parametrize("query", ["day=soon", "day=2026-02-30", "day=0000-00-00", "fund=NONE", "day=%00&fund=%00"])
def test_an_odd_query_is_answered(receipt: Receipt, auditor_client: Client, query: str) -> None:
    assert auditor_client.get(f"/trial-balance/?{query}").status_code == 200
    assert auditor_client.get(f"{BANK}?{query.replace('day', 'since')}&page=x&ordering=-y").status_code == 200


def test_an_empty_book_says_so(auditor_client: Client) -> None:
    assert "No account has a balance" in auditor_client.get("/trial-balance/").content.decode()


def balances(client: Client, url: str) -> list[tuple[int, int]]:
    return [(posting.amount, posting.balance) for posting in client.get(url).context["page_obj"]]


def test_the_register_carries_the_balance_posting_by_posting(
    disbursement: Disbursement, approver: User, auditor_client: Client, canada: Donor, bank: BankAccount, officer: User
) -> None:
    give(canada, bank, [date(2026, 4, 1), date(2026, 4, 1), date(2026, 3, 1)], officer)
    assert balances(auditor_client, BANK) == [
        (2_00, 6_006_00),
        (1_00, 6_004_00),
        (3_00, 6_003_00),
        (6_000_00, 6_000_00),
    ]


def test_the_register_sorts_either_way(receipt: Receipt, canada: Donor, bank: BankAccount, officer: User) -> None:
    give(canada, bank, [date(2026, 4, 1), date(2026, 4, 1)], officer)
    postings: list[Any] = list(register(bank.account).order_by("dated_on", "entry", "line"))
    add_balances(postings, bank.account)
    assert [posting.balance for posting in postings] == [6_000_00, 6_001_00, 6_003_00]


def test_a_later_page_goes_on_from_the_balance_of_the_page_before(
    canada: Donor, bank: BankAccount, officer: User, auditor_client: Client
) -> None:
    give(canada, bank, [date(2026, 4, 1)] * 60, officer)
    first, second = (balances(auditor_client, f"{BANK}?page={page}") for page in (1, 2))
    assert first[0] == (60_00, 1830_00)
    assert second[0] == (10_00, 55_00)
    assert second[-1] == (1_00, 1_00)


def test_the_register_of_a_sub_fund_has_its_own_balance(
    receipt: Receipt, canada: Donor, bank: BankAccount, officer: User, auditor_client: Client
) -> None:
    give(canada, bank, [date(2026, 3, 1), date(2026, 3, 2)], officer)
    assert balances(auditor_client, f"{BANK}?fund=POOL") == [(2_00, 3_00), (1_00, 1_00)]
    assert balances(auditor_client, f"{BANK}?until=2026-03-01") == [(1_00, 6_001_00), (6_000_00, 6_000_00)]


def test_a_foreign_account_shows_what_it_is_carried_at(
    cad_agreement: Agreement, cad_bank: BankAccount, officer: User, auditor_client: Client
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 15), parse_amount("1000", "CAD"), "CAD-1")
    record_receipt(agreement=cad_agreement, facts=facts, by=officer)
    answer = auditor_client.get(f"/trial-balance/{CAD_BANK}/")
    (posting,) = answer.context["page_obj"]
    assert (posting.balance, posting.carried) == (1_000_00, 740_00)
    assert "Carried in USD" in answer.content.decode()


def test_the_register_costs_as_many_queries_for_30_postings_as_for_3(
    canada: Donor,
    bank: BankAccount,
    officer: User,
    auditor_client: Client,
    count_queries: Callable[[Client, str], int],
) -> None:
    give(canada, bank, [date(2026, 4, 1)] * 3, officer)
    few = count_queries(auditor_client, BANK), count_queries(auditor_client, "/trial-balance/")
    give(canada, bank, [date(2026, 4, 2)] * 27, officer)
    assert (count_queries(auditor_client, BANK), count_queries(auditor_client, "/trial-balance/")) == few


@pytest.mark.parametrize("name", ["Assets:Bank:NONE", "Assets:Bank:", "x", "%00", "Assets:Bank:%C3%A9"])
def test_an_account_that_does_not_exist_is_not_found(receipt: Receipt, auditor_client: Client, name: str) -> None:
    assert auditor_client.get(f"/trial-balance/{name}/").status_code == 404


@pytest.mark.parametrize("url", ["/trial-balance/", BANK])
def test_a_donor_does_not_see_the_books(receipt: Receipt, donor_client: Client, url: str) -> None:
    assert donor_client.get(url).status_code == 403
