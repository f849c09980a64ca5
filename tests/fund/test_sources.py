"""What a payment is proposed to be charged to: the money that ends first, then the rest, and never beyond a limit."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Answer, BankAccount, Disbursement, Donor, Project
from fund.operations.agreements import Due, Earmark
from fund.operations.disbursements import Line
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.sources import propose_sources
from ledger.money import parse_amount
from ledger.queries import entries
from tests.deeds import allocate, sign_agreement
from tests.shorthand import usd

DAY = date(2026, 3, 10)


@pytest.fixture
def four(canada: Donor, acme: Donor, bank: BankAccount, project: Project, officer: User) -> Project:
    """CYB-01 with 100.00 each of: AGR-1 without an end, AGR-2 to December, AGR-3 to June, AGR-4 ended; POOL too."""
    for number, end in enumerate((None, date(2026, 12, 31), date(2026, 6, 30), date(2026, 3, 5))):
        agreement = sign_agreement(
            donor=canada,
            signed_on=date(2026, 1, 15),
            amount=usd("100"),
            instalments=[Due(date(2026, 2, 1), usd("100"))],
            earmark=Earmark(ends_on=end),
            by=officer,
        )
        facts = Facts(bank, date(2026, 2, 1), usd("100"), f"B-{number}")
        record_receipt(agreement=agreement, facts=facts, by=officer, accept_twin=True)
        lines = {agreement.number: usd("100")}
        allocate(project=project, decided_on=date(2026, 2, 2), lines=lines, by=officer)
    record_gift(donor=acme, facts=Facts(bank, date(2026, 2, 1), usd("100"), "G"), by=officer, accept_twin=True)
    allocate(project=project, decided_on=date(2026, 2, 2), lines={"POOL": usd("100")}, by=officer)
    return project


def propose(project: Project, bank: BankAccount, amount: str, *taken: Line) -> list[tuple[str, str]]:
    found = propose_sources(usd(amount), project=project, category="Travel", account=bank, on=DAY, taken=taken)
    return [(line.fund[-4:], f"{line.amount.decimal:f}") for line in found]


def test_the_money_that_ends_first_is_spent_first(four: Project, bank: BankAccount) -> None:
    assert propose(four, bank, "30") == [("0003", "30.00")]
    assert propose(four, bank, "250.50") == [("0003", "100.00"), ("0002", "100.00"), ("0001", "50.50")]


def test_no_more_is_proposed_than_there_is_and_nothing_that_ended(four: Project, bank: BankAccount) -> None:
    assert [fund for fund, _ in propose(four, bank, "1000")] == ["0003", "0002", "0001", "POOL"]


def test_what_other_lines_take_is_not_proposed_again(four: Project, bank: BankAccount) -> None:
    taken = Line("AGR-2026-0003", four, "Travel", usd("90"))
    assert propose(four, bank, "20", taken) == [("0003", "10.00"), ("0002", "10.00")]


def test_an_account_without_cash_is_no_source(four: Project, cad_bank: BankAccount, rates: int) -> None:
    wanted = parse_amount("10", "CAD")
    assert propose_sources(wanted, project=four, category="Travel", account=cad_bank, on=DAY) == []


def test_in_another_currency_the_allocation_is_not_exceeded(
    cad_bank: BankAccount, rates: int, acme: Donor, project: Project, officer: User
) -> None:
    record_gift(donor=acme, facts=Facts(cad_bank, DAY, parse_amount("1000", "CAD"), "G"), by=officer)
    allocate(project=project, decided_on=DAY, lines={"POOL": usd("75")}, by=officer)
    wanted = parse_amount("400", "CAD")
    [line] = propose_sources(wanted, project=project, category="Travel", account=cad_bank, on=DAY)
    assert line.amount == parse_amount("100", "CAD")


def form(**changes: str) -> dict[str, str]:
    sent = {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-10", "note": "Invoice 7"}
    sent |= {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-project": "CYB-01", "lines-0-fund": ""}
    return sent | {"lines-0-category": "Travel", "lines-0-amount": "150", "propose": "1"} | changes


def test_the_form_is_filled_in_and_nothing_is_recorded(four: Project, officer_client: Client) -> None:
    before = entries().count()
    response = officer_client.post("/disbursements/new/", form())
    page = response.content.decode()
    assert response.status_code == 200
    shown = [(line["fund"].value(), line["amount"].value()) for line in response.context["formset"]][:2]
    assert shown == [("AGR-2026-0003", "100.00"), ("AGR-2026-0002", "50.00")]
    for text in ("Sources are filled in", "Wings", "Invoice 7", 'value="2026-03-10"'):
        assert text in page
    assert (Disbursement.objects.exists(), Answer.objects.exists(), entries().count()) == (False, False, before)


def test_what_has_no_source_stays_on_a_line_of_its_own(four: Project, officer_client: Client) -> None:
    response = officer_client.post("/disbursements/new/", form(**{"lines-0-amount": "450"}))
    shown = [(line["fund"].value(), line["amount"].value()) for line in response.context["formset"]]
    assert ("", "50.00") in shown
    assert "USD 50.00 for CYB-01 has no source: allocate more" in response.content.decode()


def test_a_source_that_the_officer_chose_stays(four: Project, officer_client: Client) -> None:
    response = officer_client.post("/disbursements/new/", form(**{"lines-0-fund": "POOL"}))
    assert response.context["formset"][0]["fund"].value() == "POOL"


def test_what_was_proposed_can_be_sent(four: Project, officer_client: Client) -> None:
    sent = form(**{"lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "2", "lines-0-fund": "AGR-2026-0003"})
    del sent["propose"]
    sent |= {"lines-0-amount": "100.00", "lines-1-fund": "AGR-2026-0002", "lines-1-amount": "50.00"}
    sent |= {"lines-1-project": "CYB-01", "lines-1-category": "Travel"}
    assert officer_client.post("/disbursements/new/", sent).status_code == 302
    assert Disbursement.objects.get().amount.amount == 150


@pytest.mark.parametrize("missing", ["bank_account", "lines-0-project", "lines-0-amount"])
def test_without_what_it_needs_it_says_what_is_missing(four: Project, officer_client: Client, missing: str) -> None:
    response = officer_client.post("/disbursements/new/", form(**{missing: ""}))
    assert response.status_code == 422
    assert "Wings" in response.content.decode()


def test_only_officers_get_proposals(four: Project, auditor_client: Client) -> None:
    assert auditor_client.post("/disbursements/new/", form()).status_code == 403
