import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import BankAccount, ExchangeRate, Receipt
from fund.operations.treasury import add_bank_account, add_rate
from fund.templatetags.money import format_rate

ACCOUNT = {"code": "ubs-chf", "name": "UBS Geneva", "currency": "CHF"}
RATE = {"currency": "CAD", "effective_on": "2026-05-01", "rate": "0.7525"}


def test_bank_accounts_are_listed_with_what_they_hold(
    receipt: Receipt, cad_bank: BankAccount, auditor_client: Client
) -> None:
    answer = auditor_client.get("/bank-accounts/")
    held = [(balance.account.code, balance.amount) for balance in answer.context["balances"]]
    assert held == [("CITI-USD", 6_000_00), ("RBC-CAD", 0)]
    content = answer.content.decode()
    assert 'href="/trial-balance/Assets:Bank:CITI-USD/"' in content
    assert "New bank account" not in content


def test_the_list_costs_as_many_queries_for_30_accounts_as_for_3(
    officer: User, officer_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    for number in range(3):
        add_bank_account(code=f"A-{number}", name="A bank", currency="USD", by=officer)
    few = count_queries(officer_client, "/bank-accounts/")
    for number in range(3, 30):
        add_bank_account(code=f"A-{number}", name="A bank", currency="USD", by=officer)
    assert count_queries(officer_client, "/bank-accounts/") == few


def test_an_officer_adds_a_bank_account(officer_client: Client) -> None:
    answer = officer_client.post("/bank-accounts/new/", ACCOUNT, follow=True)
    account = BankAccount.objects.get()
    assert (account.code, account.currency) == ("UBS-CHF", "CHF")
    assert answer.redirect_chain == [("/trial-balance/Assets:Bank:UBS-CHF/", 302)]
    assert "No posting here" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "CITI-USD"}, "is the code of another bank account"),
        ({"code": "a b"}, "capital letters, digits and hyphens"),
        ({"currency": "XYZ"}, "XYZ"),
        ({"name": ""}, "required"),
    ],
)
def test_a_bank_account_that_is_refused_keeps_what_was_typed(
    bank: BankAccount, officer_client: Client, change: dict[str, str], message: str
) -> None:
    answer = officer_client.post("/bank-accounts/new/", ACCOUNT | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert answer.context["form"]["name"].value() == (ACCOUNT | change)["name"]
    assert BankAccount.objects.count() == 1


def test_the_currencies_of_today_are_offered_and_none_of_the_past(officer_client: Client) -> None:
    page = officer_client.get("/bank-accounts/new/").content.decode()
    offered = re.findall(r'<option value="([A-Z]{3})"', page)
    assert offered == ["USD", *sorted(set(offered) - {"USD"})]
    assert {"CAD", "EUR", "XCD", "XCG", "ZWG"} <= set(offered)
    assert not {"ANG", "BGN", "DEM", "HRK"} & set(offered)


def test_rates_say_their_direction(rates: int, auditor_client: Client) -> None:
    content = auditor_client.get("/rates/").content.decode()
    assert "0.7300 USD per 1 CAD" in " ".join(content.split())


def test_rates_are_narrowed_and_sorted(rates: int, officer: User, auditor_client: Client) -> None:
    add_rate(currency="EUR", effective_on=date(2026, 2, 1), rate=Decimal("1.1"), by=officer)

    def find(query: str) -> list[tuple[str, int]]:
        found = auditor_client.get(f"/rates/?{query}").context["page_obj"]
        return [(rate.currency, rate.effective_on.month) for rate in found]

    assert find("currency=EUR") == [("EUR", 2)]
    assert find("since=2026-02-01&until=2026-02-28") == [("CAD", 2), ("EUR", 2)]
    assert find("ordering=currency")[0] == ("CAD", 4)
    assert find("ordering=effective_on")[0] == ("CAD", 1)
    assert len(find("currency=JPY&since=never")) == 5


def test_an_officer_adds_a_rate(fund_year: int, officer_client: Client) -> None:
    answer = officer_client.post("/rates/new/", RATE, follow=True)
    assert answer.redirect_chain == [("/rates/", 302)]
    assert ExchangeRate.objects.get().rate == Decimal("0.7525")


def test_a_rate_far_from_the_one_before_asks_to_be_confirmed(rates: int, officer_client: Client) -> None:
    far = RATE | {"rate": "1.35"}
    answer = officer_client.post("/rates/new/", far)
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "more than a fifth away" in content
    assert 'type="checkbox" name="confirmed"' in content
    assert ExchangeRate.objects.count() == 4
    officer_client.post("/rates/new/", far | {"confirmed": "on"})
    assert ExchangeRate.objects.get(effective_on="2026-05-01").rate == Decimal("1.35")


def test_the_confirmation_is_asked_for_only_where_it_is_needed(rates: int, officer_client: Client) -> None:
    assert 'type="hidden" name="confirmed"' in officer_client.get("/rates/new/").content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": "0,75"}, "digits and a point"),
        ({"rate": "0"}, "more than 0"),
        ({"rate": "0.123456789"}, "at most 8 decimals"),
        ({"rate": "١"}, "digits and a point"),
        ({"currency": "USD"}, "USD"),
        ({"effective_on": "2026-04-01"}, "has a rate of 2026-04-01"),
        ({"effective_on": "1 May"}, "valid date"),
    ],
)
def test_a_rate_that_is_refused_keeps_what_was_typed(
    rates: int, officer_client: Client, change: dict[str, str], message: str
) -> None:
    answer = officer_client.post("/rates/new/", RATE | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert answer.context["form"]["rate"].value() == (RATE | change)["rate"]
    assert ExchangeRate.objects.count() == 4


def test_rates_cost_as_many_queries_for_25_as_for_3(
    officer: User, officer_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    def add(days: range) -> None:
        for day in days:
            on = date(2026, 1, 1) + timedelta(days=day)
            add_rate(currency="CAD", effective_on=on, rate=Decimal("0.75"), by=officer)

    add(range(3))
    few = count_queries(officer_client, "/rates/")
    add(range(3, 30))
    assert count_queries(officer_client, "/rates/") == few


@pytest.mark.parametrize(
    ("rate", "text"), [("0.75", "0.7500"), ("0.75251234", "0.75251234"), ("1200", "1,200.0000"), ("1E+3", "1,000.0000")]
)
def test_a_rate_shows_all_its_decimals_and_four_at_least(rate: str, text: str) -> None:
    assert format_rate(Decimal(rate)) == text


@pytest.mark.parametrize("url", ["/bank-accounts/new/", "/rates/new/"])
@pytest.mark.parametrize("client_name", ["approver_client", "auditor_client", "donor_client"])
def test_only_officers_add(url: str, client_name: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(client_name)
    assert client.get(url).status_code == 403
    assert client.post(url, ACCOUNT | RATE).status_code == 403
    assert not BankAccount.objects.exists()
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("url", ["/bank-accounts/", "/rates/"])
def test_a_donor_does_not_see_the_treasury(donor_client: Client, url: str) -> None:
    assert donor_client.get(url).status_code == 403
