"""Returns of deposits to their senders: one person prepares, another decides, and the deposit waits until then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.errors import StateUnfit
from fund.models import AuditRecord, DepositReturn, Donor, Identity, Placement, Receipt, State
from fund.operations.acts import post, record
from fund.operations.approvals import reject
from fund.operations.decided_reversals import approve_reversal, prepare_reversal
from fund.operations.deposit_returns import approve_deposit_return, prepare_deposit_return
from fund.operations.deposits import (
    Part,
    get_open,
    identify_deposit,
    load_deposit,
    set_identity,
    take_placement_back,
    undo_placement,
)
from fund.operations.reversals import reverse_receipt
from fund.policy_deposits import return_deposit
from ledger.queries import entries_of
from tests.deeds import make_approvers
from tests.shorthand import check, run, usd

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 3, 9), date(2026, 3, 10)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
RETURN, PAGE = "/receipts/RCT-2026-0001/return/", "/receipts/RCT-2026-0001/returns/1/"
SENT = {"on": "2026-03-10", "reason": "Slip"}


def is_untouched(prepared: DepositReturn) -> bool:
    prepared.refresh_from_db()
    stands = prepared.receipt.identity == "open" and not Placement.objects.exists()
    return prepared.is_waiting and stands and len(entries_of("RCT-2026-0001")) == 1


def test_a_deposit_goes_back_on_the_day_that_was_prepared_once_another_person_approves(
    prepared_return: DepositReturn, approver: User
) -> None:
    assert (is_untouched(prepared_return), check()) == (True, [])
    assert approve_deposit_return(prepared_return, by=approver)
    [entry] = entries_of("RCT-2026-0001/D1")
    assert (entry.dated_on, Placement.objects.get().placed_on) == (DAY, DAY)
    record = AuditRecord.objects.get(act="return deposit")
    assert ("open" in record.before, "returned" in record.after) == (True, True)
    assert check() == []


def test_while_it_waits_the_deposit_has_no_other_fate_and_what_is_rejected_frees_it(
    prepared_return: DepositReturn, deposit: Receipt, canada: Donor, officer: User, approver: User
) -> None:
    parts = [Part(canada, usd("50"))]
    acts: list[Callable[[], Any]] = [
        lambda: identify_deposit(deposit, on=LATER, parts=parts, by=officer),
        lambda: prepare_deposit_return(deposit, on=LATER, reason="Again", by=officer),
        lambda: reverse_receipt(deposit, on=LATER, reason="Slip", by=officer),
    ]
    for act in acts:
        with pytest.raises(StateUnfit, match="RCT-2026-0001/D1 awaits approval: once it is rejected, RCT-2026-0001"):
            act()
    reject(prepared_return, reason="It is Canada's", by=approver)
    assert prepare_deposit_return(deposit, on=LATER, reason="Not so", by=officer).number == "RCT-2026-0001/D2"
    assert check() == []


def test_what_became_of_the_deposit_since_keeps_it_from_being_approved(
    prepared_return: DepositReturn, canada: Donor, approver: User
) -> None:
    Receipt.objects.update(reversed_on=LATER)
    with pytest.raises(StateUnfit, match="RCT-2026-0001 was reversed on 2026-03-10"):
        approve_deposit_return(prepared_return, by=approver)
    assert is_untouched(prepared_return)


def test_from_the_threshold_on_two_others_approve_it(prepared_return: DepositReturn, settings: Any) -> None:
    settings.TWO_APPROVERS_FROM = 50
    first, second = make_approvers()
    assert not approve_deposit_return(prepared_return, by=first)
    assert is_untouched(prepared_return)
    assert approve_deposit_return(prepared_return, by=second)


def test_an_officer_prepares_and_an_approver_approves_it_on_the_pages(
    deposit: Receipt, officer_client: Client, approver_client: Client
) -> None:
    answer = officer_client.post(RETURN, SENT, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "another person decides" in answer.content.decode()
    assert is_untouched(DepositReturn.objects.get())
    page = officer_client.get("/receipts/RCT-2026-0001/").content.decode()
    assert f'<a href="{PAGE}">RCT-2026-0001/D1</a>, awaits approval' in page
    assert ("Prepare return" in page, "Identify" in page) == (False, False)
    for path in (RETURN, "/receipts/RCT-2026-0001/identify/"):
        assert officer_client.get(path).headers["Location"] == PAGE
    assert f'<a href="{PAGE}">Its return awaits approval</a>' in officer_client.get("/receipts/").content.decode()
    assert PAGE in approver_client.get("/approvals/").content.decode()
    done = approver_client.post(f"{PAGE}approve/", follow=True).content.decode()
    assert "RCT-2026-0001/D1 is approved and posted." in done
    undone = officer_client.post(f"{PAGE}reverse/", SENT, follow=True).content.decode()
    assert "RCT-2026-0001/D1/V1 is prepared and awaits another person" in undone
    assert (Receipt.objects.get().identity, check()) == ("returned", [])
    page = officer_client.get("/receipts/RCT-2026-0001/").content.decode()
    assert "RCT-2026-0001/D1/V1</a>, awaits approval: until then it stays returned." in page
    approver_client.post("/approvals/reversals/RCT-2026-0001/D1/V1/approve/")
    assert (Receipt.objects.get().identity, check()) == ("open", [])


def test_commands_prepare_approve_and_reverse_it(deposit: Receipt, approver: User) -> None:
    said = run("return_deposit", "RCT-2026-0001", "Slip", "--on=2026-03-09", by="officer")
    assert "manage.py approve RCT-2026-0001/D1 --by USERNAME" in said
    assert is_untouched(DepositReturn.objects.get())
    assert run("approve", "RCT-2026-0001/D1", by="approver") == "RCT-2026-0001/D1 is approved and posted.\n"
    said = run("reverse", "RCT-2026-0001/D1", "--on=2026-03-10", "--reason=It never left", by="officer")
    assert "manage.py approve RCT-2026-0001/D1/V1 --by USERNAME" in said
    run("approve", "RCT-2026-0001/D1/V1", by="approver")
    assert Receipt.objects.get().identity == "open"


def return_as_before(deposit: Receipt, officer: User) -> Receipt:
    """By one person, as before that needed approval."""
    found = get_open(deposit, DAY)
    Placement.objects.create(receipt=found, placed_on=DAY, returned=True, reason="Slip", created_by=officer)
    draft = return_deposit(load_deposit(found, DAY), number="", on=DAY, reason="Slip", currency="USD")
    post(replace(draft, links=(found.number,)), by=officer)
    set_identity(found, Identity.RETURNED)
    record("return deposit", found, by=officer, detail="Slip")
    return found


def test_a_return_of_before_stands_and_is_undone_as_it_was_made(deposit: Receipt, officer: User) -> None:
    found = return_as_before(deposit, officer)
    assert check() == []
    undo_placement(found, on=LATER, reason="It never left", by=officer)
    assert (Receipt.objects.get().identity, check()) == ("open", [])


def test_no_return_is_one_of_before_once_returns_are_prepared(
    prepared_return: DepositReturn, officer: User, approver: User
) -> None:
    reject(prepared_return, reason="It is Canada's", by=approver)
    return_as_before(prepared_return.receipt, officer)
    assert check() == ["RCT-2026-0001 went back, and its return is not approved."]


def test_an_entry_that_takes_a_return_back_names_its_reversal(
    prepared_return: DepositReturn, officer: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_back(receipt: Receipt, *, links: Any, **facts: Any) -> None:
        take_placement_back(receipt, **facts)

    approve_deposit_return(prepared_return, by=approver)
    monkeypatch.setattr("fund.operations.decided_reversals.take_placement_back", take_back)
    reversal = prepare_reversal(prepared_return, on=LATER, reason="It never left", by=officer)
    approve_reversal(reversal, by=approver)
    [problem] = check()
    assert problem.endswith("does not name RCT-2026-0001/D1/V1 that is approved.")


@pytest.mark.parametrize(
    ("changed", "values", "problem"),
    [
        (DepositReturn, {"dated_on": LATER}, "RCT-2026-0001/D1 is approved, and RCT-2026-0001 did not go back as it"),
        (DepositReturn, {"state": State.REJECTED}, "RCT-2026-0001 went back, and RCT-2026-0001/D1 is not approved."),
        (Placement, {"returned": False}, "RCT-2026-0001/D1 is approved, and RCT-2026-0001 did not go back as it"),
        (Placement, {"reason": "Other"}, "RCT-2026-0001 2026-03-09 is not by whom, when or why its audit record of"),
        (Placement, {"created_at": LONG_AGO}, "RCT-2026-0001 2026-03-09 is not by whom, when or why its audit record"),
        (Placement, {"reason": "Theirs"}, "RCT-2026-0001/D1 is approved, and RCT-2026-0001 did not go back as it"),
    ],
)
def test_a_return_that_was_tampered_with_is_found(
    prepared_return: DepositReturn, approver: User, changed: Any, values: dict[str, Any], problem: str
) -> None:
    approve_deposit_return(prepared_return, by=approver)
    changed.objects.update(**values)
    assert problem in " ".join(check())
