"""Screenings: a match blocks every payment until an approver who did not record it clears it."""

import io
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from fund.errors import NotPermitted, PayeeBlocked, SamePerson, StateUnfit, ValueInvalid
from fund.models import Advance, Disbursement, Donor, Payee, Refund, Screening
from fund.operations import limits
from fund.operations.advances import approve_advance
from fund.operations.approvals import delegate
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.payees import change_payee
from fund.operations.people import add_person, change_person
from fund.operations.refunds import approve_refund
from fund.operations.screenings import clear_match, record_screening
from fund.roles import APPROVER
from ledger.errors import Refused
from ledger.money import parse_amount
from ledger.queries import entries

DAY = date(2026, 6, 2)
BLOCKED = (
    "Wings has a possible match on “A list” of 2026-06-01: nothing is paid until it is cleared. "
    "An approver other than officer clears it, with the reason."
)


def screen(payee: Payee | Donor, by: User, **facts: Any) -> Screening:
    sent: dict[str, Any] = {"screened_on": DAY, "list_name": "Another list", "result": "no_match"} | facts
    return record_screening(payee, **sent, by=by)


def pay(disbursement: Disbursement, by: User, payee: Payee | str) -> Disbursement:
    """Another payment like this one."""
    lines = [Line(line.fund, line.project, "Travel", parse_amount("1", "USD")) for line in disbursement.lines.all()]
    facts: dict[str, Any] = {"bank_account": disbursement.bank_account, "paid_on": disbursement.paid_on}
    return prepare_disbursement(payee=payee, **facts, lines=lines, by=by)


@pytest.mark.parametrize("name", ["Wings", " wings"])
def test_a_match_blocks_preparing_and_approving(
    disbursement: Disbursement, officer: User, approver: User, name: str
) -> None:
    payee = disbursement.payee
    screen(payee, officer, result="possible", note="The same name", list_name="A list", screened_on=date(2026, 6, 1))
    with pytest.raises(PayeeBlocked, match=BLOCKED):
        approve_disbursement(disbursement, by=approver)
    with pytest.raises(PayeeBlocked, match=BLOCKED):
        pay(disbursement, officer, name)
    assert [found.state for found in Disbursement.objects.all()] == ["prepared"]
    assert not entries().filter(kind="disbursement").exists()


def test_neither_a_later_result_nor_another_spelling_clears(payee: Payee, match: Screening, officer: User) -> None:
    screen(payee, officer)
    payee = change_payee(payee, name="WINGS.", country="", by=officer)
    with pytest.raises(PayeeBlocked, match=r"WINGS\. has a possible match on “A list” of 2026-06-01"):
        limits.check_payee(payee)


def test_a_clearing_lifts_every_match_and_a_new_match_blocks_again(
    payee: Payee, match: Screening, officer: User, approver: User
) -> None:
    screen(payee, officer, result="confirmed", note="Born on the same day")
    clear_match(payee, on=DAY, reason="Another country", by=approver)
    limits.check_payee(payee)
    screen(payee, officer, result="confirmed", note="The passport's number")
    with pytest.raises(PayeeBlocked, match="a confirmed match on “Another list”"):
        limits.check_payee(payee)


def test_a_donor_with_a_match_gets_no_refund(canada: Donor, officer: User) -> None:
    limits.check_payee(canada)
    screen(canada, officer, result="possible", note="The same name")
    with pytest.raises(PayeeBlocked):
        limits.check_payee(canada)


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"result": "cleared", "note": "Ours"}, StateUnfit, "by an approver who did not record it"),
        ({"result": "odd"}, ValueInvalid, "no_match, possible"),
        ({"result": "possible"}, ValueInvalid, "This is needed"),
        ({"list_name": " "}, ValueInvalid, "This is needed"),
        ({"screened_on": date(2026, 6, 16)}, ValueInvalid, "not come yet"),
    ],
)
def test_what_cannot_be_is_refused(
    payee: Payee, officer: User, facts: dict[str, Any], error: type[Refused], message: str
) -> None:
    with pytest.raises(error, match=message):
        screen(payee, officer, **facts)
    assert not Screening.objects.exists()


