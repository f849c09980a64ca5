"""Ageing: what donors owe, by how long it is past due, at the end of any day."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, BankAccount, Receipt
from fund.operations.deposits import Part, identify_deposit
from fund.queries.ageing import find_ageing, find_band
from ledger.money import parse_amount


@pytest.mark.parametrize(
    ("days", "band"),
    [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (90, 2), (91, 3), (180, 3), (181, 4), (9999, 4)],
)
def test_a_band_ends_with_its_last_day(days: int, band: int) -> None:
    assert find_band(days) == band


@pytest.mark.parametrize(
    ("days", "bands"),
    [
        (0, (1000000, 0, 0, 0, 0)),
        (30, (400000, 600000, 0, 0, 0)),
        (31, (400000, 0, 600000, 0, 0)),
        (152, (0, 400000, 0, 600000, 0)),
        (400, (0, 0, 0, 0, 1000000)),
    ],
)
def test_instalments_age_one_by_one(days: int, bands: tuple[int, ...], agreement: Agreement) -> None:
    (donor,) = find_ageing(as_of=date(2026, 3, 1) + timedelta(days=days))
    assert (donor.functional, donor.total) == (bands, 1000000)


def test_nothing_is_owed_before_the_signature(agreement: Agreement) -> None:
    assert find_ageing(as_of=date(2026, 1, 14)) == []


def test_what_was_paid_later_is_still_owed_on_an_earlier_day(receipt: Receipt) -> None:
    before, after = (find_ageing(as_of=day) for day in (date(2026, 2, 28), date(2026, 3, 1)))
    assert [donor.total for donor in (*before, *after)] == [1000000, 400000]


def test_another_currency_is_aged_as_it_is_carried_and_in_itself(cad_agreement: Agreement) -> None:
    (aged,) = find_ageing(as_of=date(2026, 3, 1))[0].agreements
    assert (aged.currency, aged.own, aged.functional) == ("CAD", (0, 100000, 0, 0, 0), (0, 73000, 0, 0, 0))


def test_an_identified_deposit_is_owed_no_more(deposit: Receipt, agreement: Agreement, officer: User) -> None:
    part = Part(agreement.donor, parse_amount("50", "USD"), agreement.instalments.get(position=1))
    identify_deposit(deposit, on=date(2026, 3, 9), parts=[part], by=officer)
    assert find_ageing(as_of=date(2026, 3, 9))[0].functional == (400000, 595000, 0, 0, 0)


def test_the_page_shows_bands_both_currencies_and_the_next_step(
    agreement: Agreement, cad_agreement: Agreement, officer_client: Client
) -> None:
    page = officer_client.get("/ageing/").content.decode()
    for shown in ("91–180 days", "6,000.00", "730.00", "1,000.00", "/receipts/new/?agreement=AGR-2026-0001"):
        assert shown in page
    early = officer_client.get("/ageing/?on=2026-01-20").content.decode()
    assert "everything is in time" in early


def test_a_day_that_is_none_is_refused_and_today_shown(agreement: Agreement, officer_client: Client) -> None:
    page = officer_client.get("/ageing/?on=yesterday").content.decode()
    assert "Enter a valid date" in page
    assert "What donors owe at the end of 2026-06-15" in page


def test_an_empty_fund_says_why_there_is_nothing(officer_client: Client) -> None:
    assert "Nothing was owed that day" in officer_client.get("/ageing/").content.decode()


def test_an_auditor_sees_no_step_that_is_not_the_auditors(agreement: Agreement, auditor_client: Client) -> None:
    assert "receipts/new" not in auditor_client.get("/ageing/").content.decode()


def test_a_donor_does_not_see_what_others_owe(agreement: Agreement, donor_client: Client, bank: BankAccount) -> None:
    assert donor_client.get("/ageing/").status_code == 403
