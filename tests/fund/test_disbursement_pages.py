from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Allocation, BankAccount, Disbursement, DisbursementState, Project
from fund.operations.agreements import Due, Earmark
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.people import change_person
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_receipt
from ledger.money import parse_amount
from ledger.queries import entries
from tests.deeds import allocate, sign_agreement

LINE = ("AGR-2026-0001", "CYB-01", "Travel", "700")


def form(*lines: tuple[str, str, str, str], **changes: Any) -> dict[str, Any]:
    """What the form of a disbursement sends."""
    sent = {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-20"}
    sent |= {"note": "Invoice 77", "lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for index, line in enumerate(lines):
        values = zip(("fund", "project", "category", "amount"), line, strict=True)
        sent |= {f"lines-{index}-{name}": value for name, value in values}
    return sent | changes


def test_a_disbursement_is_prepared_by_one_person_and_approved_by_another(
    allocation: Allocation, bank: BankAccount, officer_client: Client, approver_client: Client
) -> None:
    response = officer_client.post("/disbursements/new/", form(LINE), follow=True)
    assert response.redirect_chain == [("/disbursements/DSB-2026-0001/", 302)]
    page = response.content.decode()
    for text in ("Awaiting approval", "You prepared it: another person decides.", "Wings", "700.00", "Invoice 77"):
        assert text in page
    assert "No journal entry belongs to this document." in page
    page = approver_client.get("/disbursements/DSB-2026-0001/").content.decode()
    for text in ("Approve</button>", "Reject…", "6,000.00", "5,000.00"):
        assert text in page
    done = approver_client.post("/disbursements/DSB-2026-0001/approve/", follow=True)
    assert done.redirect_chain == [("/disbursements/DSB-2026-0001/", 302)]
    page = done.content.decode()
    for text in ("DSB-2026-0001 is approved and posted.", "Paid", "Expenses:Projects:CYB-01:Travel", "approver"):
        assert text in page
    assert "Approve</button>" not in page


def test_the_form_says_what_can_be_spent(allocation: Allocation, officer_client: Client) -> None:
    page = officer_client.get("/disbursements/new/?project=CYB-01").content.decode()
    for text in ("What can be spent", "5,000.00", "USD&nbsp;6,000.00", "AGR-2026-0001 · Canada"):
        assert text in page
    assert page.count('<option value="CYB-01" selected>') == 2


def test_a_fund_that_has_nothing_to_spend_says_what_comes_first(project: Project, officer_client: Client) -> None:
    page = officer_client.get("/disbursements/new/").content.decode()
    assert "No allocation has anything left: allocate first." in page


@pytest.mark.parametrize(
    ("lines", "changes", "message"),
    [
        ([("AGR-2026-0001", "CYB-01", "Travel", "5000.01")], {}, "CYB-01 has USD 5,000.00 of AGR-2026-0001 left"),
        ([("POOL", "CYB-01", "Travel", "1")], {}, "CYB-01 has USD 0.00 of POOL left"),
        ([("AGR-2026-0001", "CYB-01", "Travel", "1.005")], {}, "USD takes at most 2 decimals."),
        ([("AGR-2026-0001", "CYB-01", "Travel", "-5")], {}, "The amount is more than zero."),
        ([("AGR-2026-0001", "CYB-01", "Gifts", "5")], {}, "Gifts is not one of the available choices."),
        ([("AGR-2026-0001", "NONE", "Travel", "5")], {}, "NONE is not one of the available choices."),
        ([("AGR-2026-0001", "C\x001", "Travel", "5")], {}, "is not one of the available choices."),
        ([("AGR-2026-0001", "", "Travel", "5")], {}, "This field is required."),
        ([], {}, "A disbursement charges at least one sub-fund."),
        ([LINE], {"payee": " "}, "This field is required."),
        ([LINE], {"payee": "P" * 201}, "at most 200 characters"),
        ([LINE], {"payee": "Wings\x00"}, "Null characters are not allowed."),
        ([LINE], {"payee": "Wi\x07ngs"}, "There is a character in it that cannot be printed."),
        ([LINE], {"bank_account": "NONE"}, "NONE is not one of the available choices."),
        ([LINE], {"bank_account": "\x00"}, "is not one of the available choices."),
        ([LINE], {"paid_on": "2027-01-02"}, "2027-01-02 is outside the open fiscal years."),
        ([LINE], {"paid_on": "9999-12-31"}, "9999-12-31 is outside the open fiscal years."),
        ([LINE], {"paid_on": "2026-02-30"}, "Enter a valid date."),
        ([LINE], {"paid_on": "2026-03-09"}, "CYB-01 has USD 0.00 of AGR-2026-0001 left on 2026-03-09"),
        ([LINE], {"lines-TOTAL_FORMS": ""}, "The lines did not arrive whole."),
        ([LINE], {"lines-TOTAL_FORMS": "1001"}, "At most 100 lines."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    allocation: Allocation, officer_client: Client, lines: Any, changes: dict[str, str], message: str
) -> None:
    before = entries().count()
    response = officer_client.post("/disbursements/new/", form(*lines, **changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Invoice 77" in page
    assert not Disbursement.objects.exists()
    assert entries().count() == before


def test_amounts_are_in_the_currency_of_the_bank_account(
    allocation: Allocation, cad_bank: BankAccount, officer_client: Client
) -> None:
    response = officer_client.post("/disbursements/new/", form(LINE, bank_account="RBC-CAD"))
    assert response.status_code == 422
    assert "No CAD rate of" in response.context["form"].errors["bank_account"][0]


@pytest.mark.parametrize("payee", ['O"Hara \\ Sons ; @@ {x}', "<script>alert(1)</script>", "Ávila y Muñoz, 東京 📦"])
def test_any_payee_that_can_be_printed_is_paid(
    allocation: Allocation, officer_client: Client, approver_client: Client, payee: str
) -> None:
    officer_client.post("/disbursements/new/", form(LINE, payee=payee))
    done = approver_client.post("/disbursements/DSB-2026-0001/approve/", follow=True)
    assert done.status_code == 200
    assert Disbursement.objects.get().state == DisbursementState.PAID
    assert "<script>alert" not in done.content.decode()


def test_who_prepared_it_cannot_approve_it(disbursement: Disbursement, officer_client: Client) -> None:
    change_person("officer", role="Approver")
    page = officer_client.get("/disbursements/DSB-2026-0001/").content.decode()
    assert "another person decides" in page
    assert "Approve</button>" not in page
    response = officer_client.post("/disbursements/DSB-2026-0001/approve/")
    assert response.status_code == 422
    assert "You prepared DSB-2026-0001: another person decides on it." in response.content.decode()
    disbursement.refresh_from_db()
    assert disbursement.state == DisbursementState.PREPARED


def test_the_limits_are_checked_again_when_it_is_approved(
    disbursement: Disbursement, allocation: Allocation, bank: BankAccount, officer: User, approver_client: Client
) -> None:
    line = Line("AGR-2026-0001", allocation.project, "Travel", parse_amount("4500", "USD"))
    second = prepare_disbursement(payee="Other", bank_account=bank, paid_on=date(2026, 3, 20), lines=[line], by=officer)
    assert approver_client.post(f"/disbursements/{second}/approve/").status_code == 302
    before = entries().count()
    response = approver_client.post("/disbursements/DSB-2026-0001/approve/")
    assert response.status_code == 422
    page = response.content.decode()
    assert "CYB-01 has USD 500.00 of AGR-2026-0001 left on 2026-03-20; USD 700.00 is more." in page
    assert "Approve</button>" in page
    assert entries().count() == before


def test_what_is_decided_is_not_decided_again(disbursement: Disbursement, approver_client: Client) -> None:
    approver_client.post("/disbursements/DSB-2026-0001/approve/")
    for path, sent in (("approve", {}), ("reject", {"reason": "Late"})):
        response = approver_client.post(f"/disbursements/DSB-2026-0001/{path}/", sent)
        assert response.status_code == 422
        assert "DSB-2026-0001 is paid already: a decision is made once" in response.content.decode()


def test_a_link_to_approve_leads_to_the_page(disbursement: Disbursement, approver_client: Client) -> None:
    response = approver_client.get("/disbursements/DSB-2026-0001/approve/")
    assert response["Location"] == "/disbursements/DSB-2026-0001/"
    disbursement.refresh_from_db()
    assert disbursement.state == DisbursementState.PREPARED


def test_an_approver_rejects_it_for_a_reason(disbursement: Disbursement, approver_client: Client) -> None:
    without = approver_client.post("/disbursements/DSB-2026-0001/reject/", {"reason": " "})
    assert without.status_code == 422
    sent = {"reason": "The invoice is missing"}
    page = approver_client.post("/disbursements/DSB-2026-0001/reject/", sent, follow=True).content.decode()
    for text in ("DSB-2026-0001 is rejected.", "Rejected", "The invoice is missing"):
        assert text in page
    assert not entries().filter(kind="disbursement").exists()


def test_an_officer_prepares_the_reversal_of_a_payment_that_came_back(
    disbursement: Disbursement, approver: User, officer_client: Client
) -> None:
    assert "Prepare reversal…" not in officer_client.get("/disbursements/DSB-2026-0001/").content.decode()
    approve_disbursement(disbursement, by=approver)
    assert "Prepare reversal…" in officer_client.get("/disbursements/DSB-2026-0001/").content.decode()
    early = {"on": "2026-03-19", "reason": "Account closed"}
    response = officer_client.post("/disbursements/DSB-2026-0001/reverse/", early)
    assert response.status_code == 422
    assert "Choose 2026-03-20 or later: nothing is dated before what it rests on." in response.content.decode()
    done = officer_client.post("/disbursements/DSB-2026-0001/reverse/", early | {"on": "2026-04-02"}, follow=True)
    page = done.content.decode()
    for text in ("DSB-2026-0001/V1 is prepared", "2026-04-02", "Account closed", "What it reverses"):
        assert text in page


def test_only_what_is_paid_is_reversed(disbursement: Disbursement, officer_client: Client) -> None:
    sent = {"on": "2026-04-02", "reason": "Account closed"}
    response = officer_client.post("/disbursements/DSB-2026-0001/reverse/", sent)
    assert response.status_code == 422
    assert "DSB-2026-0001 is not posted: reject it instead." in response.content.decode()


def prepare_many(numbers: range, bank: BankAccount, project: Project, by: User) -> None:
    line = Line("AGR-2026-0001", project, "Travel", parse_amount("1", "USD"))
    for index in numbers:
        facts: dict[str, Any] = {"payee": f"Payee {index:02d}", "paid_on": date(2026, 3, 20), "lines": [line, line]}
        prepare_disbursement(bank_account=bank, by=by, **facts)


@pytest.mark.parametrize("path", ["/disbursements/", "/projects/CYB-01/", "/sub-funds/AGR-2026-0001/"])
def test_pages_cost_as_many_queries_for_30_rows_as_for_3(
    allocation: Allocation, bank: BankAccount, project: Project, officer: User, officer_client: Client, path: str
) -> None:
    prepare_many(range(3), bank, project, officer)
    with CaptureQueriesContext(connection) as few:
        officer_client.get(path)
    prepare_many(range(3, 30), bank, project, officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get(path)
    assert len(many) == len(few)


def pay_of_many(count: int, first: int, bank: BankAccount, canada: Any, by: User) -> Disbursement:
    """A disbursement with a line for each of `count` sub-funds and projects."""
    amount, lines = parse_amount("10", "USD"), []
    for index in range(first, first + count):
        agreement = sign_agreement(
            donor=canada, signed_on=date(2026, 1, 15), amount=amount, instalments=[Due(date(2026, 2, 1), amount)],
            earmark=Earmark(), by=by,
        )  # fmt: skip
        arrived = Facts(bank, date(2026, 2, 1), amount, f"B{index}")
        record_receipt(agreement=agreement, facts=arrived, by=by, accept_twin=True)
        facts = ProjectFacts(f"Project {index}", [1], ["GTM"], date(2026, 1, 1))
        project = add_project(code=f"PRJ-{index:02d}", facts=facts, by=by)
        allocate(project=project, decided_on=date(2026, 3, 1), lines={agreement.number: amount}, by=by)
        lines.append(Line(agreement.number, project, "Travel", parse_amount("1", "USD")))
    return prepare_disbursement(payee="Many", bank_account=bank, paid_on=date(2026, 3, 20), lines=lines, by=by)


def test_a_page_costs_as_many_queries_for_30_lines_as_for_6(
    bank: BankAccount, canada: Any, officer: User, officer_client: Client
) -> None:
    # More than a chain shows of a kind: beyond that it counts the rest, in one more query a kind.
    short = pay_of_many(6, 0, bank, canada, officer)
    with CaptureQueriesContext(connection) as few:
        officer_client.get(short.get_absolute_url())
        officer_client.get("/disbursements/new/")
    long = pay_of_many(30, 6, bank, canada, officer)
    with CaptureQueriesContext(connection) as many:
        officer_client.get(long.get_absolute_url())
        officer_client.get("/disbursements/new/")
    assert len(many) == len(few)


def test_the_list_filters_sorts_and_pages(
    allocation: Allocation, bank: BankAccount, project: Project, officer: User, approver: User, officer_client: Client
) -> None:
    prepare_many(range(30), bank, project, officer)
    approve_disbursement(Disbursement.objects.get(payee__name="Payee 07"), by=approver)

    def count(query: str) -> int:
        rows: int = officer_client.get(f"/disbursements/?{query}").context["page_obj"].paginator.count
        return rows

    assert count("state=prepared") == 29
    assert count("state=paid") == count("q=Payee+07") == count("q=DSB-2026-0008") == 1
    assert count("project=CYB-01") == count("fund=AGR-2026-0001") == count("since=2026-03-20") == 30
    assert count("fund=POOL") == count("until=2026-03-19") == 0
    response = officer_client.get("/disbursements/?ordering=-payee&page=2")
    assert [row.payee.name for row in response.context["page_obj"]][-1] == "Payee 00"
    assert "29 await approval" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["page=x", "ordering=%00", "since=9999-99-99", "state=%00", "fund=%00&project=%00", "q=%00", "state=paid'"]
)
def test_odd_questions_get_an_answer(disbursement: Disbursement, officer_client: Client, query: str) -> None:
    assert officer_client.get(f"/disbursements/?{query}").status_code == 200
    assert officer_client.get(f"/disbursements/new/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["", "approve/", "reject/", "reverse/"])
def test_a_disbursement_that_does_not_exist_is_not_found(officer: User, officer_client: Client, path: str) -> None:
    officer.groups.add(Group.objects.get(name="Approver"))
    for number in ("DSB-2026-9999", "%00", "x" * 3000):
        assert officer_client.get(f"/disbursements/{number}/{path}").status_code == 404
        if path:
            assert officer_client.post(f"/disbursements/{number}/{path}").status_code == 404


def test_roles_do_what_is_theirs(
    disbursement: Disbursement,
    officer_client: Client,
    approver_client: Client,
    auditor_client: Client,
    donor_client: Client,
) -> None:
    allowed = {
        officer_client: {"", "new/", "DSB-2026-0001/", "DSB-2026-0001/reverse/"},
        approver_client: {"", "DSB-2026-0001/", "DSB-2026-0001/approve/", "DSB-2026-0001/reject/"},
        auditor_client: {"", "DSB-2026-0001/"},
        donor_client: set(),
    }
    for client, pages in allowed.items():
        for path in set().union(*allowed.values()):
            refused = client.get(f"/disbursements/{path}").status_code == 403
            assert refused == (path not in pages), path
    for path in ("new/", "DSB-2026-0001/approve/", "DSB-2026-0001/reject/", "DSB-2026-0001/reverse/"):
        assert auditor_client.post(f"/disbursements/{path}").status_code == 403
        assert Client().post(f"/disbursements/{path}")["Location"].startswith("/accounts/login/")
