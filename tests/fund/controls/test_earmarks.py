"""Earmarks: an earmarked sub-fund is charged to its projects, countries and days alone, by whatever way."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import Agreement, Allocation, Amendment, BankAccount, Disbursement, Donor, Payee, Project
from fund.operations.agreements import Due, Earmark
from fund.operations.amendments import prepare_amendment
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_receipt
from tests.deeds import allocate, amend_agreement, sign_agreement
from tests.fund.controls.attempts import FUND, lines, run, send
from tests.fund.controls.test_money import ADVANCE, CONTRACT, DECISION, PAYMENT, ROW
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 4, 30)
ENDED = "AGR-2026-0001 ended on 2026-04-30: choose that day or earlier, another sub-fund, or have an amendment extend"
BEGINS = "AGR-2026-0001 begins on 2026-01-15: choose that day or later, or another sub-fund."
OF_PROJECT = "AGR-2026-0001 is for CYB-01, not for BOR-01."
# Each page that takes money for a project: its form, the day's field, and what a line of it says.
PAGES: dict[str, tuple[dict[str, str], str]] = {
    "/allocations/new/": (DECISION, "decided_on"),
    "/obligations/new/": (CONTRACT, "let_on"),
    "/disbursements/new/": (PAYMENT, "paid_on"),
    "/advances/new/": (ADVANCE, "paid_on"),
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "prepare_advance": ("prepare_advance", "UNODC", "CITI-USD", f"{FUND}/{{project}}=1", "--on={day}"),
    "record_obligation": (
        *("record_obligation", "{project}", "Firm", f"{FUND}=1", "--for=Work", "--category=Travel"),
        *("--on={day}", "--ends=2026-12-31"),
    ),
    "prepare_manual_entry": (
        *("prepare_manual_entry", f"--line=Expenses:Projects:{{project}}:Travel,{FUND},1"),
        *(f"--line=Expenses:Projects:CYB-01:Personnel,{FUND},-1", "--why=Slip", "--on={day}"),
    ),
}


def form(url: str, *, on: str, project: str = "CYB-01") -> dict[str, str]:
    """What a page sends that takes a dollar of the earmarked sub-fund for a project on a day."""
    facts, day = PAGES[url]
    return facts | lines(ROW | {"project": project}) | {day: on, "project": project}


def call(name: str, *, on: str, project: str = "CYB-01") -> tuple[str, ...]:
    """The same by a command."""
    return tuple(word.format(day=on, project=project) for word in COMMANDS[name])


@pytest.fixture
def other(officer: User) -> Project:
    """A project of another country, under another theme."""
    facts = ProjectFacts("Border control", [20], ["BOL"], date(2026, 1, 1))
    return add_project(code="BOR-01", facts=facts, by=officer)


@pytest.fixture
def of_project(fund_year: int, canada: Donor, bank: BankAccount, project: Project, officer: User) -> Agreement:
    """AGR-2026-0001: USD 6,000.00 for CYB-01 alone, received, 5,000.00 of it allocated."""
    due = Due(date(2026, 3, 1), usd("6000"))
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("6000"), "instalments": [due]}
    signed = sign_agreement(donor=canada, **facts, earmark=Earmark(projects=[project]), by=officer)
    record_receipt(agreement=signed, facts=Facts(bank, date(2026, 3, 1), usd("6000"), "BANK-1"), by=officer)
    allocate(project=project, decided_on=date(2026, 3, 10), lines={FUND: usd("5000")}, by=officer)
    return signed


def end(agreement: Agreement, by: User) -> None:
    """The money may be spent until 30 April alone."""
    facts: dict[str, Any] = {"amended_on": date(2026, 3, 15), "note": "Shorter", "terms": [], "ends_on": LAST_DAY}
    amend_agreement(agreement, **facts, by=by)


@pytest.mark.parametrize("url", PAGES)
def test_a_page_takes_no_money_after_the_last_day(
    url: str, allocation: Allocation, agreement: Agreement, partner: Payee, officer: User, officer_client: Client
) -> None:
    end(agreement, officer)
    send(officer_client, url, form(url, on="2026-05-01"), said=ENDED)


@pytest.mark.parametrize("url", PAGES)
def test_a_forged_day_is_not_before_the_money_was_promised(
    url: str, allocation: Allocation, partner: Payee, officer_client: Client
) -> None:
    send(officer_client, url, form(url, on="2026-01-14"), said=BEGINS)


@pytest.mark.parametrize("url", PAGES)
def test_a_forged_project_gets_nothing_of_what_is_for_another(
    url: str, of_project: Agreement, other: Project, partner: Payee, officer_client: Client
) -> None:
    send(officer_client, url, form(url, on="2026-03-20", project="BOR-01"), said=OF_PROJECT)


@pytest.mark.parametrize(
    ("earmark", "said"),
    [
        ({"countries": ["GTM", "HND"]}, "AGR-2026-0002 is for Guatemala, Honduras; BOR-01 works in Bolivia."),
        ({"themes": [3]}, "AGR-2026-0002 is for projects that serve one of the recommendations"),
    ],
    ids=["country", "theme"],
)
def test_a_project_of_another_country_or_theme_gets_nothing_by_form_or_command(
    earmark: dict[str, Any],
    said: str,
    allocation: Allocation,
    other: Project,
    canada: Donor,
    partner: Payee,
    officer: User,
    officer_client: Client,
) -> None:
    due = Due(date(2026, 3, 1), usd("10"))
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("10"), "instalments": [due]}
    sign_agreement(donor=canada, **facts, earmark=Earmark(**earmark), by=officer)
    for url in PAGES:
        sent = form(url, on="2026-03-20", project="BOR-01") | {"lines-0-fund": "AGR-2026-0002"}
        send(officer_client, url, sent, said=said)
    for name in COMMANDS:
        words = call(name, on="2026-03-20", project="BOR-01")
        run(*(word.replace(FUND, "AGR-2026-0002") for word in words), said=said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"countries": ["GTM", "BOL"]}, "AGR-2026-0001 is for Guatemala; CYB-01 works in Bolivia, Guatemala."),
        ({"recommendations": ["33"]}, "AGR-2026-0001 is for projects that serve one of the recommendations"),
    ],
    ids=["country", "theme"],
)
def test_a_project_that_was_given_money_stays_within_its_earmark(
    change: dict[str, Any], said: str, allocation: Allocation, officer_client: Client
) -> None:
    Agreement.objects.update(earmark_countries=["GTM"], earmark_themes=[2])
    sent = {"title": "Cyber", "starts_on": "2026-01-01", "countries": ["GTM"], "recommendations": ["15"]}
    send(officer_client, "/projects/CYB-01/edit/", sent | change, said=said)
    assert officer_client.post("/projects/CYB-01/edit/", sent).status_code == 302


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_charges_nothing_outside_the_earmark(
    name: str, of_project: Agreement, other: Project, partner: Payee, officer: User
) -> None:
    run(*call(name, on="2026-03-20", project="BOR-01"), said=OF_PROJECT)
    run(*call(name, on="2026-01-14"), said=BEGINS)
    end(of_project, officer)
    run(*call(name, on="2026-05-01"), said=ENDED)


def test_a_command_moves_nothing_outside_the_earmark(of_project: Agreement, other: Project, officer: User) -> None:
    move = ("return_allocation", "CYB-01", f"{FUND}=1")
    run(*move, "--to=BOR-01", "--on=2026-03-20", said=OF_PROJECT)


def test_what_waits_is_not_approved_once_the_money_ended(
    disbursement: Disbursement, agreement: Agreement, officer: User, approver_client: Client
) -> None:
    facts: dict[str, Any] = {"amended_on": date(2026, 3, 15), "note": "Shorter", "terms": []}
    amend_agreement(agreement, **facts, ends_on=date(2026, 3, 19), by=officer)
    said = "AGR-2026-0001 ended on 2026-03-19: choose that day or earlier"
    run("approve", "DSB-2026-0001", by="approver", said=f"DSB-2026-0001: {said}")
    send(approver_client, "/disbursements/DSB-2026-0001/approve/", said=said)


def test_an_extension_lets_nothing_be_spent_before_it_is_approved(
    allocation: Allocation, agreement: Agreement, officer: User, officer_client: Client
) -> None:
    end(agreement, officer)
    facts: dict[str, Any] = {"amended_on": date(2026, 4, 20), "note": "Longer", "terms": []}
    waiting = prepare_amendment(agreement, **facts, ends_on=date(2026, 12, 31), by=officer)
    assert Amendment.objects.get(pk=waiting.pk).is_waiting
    url = "/disbursements/new/"
    send(officer_client, url, form(url, on="2026-05-01"), said=ENDED)