def test_who_recorded_a_match_does_not_clear_it_by_a_new_role_or_a_delegation(
    payee: Payee, match: Screening, officer: User, approver: User
) -> None:
    facts: dict[str, Any] = {"on": DAY, "reason": "Ours", "by": officer}
    with pytest.raises(NotPermitted):
        clear_match(payee, **facts)
    delegate(receiver=officer, since=date(2026, 6, 15), until=date(2026, 6, 20), reason="Leave", by=approver)
    with pytest.raises(SamePerson):
        clear_match(payee, **facts)
    with pytest.raises(SamePerson):
        clear_match(payee, on=DAY, reason="Ours", by=change_person("officer", role=APPROVER))
    with pytest.raises(PayeeBlocked):
        limits.check_payee(payee)


def test_a_delegate_of_who_recorded_it_does_not_clear_it(
    payee: Payee, match: Screening, officer: User, approver: User
) -> None:
    other = add_person("other", role="Finance officer")[0]
    giver = change_person("officer", role=APPROVER)
    delegate(receiver=other, since=date(2026, 6, 15), until=date(2026, 6, 20), reason="Leave", by=giver)
    with pytest.raises(SamePerson):
        clear_match(payee, on=DAY, reason="Ours", by=other)


def test_there_is_nothing_to_clear_without_a_match(payee: Payee, approver: User) -> None:
    with pytest.raises(StateUnfit, match="nothing blocks a payment"):
        clear_match(payee, on=DAY, reason="Ours", by=approver)


def test_a_partner_with_a_match_is_sent_nothing(advance: Advance, officer: User, approver: User) -> None:
    screen(advance.partner, officer, result="possible", note="The same name")
    with pytest.raises(PayeeBlocked, match="nothing is paid until it is cleared"):
        approve_advance(advance, by=approver)
    assert not entries().filter(kind="advance").exists()


def test_a_donor_with_a_match_is_refunded_nothing(refund: Refund, officer: User, approver: User) -> None:
    screen(refund.agreement.donor, officer, result="possible", note="The same name")
    with pytest.raises(PayeeBlocked, match="nothing is paid until it is cleared"):
        approve_refund(refund, by=approver)
    assert not entries().filter(kind="refund").exists()


def test_results_are_only_added(match: Screening) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Screening.objects.update(result="no_match")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Screening.objects.all().delete()


def test_an_officer_records_and_an_approver_clears_on_the_pages(
    disbursement: Disbursement, officer_client: Client, approver_client: Client
) -> None:
    sent = {"screened_on": "2026-06-01", "list_name": "A list", "result": "possible", "note": "The same name"}
    officer_client.post("/payees/WINGS/screenings/new/", sent)
    blocked = approver_client.post("/disbursements/DSB-2026-0001/approve/")
    assert blocked.status_code == 422
    assert "An approver other than officer clears it" in blocked.content.decode()
    assert "Clear the match" in approver_client.get("/payees/WINGS/").content.decode()
    cleared = {"on": "2026-06-02", "reason": "Another country"}
    assert officer_client.post("/payees/WINGS/screenings/clear/", cleared).status_code == 403
    approver_client.post("/payees/WINGS/screenings/clear/", cleared)
    assert approver_client.post("/disbursements/DSB-2026-0001/approve/").status_code == 302


def test_a_forged_clearing_by_the_form_of_screenings_is_refused(match: Screening, officer_client: Client) -> None:
    sent = {"screened_on": "2026-06-02", "list_name": "A list", "result": "cleared", "note": "Ours"}
    assert officer_client.post("/payees/WINGS/screenings/new/", sent).status_code == 422
    assert Screening.objects.count() == 1


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, "--by", "officer", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_commands_add_a_payee_and_record_a_match_and_clear_none(officer: User, canada: Donor) -> None:
    assert run("add_payee", "Wings Ltd") == "Wings Ltd is added with the code WINGS-LTD.\n"
    match = ("--list", "A list", "--on", "2026-06-01", "--result", "possible", "--note", "The same name")
    assert run("record_screening", "WINGS-LTD", *match) == "Wings Ltd: Possible match.\n"
    assert run("record_screening", "CAN", "--donor", *match) == "Canada: Possible match.\n"
    with pytest.raises(CommandError, match="by an approver who did not record it"):
        run("record_screening", "WINGS-LTD", "--list", "A list", "--on", "2026-06-01", "--result", "cleared")
    with pytest.raises(CommandError, match="NOBODY is not a payee's code"):
        run("record_screening", "NOBODY", *match)
    assert Screening.objects.count() == 2
