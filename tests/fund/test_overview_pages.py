import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

import fund
from fund.models import Agreement, BankAccount, Disbursement, Donor, Pledge, Project, Receipt
from fund.operations.agreements import Due
from fund.operations.disbursements import approve_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.receipts import Facts, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.operations.treasury import open_year
from fund.queries.figures import Grouping, add_groups, group_contributions
from fund.queries.overview import Beginnings, Year, contributions_by_year, find_owing, get_position
from fund.queries.sub_funds import sub_funds
from fund.views.overview import draw_path, draw_years
from tests.deeds import sign_agreement
from tests.shorthand import usd

TODAY = date(2026, 6, 15)


def sign(donor: Donor, due: list[date], by: User) -> Agreement:
    """An agreement of 100.00 per instalment, for the pool."""
    instalments = [Due(on, usd("100")) for on in due]
    return sign_agreement(
        donor=donor,
        signed_on=date(2026, 1, 10),
        amount=usd(f"{100 * len(due)}"),
        instalments=instalments,
        by=by,
    )


def test_a_new_fund_shows_the_first_steps_and_what_of_them_is_done(fund_year: int, officer_client: Client) -> None:
    page = officer_client.get("/")
    assert page.context["beginnings"] == Beginnings(year=True, bank_account=False, rate=False, donor=False)
    content = page.content.decode()
    assert "Nothing is booked yet" in content
    assert 'href="/bank-accounts/new/"' in content
    assert 'href="/years/"' not in content.split("<main")[1]


def test_who_may_not_record_sees_the_first_steps_without_links(auditor_client: Client) -> None:
    main = auditor_client.get("/").content.decode().split("<main")[1]
    assert "Add a donor" in main
    assert "/donors/new/" not in main


def test_the_position_is_that_of_the_ledger(
    pledge: Pledge, receipt: Receipt, disbursement: Disbursement, approver: User
) -> None:
    approve_disbursement(disbursement, by=approver)
    position = get_position()
    assert (position.pledged, position.signed, position.received, position.outstanding) == (
        100_000_00,
        10_000_00,
        6_000_00,
        4_000_00,
    )
    assert (position.allocated, position.spent, position.unspent) == (5_000_00, 700_00, 4_300_00)
    assert (position.cash, position.held, position.available) == (5_300_00, 0, 1_000_00)


def test_what_came_in_kind_is_neither_spent_nor_available(
    receipt: Receipt, project: Project, acme: Donor, officer: User
) -> None:
    before = get_position()
    record_in_kind(gift=Gift(acme, project, date(2026, 3, 20), usd("500"), "A room", "Rent nearby"), by=officer)
    assert get_position() == before
    assert before.available == sum(found.standing.available for found in sub_funds())


def test_the_position_agrees_with_the_contributions(
    agreement: Agreement, receipt: Receipt, cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, date(2026, 3, 2), usd("5000"), "BANK-2", charges=usd("7.50"))
    record_receipt(agreement=agreement, facts=facts, by=officer, accept_excess=True)
    whole = add_groups(group_contributions(Grouping.YEAR)).functional
    position = get_position()
    assert (position.signed, position.received, position.outstanding) == (
        whole.signed,
        whole.received,
        whole.outstanding,
    )
    assert position.held == whole.unapplied == 1_007_50


def test_a_reversed_receipt_is_not_received(receipt: Receipt, officer: User) -> None:
    reverse_receipt(receipt, on=date(2026, 3, 5), reason="taken back", by=officer)
    position = get_position()
    assert (position.received, position.outstanding, position.cash) == (0, 10_000_00, 0)


def test_the_tiles_show_the_position_and_lead_to_the_lists(
    receipt: Receipt, disbursement: Disbursement, officer_client: Client
) -> None:
    content = officer_client.get("/").content.decode()
    for figure in ("10,000.00", "6,000.00", "4,000.00", "5,000.00", "1,000.00"):
        assert figure in content
    for url in ("/pledges/?state=open", "/agreements/?state=open", "/receipts/", "/sub-funds/", "/bank-accounts/"):
        assert f'href="{url}"' in content


def test_years_say_what_was_signed_received_and_outstanding_at_their_end(
    agreement: Agreement, receipt: Receipt, officer: User, django_assert_num_queries: Any
) -> None:
    for year in (2027, 2028, 2030):
        open_year(year, by=officer)
    facts = Facts(receipt.bank_account, date(2028, 1, 1), usd("1000"), "BANK-2028")
    record_receipt(agreement=agreement, facts=facts, by=officer)
    years = [Year(2026, 10_000_00, 6_000_00, 4_000_00), Year(2028, 0, 1_000_00, 3_000_00)]
    # The years; of what is owed and of what was sent the accounts and, for all years at once, the sums.
    with django_assert_num_queries(5):
        assert contributions_by_year(last=6) == years
    assert contributions_by_year(last=1) == years[1:]


