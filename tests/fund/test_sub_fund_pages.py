from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Agreement, BankAccount, Disbursement, Donor, Project, Receipt
from fund.operations.agreements import Due, Earmark
from fund.operations.disbursements import approve_disbursement
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.queries.sub_funds import lowest_available, sub_funds
from ledger.money import parse_amount
from tests.deeds import cancel_agreement, sign_agreement


def sign_many(numbers: range, canada: Donor, bank: BankAccount, by: User) -> None:
    """Earmarked agreements of USD 10.00, 11.00, …, all received."""
    for index in numbers:
        amount = parse_amount(str(10 + index), "USD")
        agreement = sign_agreement(
            donor=canada, signed_on=date(2026, 1, 15), amount=amount, instalments=[Due(date(2026, 2, 1), amount)],
            earmark=Earmark(), by=by,
        )  # fmt: skip
        arrived = Facts(bank, date(2026, 2, 1), amount, f"B{index}")
        record_receipt(agreement=agreement, facts=arrived, by=by)


@pytest.fixture
def paid(disbursement: Disbursement, acme: Donor, bank: BankAccount, officer: User, approver: User) -> Disbursement:
    """The disbursement, approved, and a gift of USD 50.00 in the pool."""
    approve_disbursement(disbursement, by=approver)
    gift = Facts(bank, date(2026, 3, 5), parse_amount("50", "USD"), "GIFT")
    record_gift(donor=acme, facts=gift, by=officer)
    return disbursement


def test_the_list_has_pool_general_and_every_earmarked_agreement(paid: Disbursement, officer_client: Client) -> None:
    response = officer_client.get("/sub-funds/")
    assert [fund.code for fund in response.context["page_obj"]] == ["POOL", "GENERAL", "AGR-2026-0001"]
    page = response.content.decode()
    for figure in ("5,300.00", "5,000.00", "700.00", "1,000.00", "5,350.00", "50.00", "Canada"):
        assert figure in page


def test_the_list_says_of_each_what_the_limits_say(paid: Disbursement) -> None:
    for fund in sub_funds():
        assert fund.standing.available == lowest_available(fund.code, since=date(2026, 12, 31)).balance


def test_a_cancelled_agreements_sub_fund_stays_in_the_list(
    agreement: Agreement, officer: User, officer_client: Client
) -> None:
    cancel_agreement(agreement, on=date(2026, 1, 20), reason="Signed twice", by=officer)
    assert "Cancelled" in officer_client.get("/sub-funds/").content.decode()
    assert "Cancelled" in officer_client.get("/sub-funds/AGR-2026-0001/").content.decode()


def test_a_sub_fund_balances_by_itself(paid: Disbursement, officer_client: Client) -> None:
    response = officer_client.get("/sub-funds/AGR-2026-0001/")
    balance = response.context["trial_balance"]
    assert balance.difference == 0
    assert balance.debit == balance.credit > 0
    page = response.content.decode()
    for text in ("Debit less credit: 0.00", "CITI-USD", "USD&nbsp;5,300.00", "ALC-2026-0001", "DSB-2026-0001"):
        assert text in page


def test_cash_in_another_currency_shows_what_it_is_carried_at(
    cad_agreement: Agreement, cad_bank: BankAccount, officer: User, officer_client: Client
) -> None:
    arrived = Facts(cad_bank, date(2026, 2, 15), parse_amount("1000", "CAD"), "B1")
    record_receipt(agreement=cad_agreement, facts=arrived, by=officer)
    page = officer_client.get("/sub-funds/POOL/").content.decode()
    assert "CAD&nbsp;1,000.00" in page
    assert "740.00" in page


def test_an_earmark_is_shown_with_its_projects_and_countries(
    canada: Donor, fund_year: int, project: Project, officer: User, officer_client: Client
) -> None:
    amount = parse_amount("10", "USD")
    earmark = Earmark(projects=[project], countries=["GTM", "PER"], ends_on=date(2026, 12, 31))
    sign_agreement(
        donor=canada, signed_on=date(2026, 1, 15), amount=amount, instalments=[Due(date(2026, 2, 1), amount)],
        earmark=earmark, by=officer,
    )  # fmt: skip
    page = officer_client.get("/sub-funds/AGR-2026-0001/").content.decode()
    for text in ("Guatemala, Peru", "CYB-01", "2026-12-31", "Canada", "USD\xa010.00"):
        assert text in page


@pytest.mark.parametrize("code", ["POOL", "GENERAL"])
def test_a_sub_fund_without_money_says_so(agreement: Agreement, officer_client: Client, code: str) -> None:
    page = officer_client.get(f"/sub-funds/{code}/").content.decode()
    assert "It has no money at any bank." in page
    assert "Nothing of it is allocated yet." in page


@pytest.mark.parametrize("path", ["/sub-funds/", "/sub-funds/?q=canada&ordering=-cash"])
def test_the_list_costs_as_many_queries_for_30_sub_funds_as_for_3(
    canada: Donor, bank: BankAccount, officer: User, officer_client: Client, path: str
) -> None:
    sign_many(range(3), canada, bank, officer)
    with CaptureQueriesContext(connection) as few:
        officer_client.get(path)
    sign_many(range(3, 30), canada, bank, officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get(path)
    assert len(many) == len(few)


def test_the_list_filters_sorts_and_pages(
    canada: Donor, bank: BankAccount, officer: User, officer_client: Client
) -> None:
    sign_many(range(30), canada, bank, officer)
    first = officer_client.get("/sub-funds/?ordering=-available").context["page_obj"]
    assert [fund.standing.available for fund in first][:2] == [3900, 3800]
    assert len(first.object_list) == 25
    assert officer_client.get("/sub-funds/?ordering=-available&page=2").context["page_obj"].number == 2
    assert officer_client.get("/sub-funds/?q=CANADA").context["page_obj"].paginator.count == 30
    assert officer_client.get("/sub-funds/?q=0030").context["totals"]["cash"] == 3900
    assert "No sub-fund is like that" in officer_client.get("/sub-funds/?q=nobody").content.decode()


@pytest.mark.parametrize("query", ["q=%00", f"q={'x' * 5000}", "page=-7", "page=x", "ordering=%00", "ordering=--cash"])
def test_odd_questions_get_an_answer(receipt: Receipt, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/sub-funds/?{query}").status_code == 200


@pytest.mark.parametrize("code", ["NONE", "AGR-2026-9999", "PLG-2026-0001", "%00", "x" * 3000])
def test_a_sub_fund_that_does_not_exist_is_not_found(agreement: Agreement, officer_client: Client, code: str) -> None:
    assert officer_client.get(f"/sub-funds/{code}/").status_code == 404


def test_an_unearmarked_agreement_is_no_sub_fund(cad_agreement: Agreement, officer_client: Client) -> None:
    assert officer_client.get(f"/sub-funds/{cad_agreement}/").status_code == 404


def test_auditor_and_approver_read_and_donors_do_not(
    paid: Disbursement, auditor_client: Client, approver_client: Client, donor_client: Client
) -> None:
    for path in ("/sub-funds/", "/sub-funds/POOL/"):
        for client in (auditor_client, approver_client):
            page = client.get(path)
            assert page.status_code == 200
            assert "/allocations/new/" not in page.content.decode()
        assert donor_client.get(path).status_code == 403
        assert Client().get(path)["Location"].startswith("/accounts/login/")
