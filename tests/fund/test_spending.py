"""Each amount of a flow leads to what makes it up: disbursements and accepted reports alike."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import AdvanceReport, BankAccount, Disbursement, Donor, Project
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.receipts import Facts, record_gift
from fund.policy import POOL
from fund.queries.flows import Asked, Flow, Rest, follow
from fund.queries.spending import Chosen, find_spent, load_spent
from tests.deeds import allocate, reverse
from tests.fund.advances import accept
from tests.shorthand import usd

DAY = date(2026, 6, 15)
SPENT = "/flow/spent/?what=Travel&in=AGR-2026-0001&for=CYB-01"


@pytest.fixture
def paid(disbursement: Disbursement, report: AdvanceReport, approver: User) -> Disbursement:
    """Travel of AGR-2026-0001 for CYB-01: DSB-2026-0001 of USD 700.00, and 450.00 accepted of ADV-2026-0001/R1."""
    approve_disbursement(disbursement, by=approver)
    accept(report, approver, usd("450"))
    return disbursement


@pytest.fixture
def pool(acme: Donor, canada: Donor, bank: BankAccount, project: Project, officer: User, approver: User) -> None:
    """Gifts of 99.99 of ACME and 200.01 of Canada; of them 100.00 is spent on travel for CYB-01."""
    for place, (donor, amount) in enumerate(((acme, "99.99"), (canada, "200.01"))):
        facts = Facts(bank, date(2026, 2, 1 + place), usd(amount), f"G-{place}")
        record_gift(donor=donor, facts=facts, by=officer)
    allocate(project=project, decided_on=date(2026, 2, 10), lines={POOL: usd("250")}, by=officer)
    line = Line(POOL, project, "Travel", usd("100"))
    made = prepare_disbursement(payee="Hotel", bank_account=bank, paid_on=date(2026, 2, 20), lines=[line], by=officer)
    approve_disbursement(made, by=approver)


def asked_of(canada: Donor) -> Iterator[Asked]:
    for since in (None, date(2026, 3, 1), date(2026, 4, 1)):
        for fund, project in (("", ""), (POOL, ""), ("", "CYB-01")):
            yield Asked(DAY, since, None, fund, project)
            yield Asked(DAY, since, canada, fund, project)


def spent_of(flow: Flow) -> Iterator[tuple[Chosen, int]]:
    for use in flow.uses:
        if use.what in ("Travel", Rest.BEFORE):
            yield Chosen(use.what, use.fund, use.project), use.amount


@pytest.mark.usefixtures("paid", "pool")
def test_every_amount_that_was_spent_is_made_up_by_its_entries(canada: Donor) -> None:
    shown = 0
    for asked in asked_of(canada):
        flow = follow(asked)
        for chosen, amount in spent_of(flow):
            spent = find_spent(flow, chosen)
            assert spent.amount == amount
            assert spent.charged == sum(entry.charged for entry in load_spent(spent.rows))
            assert (spent.amount == spent.charged) is (asked.donor is None or chosen.fund != POOL)
            shown += 1
    assert shown > 20


@pytest.mark.usefixtures("paid")
def test_a_category_holds_payments_and_accepted_reports(officer_client: Client) -> None:
    page = officer_client.get(SPENT).content.decode()
    for text in ("1,150.00", "DSB-2026-0001", "/disbursements/DSB-2026-0001/", "/advances/ADV-2026-0001/reports/1/"):
        assert text in page
    assert re.findall(r'<td class="num">([\d.,]+)</td>', page) == ["450.00", "700.00"]


@pytest.mark.usefixtures("paid", "pool")
def test_the_page_of_an_amount_shows_that_amount(officer_client: Client) -> None:
    for query in ("", "?donor=CAN", "?of=AGR-2026-0001", "?since=2026-04-01", "?project=CYB-01&since=2026-03-01"):
        flow = officer_client.get(f"/flow/{query}").content.decode()
        found = re.findall(r'<a href="(/flow/spent/[^"]+)">(−?[\d.,]+)</a>', flow)
        assert found
        for url, amount in found:
            assert f">{amount}<" in re.sub(r"\s+", "", officer_client.get(unescape(url)).content.decode())


@pytest.mark.usefixtures("pool")
def test_a_donors_amount_stands_beside_what_was_charged(officer_client: Client) -> None:
    page = officer_client.get(f"/flow/spent/?donor=CAN&what=Travel&in={POOL}&for=CYB-01").content.decode()
    for text in ("100.00", "66.67", "Of it this donor’s", "Hotel"):
        assert text in page


def test_what_is_taken_back_later_is_set_against_what_was_spent_before(
    paid: Disbursement, officer: User, officer_client: Client
) -> None:
    reverse(paid, on=date(2026, 5, 2), reason="Slip", by=officer)
    page = officer_client.get("/flow/spent/?since=2026-05-01&what=before&for=CYB-01").content.decode()
    for text in ("1,150.00", "450.00", "Shown in the flow"):
        assert text in page


@pytest.mark.usefixtures("paid")
def test_what_no_entry_makes_up_says_so_and_a_false_question_is_not_found(officer_client: Client) -> None:
    for query in ("what=Supplies", "what=left", "what=%00", "", "what=Travel&in=POOL", "what=Travel&for=%00"):
        answer = officer_client.get(f"/flow/spent/?{query}")
        assert (answer.status_code, "Nothing was spent like that" in answer.content.decode()) == (200, True)
    assert officer_client.get(f"{SPENT}&donor=NOBODY").status_code == 404


@pytest.mark.usefixtures("paid")
def test_a_donor_does_not_see_what_makes_it_up(donor_client: Client) -> None:
    assert donor_client.get(SPENT).status_code == 403


def test_a_page_has_25_entries_and_the_total_of_all(
    paid: Disbursement, bank: BankAccount, project: Project, officer: User, approver: User, officer_client: Client
) -> None:
    lines, day = [Line("AGR-2026-0001", project, "Travel", usd("1"))], date(2026, 3, 21)
    for _ in range(25):
        made = prepare_disbursement(payee="Cab", bank_account=bank, paid_on=day, lines=lines, by=officer)
        approve_disbursement(made, by=approver)
    first, second = (officer_client.get(f"{SPENT}&page={number}").content.decode() for number in (1, 2))
    assert [page.count('<td class="num">') for page in (first, second)] == [25, 2]
    assert all("1,175.00" in page for page in (first, second))