def test_bars_are_drawn_to_the_largest(receipt: Receipt) -> None:
    path = draw_path(get_position())
    assert [bar["width"] for bar in path] == [0, 1000, 600, 0, 0]
    years = draw_years(contributions_by_year(last=6))
    (bar,) = years["bars"]
    assert [segment["width"] for segment in bar["segments"]] == [1000, 600]
    assert bar["alt"] == "Signed 10,000.00, Received 6,000.00"
    assert bar["amount"] == "4,000.00"


def test_the_earliest_due_are_the_most_pressing(canada: Donor, fund_year: int, officer: User) -> None:
    first = sign(canada, [TODAY + timedelta(days=40), TODAY - timedelta(days=3)], officer)
    sign(canada, [TODAY, TODAY + timedelta(days=5)], officer)
    owing = find_owing(today=TODAY, most=3)
    assert [(owed.days, owed.amount) for owed in owing.pressing] == [(3, usd("100")), (0, usd("100")), (-5, usd("100"))]
    assert owing.pressing[0].instalment.agreement == first
    assert (owing.count, owing.total, owing.overdue_count, owing.overdue) == (4, 400_00, 1, 100_00)


def test_what_is_due_adds_up_to_what_is_outstanding(
    agreement: Agreement, cad_agreement: Agreement, auditor_client: Client
) -> None:
    page = auditor_client.get("/")
    owing = page.context["owing"]
    assert [(str(owed.amount), owed.functional) for owed in owing.pressing] == [
        ("CAD 1,000.00", 730_00),
        ("USD 6,000.00", 6_000_00),
        ("USD 4,000.00", 4_000_00),
    ]
    assert owing.total == page.context["position"].outstanding == 10_730_00
    table = page.content.decode().split("Due and overdue</h2>")[1].split("</table>")[0]
    assert "Carried in USD" in table
    assert "All 3 open instalments" in table
    assert "10,730.00" in table


def test_what_is_paid_is_not_owing(agreement: Agreement, receipt: Receipt) -> None:
    owing = find_owing(today=date(2026, 7, 2), most=10)
    assert [owed.instalment.position for owed in owing.pressing] == [2]
    assert owing.overdue == 4_000_00


def test_what_is_overdue_says_since_when(agreement: Agreement, officer_client: Client) -> None:
    content = officer_client.get("/").content.decode()
    assert "106 days overdue" in content
    assert "6,000.00 of it overdue" in content
    assert "Canada" in content


@pytest.mark.parametrize(
    ("client_name", "title"), [("officer_client", "Awaiting approval"), ("approver_client", "Yours to decide")]
)
def test_what_awaits_approval_is_the_approvers_to_decide(
    disbursement: Disbursement, client_name: str, title: str, request: pytest.FixtureRequest
) -> None:
    content = request.getfixturevalue(client_name).get("/").content.decode()
    assert f"<h2>{title}</h2>" in content
    assert f'href="/disbursements/{disbursement.number}/"' in content
    assert "1 document awaits approval" in content
    assert "on projects" in content


def test_what_is_decided_awaits_nothing(disbursement: Disbursement, approver: User, approver_client: Client) -> None:
    approve_disbursement(disbursement, by=approver)
    assert "Yours to decide" not in approver_client.get("/").content.decode()


def test_the_overview_costs_as_many_queries_for_30_instalments_as_for_3(
    canada: Donor, fund_year: int, officer: User, officer_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    sign(canada, [TODAY + timedelta(days=index) for index in range(3)], officer)
    few = count_queries(officer_client, "/")
    sign(canada, [TODAY + timedelta(days=index) for index in range(30)], officer)
    assert count_queries(officer_client, "/") == few
    assert few < 30


def test_a_donor_is_led_to_the_own_statement(donor_client: Client) -> None:
    answer = donor_client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("portal:statement")


def test_who_has_no_role_is_refused(db: None, sign_in: Callable[[User], Client]) -> None:
    nobody = User.objects.create_user("nobody")
    assert sign_in(nobody).get("/").status_code == 403


def test_who_is_not_signed_in_signs_in_first(db: None) -> None:
    assert Client().get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("page", "label"),
    [
        ("advance-ageing", "Advances"),
        ("delegation-list", "Approvals"),
        ("year-list", "Closing"),
        ("overview", "Overview"),
    ],
)
def test_navigation_marks_where_a_page_is_found(page: str, label: str, officer_client: Client) -> None:
    navigation = officer_client.get(reverse(f"fund:{page}")).context["navigation"]
    assert [str(name) for _, links in navigation for name, _, is_current in links if is_current] == [label]


def test_every_style_is_linked_from_every_page(officer_client: Client) -> None:
    styles = {path.name for path in Path(fund.__path__[0], "static", "fund").glob("*.css")}
    linked = re.findall(r'href="/static/fund/([a-z]+\.css)', officer_client.get("/").content.decode())
    assert set(linked) == styles
    assert (linked[0], linked[-1]) == ("style.css", "paper.css")
