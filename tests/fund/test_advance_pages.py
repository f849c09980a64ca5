from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import (
    Advance,
    AdvanceReport,
    AdvanceReturn,
    Allocation,
    AuditRecord,
    BankAccount,
    Payee,
    Project,
    Refusal,
)
from fund.operations.budgets import Planned, set_budget
from fund.operations.people import change_person
from fund.queries.period_end import StepName, find_steps
from fund.views.period_end import add_urls
from ledger.periods import parse_period
from ledger.queries import entries
from tests.fund.advances import FUND, accept, prepare, standing
from tests.shorthand import usd

ADVANCE = "/advances/ADV-2026-0001/"
REPORT = f"{ADVANCE}reports/1/"
SENT = {
    "partner": "UNODC",
    "bank_account": "CITI-USD",
    "paid_on": "2026-03-20",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-fund": FUND,
    "lines-0-project": "CYB-01",
    "lines-0-amount": "1,000",
}
REPORTED = {
    "reported_on": "2026-04-10",
    "certified_by": "Head of finance",
    "lines-TOTAL_FORMS": "2",
    "lines-INITIAL_FORMS": "0",
    "lines-0-line": "1",
    "lines-0-category": "Travel",
    "lines-0-amount": "600",
    "lines-1-line": "1",
}
BACK = {"bank_account": "CITI-USD", "received_on": "2026-05-04", "reference": "BACK-1", "line-1": "400"}


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_advance_goes_from_the_form_to_a_report_that_is_reviewed_and_a_return(
    allocation: Allocation, partner: Payee, officer_client: Client, approver_client: Client
) -> None:
    assert officer_client.post("/advances/new/", SENT)["Location"] == ADVANCE
    assert "You prepared it: another person decides" in page(officer_client, ADVANCE)
    approver_client.post(f"{ADVANCE}approve/")
    assert "Record a report" in page(officer_client, ADVANCE)
    assert officer_client.post(f"{ADVANCE}reports/new/", REPORTED)["Location"] == REPORT
    approver_client.post(f"{REPORT}review/", {"accepted-1": "500", "question-1": "No invoice"})
    assert officer_client.post(f"{ADVANCE}returns/new/", BACK)["Location"] == f"{ADVANCE}returns/1/"
    assert standing() == (500, 100, 4400)
    for path, texts in (
        (ADVANCE, ("ADV-2026-0001/R1", "ADV-2026-0001/U1", "2026-06-18")),
        (REPORT, ("USD 100.00: No invoice", "Assets:Advances:UNODC", "Prepare reversal…")),
        (f"{ADVANCE}returns/1/", ("BACK-1", "USD 400.00", FUND)),
        ("/advances/", ("ADV-2026-0001", "100.00")),
        ("/projects/CYB-01/", ("Advanced", "ADV-2026-0001")),
    ):
        found = page(officer_client, path).replace("\xa0", " ")
        assert all(text in found for text in texts), path


def test_a_refused_advance_keeps_what_was_typed_and_says_what_is_allowed(
    allocation: Allocation, partner: Payee, officer_client: Client
) -> None:
    answer = officer_client.post("/advances/new/", SENT | {"lines-0-amount": "5000.01", "note": "Second half"})
    found = answer.content.decode()
    assert answer.status_code == 422
    assert "CYB-01 has USD 5,000.00 of AGR-2026-0001 left" in found
    assert 'value="5000.01"' in found
    assert 'value="Second half"' in found
    assert (Advance.objects.count(), Refusal.objects.count()) == (0, 1)


def test_the_form_begins_with_the_projects_partner_and_says_what_can_be_spent(
    allocation: Allocation, partner: Payee, officer_client: Client
) -> None:
    Project.objects.update(partner=partner)
    found = page(officer_client, "/advances/new/?project=CYB-01")
    assert '<option value="UNODC" selected>' in found
    assert "5,000.00" in found


