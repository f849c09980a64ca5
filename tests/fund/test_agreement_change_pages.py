"""The pages and commands of amendments and milestones."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client

from fund.models import Agreement, Amendment, Milestone, Project, Receipt
from fund.operations.milestones import accept_milestone, reverse_milestone
from ledger.queries import entries
from tests.deeds import cancel_agreement
from tests.shorthand import run

AMEND = "/agreements/AGR-2026-0001/amend/"
AMENDMENT = "/agreements/AGR-2026-0001/amendments/1/"
MILESTONE = "/agreements/AGR-2026-0001/milestones/1/"


def form(*lines: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    """What the form of an amendment sends: the instalments by reference, amount and day."""
    sent = {"amended_on": "2026-04-01", "note": "Letter of 30 March", "after": "0", "ends_on": ""}
    sent |= {"instalments-TOTAL_FORMS": str(len(lines)), "instalments-INITIAL_FORMS": "2"}
    for index, (reference, amount, due_on) in enumerate(lines):
        values = {"reference": reference, "amount": amount, "due_on": due_on}
        sent |= {f"instalments-{index}-{name}": value for name, value in values.items()}
    return sent | changes


FIRST = ("AGR-2026-0001/1", "6000", "2026-03-01")
SECOND = ("AGR-2026-0001/2", "4000.00", "2026-07-01")
LOWER = ("AGR-2026-0001/2", "3000", "2026-08-01")


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_form_of_an_amendment_shows_what_stands(receipt: Receipt, officer_client: Client) -> None:
    page = text_of(officer_client, AMEND)
    for text in (
        "USD\xa010,000.00 now: 6,000.00 received, 4,000.00 outstanding",
        'value="6000.00"',
        "6,000.00 received",
    ):
        assert text in page
    assert 'value="AGR-2026-0001/2"' in page


def test_an_officer_amends_an_agreement_and_an_approver_approves_it(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    sent = form(FIRST, LOWER, ("", "250", "2026-12-01"), ends_on="2027-12-31")
    response = officer_client.post(AMEND, sent, follow=True)
    assert response.redirect_chain == [(AMENDMENT, 302)]
    assert "AGR-2026-0001/3" not in response.content.decode()
    page = approver_client.post(f"{AMENDMENT}approve/", follow=True).content.decode()
    for text in ("AGR-2026-0001/3", "USD\xa09,250.00", "Letter of 30 March", "2027-12-31", "Income:Contributions:CAN"):
        assert text in page
    agreed = text_of(officer_client, "/agreements/AGR-2026-0001/")
    for text in ("Original", "USD\xa010,000.00", "AGR-2026-0001/A1", "Present", "USD\xa09,250.00"):
        assert text in agreed


def test_a_removed_instalment_is_taken_off(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    officer_client.post(AMEND, form(FIRST, SECOND, **{"instalments-1-DELETE": "on"}))
    approver_client.post(f"{AMENDMENT}approve/")
    assert agreement.instalments.get(position=2).amount.amount == 0
    assert "Taken off" in text_of(officer_client, "/agreements/AGR-2026-0001/")


def test_the_lines_of_an_amendment_name_it(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    officer_client.post(AMEND, form(FIRST, LOWER))
    approver_client.post(f"{AMENDMENT}approve/")
    entry = entries().get(narration="Amendment AGR-2026-0001/A1")
    assert "/agreements/AGR-2026-0001/amendments/1/" in text_of(officer_client, f"/journal/{entry.number}/")
    assert "/attachments/AGR-2026-0001/A1/new/" in text_of(officer_client, "/agreements/AGR-2026-0001/amendments/1/")
    assert officer_client.get("/attachments/AGR-2026-0001/A1/new/").status_code == 200


@pytest.mark.parametrize(
    ("lines", "changes", "message"),
    [
        ((("AGR-2026-0001/1", "5999", "2026-03-01"), SECOND), {}, "6,000.00 of AGR-2026-0001/1 is received or settled"),
        ((FIRST, SECOND), {"instalments-0-DELETE": "on"}, "6,000.00 of AGR-2026-0001/1 is received or settled"),
        ((FIRST, SECOND), {}, "This changes nothing"),
        ((FIRST, ("AGR-2026-0001/2", "", "2026-07-01")), {}, "This field is required"),
        ((FIRST, ("AGR-2026-0001/2", "0", "2026-07-01")), {}, "An instalment is more than zero"),
        ((FIRST, ("AGR-2026-0002/2", "1", "2026-07-01")), {}, "Line 2: AGR-2026-0002/2 is no instalment of"),
        ((FIRST, ("AGR-2026-0002/2", "1", "2026-07-01")), {"instalments-0-DELETE": "on"}, "Line 2: AGR-2026-0002/2"),
        ((FIRST, ("AGR-2026-0002/2", "1", "2026-07-01")), {"instalments-1-DELETE": "on"}, "Line 2: AGR-2026-0002/2"),
        ((FIRST, LOWER), {"note": ""}, "This field is required"),
        ((FIRST, LOWER), {"amended_on": "2026-06-16"}, "This day has not come yet"),
        ((FIRST, LOWER), {"amended_on": "2026-01-14"}, "Choose 2026-01-15 or later"),
    ],
)
def test_a_refused_amendment_says_why_and_keeps_what_was_typed(
    receipt: Receipt, officer_client: Client, lines: Any, changes: dict[str, str], message: str
) -> None:
    before = entries().count()
    response = officer_client.post(AMEND, form(*lines, **changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert "Letter of 30 March" in page or changes.get("note") == ""
    assert (Amendment.objects.count(), entries().count()) == (0, before)


def test_a_form_that_was_opened_before_another_amendment_undoes_nothing(
    agreement: Agreement, officer_client: Client, approver_client: Client
) -> None:
    officer_client.post(AMEND, form(FIRST, LOWER))
    approver_client.post(f"{AMENDMENT}approve/")
    response = officer_client.post(AMEND, form(FIRST, SECOND, ("", "5", "2026-12-01")))
    assert response.status_code == 422
    assert "AGR-2026-0001/A1 was recorded since this form was opened" in response.content.decode()
    assert Amendment.objects.count() == 1


def test_a_conditional_agreement_says_what_is_deferred(conditional: Agreement, officer_client: Client) -> None:
    page = text_of(officer_client, "/agreements/AGR-2026-0001/")
    for text in ("As conditions are met", "Deferred", "1,000.00", "No milestone is planned", "Plan a milestone"):
        assert text in page
    assert "USD 1,000.00 deferred" in text_of(officer_client, "/agreements/?income=as_conditions_met")
    assert "USD 1,000.00 deferred" not in text_of(officer_client, "/agreements/?income=on_receipt")
    for path in ("/", "/donors/CAN/", "/sub-funds/AGR-2026-0001/"):
        assert "income once conditions are met" in text_of(officer_client, path)


def test_the_donor_sees_what_is_deferred(conditional: Agreement, donor_client: Client) -> None:
    page = text_of(donor_client, "/statement/")
    assert "income once conditions are met" in page
    assert "USD 1,000.00 deferred" in page


def test_a_milestone_is_planned_accepted_and_taken_back(conditional: Agreement, officer_client: Client) -> None:
    sent = {"title": "Course held", "due_on": "2026-05-01", "amount": "400"}
    response = officer_client.post("/agreements/AGR-2026-0001/milestones/new/", sent)
    assert response["Location"] == MILESTONE
    assert "Course held: USD\xa0400.00 becomes income. USD 1,000.00 is deferred now." in text_of(
        officer_client, f"{MILESTONE}accept/"
    )
    officer_client.post(f"{MILESTONE}accept/", {"on": "2026-05-02", "note": "The list of who came"})
    page = text_of(officer_client, MILESTONE)
    for text in ("Accepted", "2026-05-02", "The list of who came", "Liabilities:Deferred:CAN", "Take it back"):
        assert text in page
    officer_client.post(f"{MILESTONE}reverse/", {"on": "2026-05-03", "reason": "Another course"})
    page = text_of(officer_client, MILESTONE)
    assert "Reversed" in page
    assert "Plan it again" in page
    again = text_of(officer_client, "/agreements/AGR-2026-0001/milestones/new/?again=AGR-2026-0001/M1")
    assert 'value="400.00"' in again


def test_a_milestone_beyond_what_is_deferred_is_refused_with_what_is_left(
    milestone: Milestone, officer_client: Client
) -> None:
    Milestone.objects.update(amount="1000.01")
    response = officer_client.post(f"{MILESTONE}accept/", {"on": "2026-05-02", "note": "Held"})
    assert response.status_code == 422
    assert "has USD 1,000.00 deferred on 2026-05-02; USD 1,000.01 is more" in response.content.decode()
    assert not entries().filter(kind="milestone").exists()


@pytest.mark.parametrize("reader", ["auditor_client", "approver_client", "donor_client"])
def test_only_an_officer_changes_an_agreement(
    reader: str, milestone: Milestone, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(reader)
    paths = (AMEND, "/agreements/AGR-2026-0001/milestones/new/", f"{MILESTONE}accept/", f"{MILESTONE}reverse/")
    for path in paths:
        assert client.get(path).status_code == 403
        assert client.post(path, {"on": "2026-05-02", "note": "Held", "reason": "No"}).status_code == 403
    assert not entries().filter(kind="milestone").exists()
    if reader == "auditor_client":
        page = text_of(client, MILESTONE)
        assert "Take it back" not in page
        assert "Plan a milestone" not in text_of(client, "/agreements/AGR-2026-0001/")


def test_what_cannot_be_done_is_not_offered(milestone: Milestone, officer: User, officer_client: Client) -> None:
    assert "Cancel the agreement" in text_of(officer_client, "/agreements/AGR-2026-0001/")
    accept_milestone(milestone, on=date(2026, 5, 2), note="Held", by=officer)
    assert "Cancel the agreement" not in text_of(officer_client, "/agreements/AGR-2026-0001/")
    reverse_milestone(milestone, on=date(2026, 5, 3), reason="No", by=officer)
    cancel_agreement(milestone.agreement, on=date(2026, 5, 3), reason="No", by=officer)
    page = text_of(officer_client, "/agreements/AGR-2026-0001/")
    assert not any(text in page for text in ("Plan a milestone", ">Amend<", "milestones/1/accept"))


def test_what_is_not_there_is_not_found(milestone: Milestone, officer_client: Client) -> None:
    for path in (MILESTONE.replace("/1/", "/2/"), MILESTONE.replace("1/milestones", "2/milestones"), "/amendments/1/"):
        path = path if path.startswith("/agreements") else f"/agreements/AGR-2026-0001{path}"
        assert officer_client.get(path).status_code == 404


def test_an_officer_signs_a_conditional_agreement_for_a_theme(
    fund_year: int, canada: object, project: Project, officer_client: Client, approver_client: Client
) -> None:
    sent = {"donor": "CAN", "signed_on": "2026-01-15", "amount_0": "100", "amount_1": "USD"}
    sent |= {"instalments-TOTAL_FORMS": "1", "instalments-INITIAL_FORMS": "0", "instalments-0-due_on": "2026-07-01"}
    sent |= {"recognition": "as_conditions_met", "themes": "2"}
    refused = officer_client.post("/agreements/new/", sent).content.decode()
    assert "These limits are of an earmark" in refused
    page = officer_client.post("/agreements/new/", sent | {"earmarked": "on"}, follow=True).content.decode()
    assert "Action against terrorism and violent extremism online" in page
    assert officer_client.get("/sub-funds/AGR-2026-0001/").status_code == 404
    approver_client.post("/agreements/AGR-2026-0001/approve/")
    assert "Action against terrorism" in text_of(officer_client, "/sub-funds/AGR-2026-0001/")


def test_a_conditional_agreement_without_an_earmark_is_refused_by_the_form(
    fund_year: int, canada: object, officer_client: Client
) -> None:
    sent = {"donor": "CAN", "signed_on": "2026-01-15", "amount_0": "100", "amount_1": "USD"}
    sent |= {"instalments-TOTAL_FORMS": "1", "instalments-INITIAL_FORMS": "0", "instalments-0-due_on": "2026-07-01"}
    response = officer_client.post("/agreements/new/", sent | {"recognition": "as_conditions_met"})
    assert response.status_code == 422
    assert "A conditional agreement is earmarked" in response.content.decode()


def test_a_command_amends(agreement: Agreement, approver: User) -> None:
    said = run(
        "amend_agreement",
        "AGR-2026-0001",
        "--dated=2026-04-01",
        "--note=By letter",
        *("--instalment", "AGR-2026-0001/2", "3000", "2026-08-01"),
        *("--new", "50", "2026-12-01"),
        by="officer",
    )
    next_step = "Another person approves it: `manage.py approve AGR-2026-0001/A1 --by USERNAME`."
    assert said == f"AGR-2026-0001/A1 is prepared. {next_step}\n"
    assert run("approve", "AGR-2026-0001/A1", by="approver") == "AGR-2026-0001/A1 is approved and posted.\n"
    assert Agreement.objects.get().amount.amount == 9050


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--instalment", "AGR-2026-0001/1", "5999", "2026-03-01"), "is received or settled"),
        (("--instalment", "AGR-2026-0001/1", "5999", "March"), "Days are such as 2026-08-01"),
        (("--new", "1,5.0", "2026-03-01"), "1,5.0"),
        ((), "This changes nothing"),
    ],
)
def test_a_command_that_cannot_amend_says_why(receipt: Receipt, arguments: tuple[str, ...], message: str) -> None:
    before = entries().count()
    with pytest.raises(CommandError, match=message):
        run("amend_agreement", "AGR-2026-0001", "--dated=2026-04-01", "--note=L", *arguments, by="officer")
    assert (Amendment.objects.count(), entries().count()) == (0, before)


def test_a_command_accepts_a_milestone_once(milestone: Milestone) -> None:
    facts = ("accept_milestone", "AGR-2026-0001/M1", "--dated=2026-05-02", "--note=Held")
    assert run(*facts, by="officer", key="m1") == "AGR-2026-0001/M1 is accepted.\n"
    assert run(*facts, by="officer", key="m1") == "AGR-2026-0001/M1 is accepted.\n"
    with pytest.raises(CommandError, match="was accepted on 2026-05-02 already"):
        run(*facts, by="officer")
    assert entries().filter(kind="milestone").count() == 1


@pytest.mark.parametrize("command", ["accept_milestone", "amend_agreement"])
def test_a_command_names_what_is_there_and_a_finance_officer(command: str, auditor: object, officer: object) -> None:
    facts = (command, "AGR-2026-0009/M1", "--dated=2026-05-02", "--note=Held")
    with pytest.raises(CommandError, match=r"AGR-2026-0009/M1 is not an? (milestone|agreement)"):
        run(*facts, by="officer")
    with pytest.raises(CommandError, match="auditor is not an active finance officer"):
        run(*facts, by="auditor")