def test_the_review_shows_the_budget_and_what_would_go_beyond_it(
    report: AdvanceReport, project: Project, officer: User, approver_client: Client
) -> None:
    planned = [Planned("Training", 2026, "Travel", usd("599"))]
    set_budget(project, decided_on=date(2026, 3, 1), lines=planned, by=officer)
    for path in (REPORT, f"{REPORT}review/"):
        found = page(approver_client, path)
        assert "599.00" in found
        assert "Over budget" in found


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"accepted-1": "600.01"}, "Between nothing and USD 600.00"),
        ({"accepted-1": "599"}, "This is needed."),
        ({"accepted-1": "0", "question-1": "All"}, "reject the report instead"),
        ({"accepted-1": "x"}, "is not an amount"),
        ({}, "required"),
    ],
)
def test_a_review_that_is_refused_accepts_nothing(
    report: AdvanceReport, approver_client: Client, typed: dict[str, str], message: str
) -> None:
    answer = approver_client.post(f"{REPORT}review/", typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert standing() == (0, 1000, 4000)


def test_a_forged_review_or_approval_of_who_recorded_it_is_refused_and_kept(
    report: AdvanceReport, officer: User, sign_in: Callable[[User], Client]
) -> None:
    whole = {"accepted-1": "600"}
    assert sign_in(officer).post(f"{REPORT}review/", whole).status_code == 403
    answer = sign_in(change_person("officer", role="Approver")).post(f"{REPORT}review/", whole)
    assert "another person decides on it" in answer.content.decode()
    assert (answer.status_code, Refusal.objects.count(), standing()) == (422, 2, (0, 1000, 4000))


def test_more_than_is_open_is_refused_on_the_pages_with_what_is_open(sent: Advance, officer_client: Client) -> None:
    before = entries().count(), AuditRecord.objects.count()
    for path, data in (
        (f"{ADVANCE}reports/new/", REPORTED | {"lines-0-amount": "1000.01"}),
        (f"{ADVANCE}returns/new/", BACK | {"line-1": "1000.01"}),
    ):
        answer = officer_client.post(path, data)
        assert answer.status_code == 422
        assert "USD 1,000.00 of AGR-2026-0001 for CYB-01 is open" in answer.content.decode()
    assert (entries().count(), AuditRecord.objects.count()) == before
    assert (AdvanceReport.objects.count(), AdvanceReturn.objects.count()) == (0, 0)


def test_a_line_of_another_advance_cannot_be_forged(sent: Advance, officer_client: Client) -> None:
    answer = officer_client.post(f"{ADVANCE}reports/new/", REPORTED | {"lines-0-line": "2"})
    assert (answer.status_code, AdvanceReport.objects.count()) == (422, 0)


@pytest.mark.parametrize("path", ["new/", "ADV-2026-0001/reports/new/", "ADV-2026-0001/returns/new/"])
def test_who_may_only_read_is_refused_the_forms_and_sees_no_buttons(
    sent: Advance, auditor_client: Client, donor_client: Client, path: str
) -> None:
    assert [client.get(f"/advances/{path}").status_code for client in (auditor_client, donor_client)] == [403, 403]
    assert "Record a re" not in page(auditor_client, ADVANCE)
    assert donor_client.get(ADVANCE).status_code == 403


@pytest.mark.parametrize(("day", "texts"), [("2026-06-18", ("90", "in time")), ("2026-06-19", ("Overdue",))])
def test_advances_by_age_say_which_reports_are_due(
    sent: Advance, auditor_client: Client, day: str, texts: tuple[str, ...]
) -> None:
    found = page(auditor_client, f"/advances-by-age/?on={day}")
    assert all(text in found for text in ("1,000.00", "2026-06-18", *texts))


def test_lists_that_have_nothing_say_what_to_do(officer_client: Client, auditor_client: Client) -> None:
    assert "Prepare one for a partner" in page(officer_client, "/advances/")
    assert "No advances yet" in page(auditor_client, "/advances/")
    assert "No advance is like that" in page(officer_client, "/advances/?q=x")
    assert "No partner had anything that day" in page(auditor_client, "/advances-by-age/")


@pytest.mark.parametrize(
    ("query", "shown"), [("state=open", 1), ("state=rejected", 0), ("q=drugs", 1), ("project=CYB-01&fund=POOL", 0)]
)
def test_the_list_is_narrowed(sent: Advance, auditor_client: Client, query: str, shown: int) -> None:
    assert page(auditor_client, f"/advances/?{query}").count('href="/advances/ADV-2026-0001/"') == shown


def test_the_list_takes_as_many_queries_for_many_advances_as_for_one(
    sent: Advance, bank: BankAccount, officer: User, auditor_client: Client, count_queries: Callable[[Client, str], int]
) -> None:
    first = count_queries(auditor_client, "/advances/")
    for _ in range(5):
        prepare(sent.partner, bank, sent.lines.get().project, officer, usd("10"))
    assert count_queries(auditor_client, "/advances/") == first


def test_a_report_that_is_reviewed_shows_no_review_again(
    report: AdvanceReport, approver: User, approver_client: Client
) -> None:
    assert "Review" in page(approver_client, REPORT)
    accept(report, approver, usd("600"))
    assert approver_client.get(f"{REPORT}review/")["Location"] == REPORT
    answer = approver_client.post(f"{REPORT}review/", {"accepted-1": "600"})
    assert "accepted already" in answer.content.decode()


@pytest.mark.parametrize(("month", "count"), [("2026-03", 0), ("2026-05", 0), ("2026-06", 1)])
def test_a_month_ends_with_partner_reports_that_are_due(sent: Advance, month: str, count: int) -> None:
    [step] = [step for step in find_steps(parse_period(month)) if step.name == StepName.REPORTS]
    [(_, url)] = add_urls([step], parse_period(month))
    assert (step.count, url) == (count, f"/advances-by-age/?on={parse_period(month).ends_on}")
