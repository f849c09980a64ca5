"""Reversals of what two persons decided: one prepares, another decides, and all stands until then."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.errors import StateUnfit
from fund.models import (
    Advance,
    AdvanceReport,
    Allocation,
    AuditRecord,
    BankAccount,
    Disbursement,
    Refund,
    Reversal,
    State,
)
from fund.operations.acts import record
from fund.operations.approvals import reject
from fund.operations.decided_reversals import approve_reversal, prepare_reversal
from fund.operations.disbursements import approve_disbursement
from fund.operations.refunds import pay_refund
from fund.operations.reversals import reverse_entries
from fund.queries.approvals import entries_to_reverse
from ledger.queries import entries, entries_of
from tests.deeds import make_approvers
from tests.shorthand import check, run

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 4, 2), date(2026, 5, 1)


def prepare(document: Any, by: User) -> Reversal:
    return prepare_reversal(document, on=LATER, reason="A slip", by=by)


def is_untouched(reversal: Reversal) -> bool:
    """It waits, and its document stands."""
    found = Reversal.objects.get(pk=reversal.pk)
    return found.is_waiting and not found.original.reversed_on and not entries().exclude(reverses=None).exists()


def test_a_payment_is_reversed_on_the_day_that_was_prepared_once_another_person_approves(
    prepared_reversal: Reversal, approver: User
) -> None:
    assert is_untouched(prepared_reversal)
    assert check() == []
    assert approve_reversal(prepared_reversal, by=approver)
    paid = Disbursement.objects.get()
    assert (paid.state, paid.reversed_on) == ("reversed", DAY)
    [entry] = entries_of("DSB-2026-0001/V1")
    said = "Reversal of DSB-2026-0001: It came back"
    assert (entry.dated_on, entry.narration, entry.reverses_id is None) == (DAY, said, False)
    acts = set(AuditRecord.objects.filter(detail__contains="It came back").values_list("act", "user__username"))
    decided = {("reverse disbursement", "approver"), ("approve reversal", "approver")}
    assert acts == {("prepare reversal", "officer"), *decided}
    assert check() == []


def test_money_that_was_spent_since_keeps_it_from_being_approved(
    allocation: Allocation, disbursement: Disbursement, officer: User, approver: User
) -> None:
    reversal = prepare(allocation, officer)
    approve_disbursement(disbursement, by=approver)
    with pytest.raises(StateUnfit, match=r"is left at CYB-01: the rest is spent or obligated\. Return what is left"):
        approve_reversal(reversal, by=approver)
    assert is_untouched(reversal)


def test_a_refund_is_not_paid_while_its_reversal_waits_and_is_reversed_with_its_payment(
    agreed: Refund, bank: BankAccount, officer: User, approver: User
) -> None:
    reversal = prepare(agreed, officer)
    with pytest.raises(StateUnfit, match="RFD-2026-0001/V1 awaits approval: once it is rejected, the refund can"):
        pay_refund(agreed, bank_account=bank, paid_on=DAY, by=officer)
    reject(reversal, reason="They do want it", by=approver)
    pay_refund(agreed, bank_account=bank, paid_on=DAY, by=officer)
    assert approve_reversal(prepare(agreed, officer), by=approver)
    assert len(entries_of("RFD-2026-0001/V2")) == 2
    assert check() == []


@pytest.mark.parametrize(
    ("fixture", "amount"),
    [
        ("allocation", 5000),
        ("paid", 700),
        ("sent", 1000),
        ("accepted", 600),
        ("lost", 5000),
        ("agreed", 1000),
        ("entered", 20),
    ],
)
def test_it_weighs_what_the_document_posted_and_takes_two_others_from_the_threshold_on(
    fixture: str, amount: int, officer: User, approver_client: Client, request: pytest.FixtureRequest, settings: Any
) -> None:
    document = request.getfixturevalue(fixture)
    (first, second), reversal = make_approvers(), prepare(document, officer)
    settings.TWO_APPROVERS_FROM = amount
    assert not approve_reversal(reversal, by=first)
    assert is_untouched(reversal)
    assert str(reversal) in approver_client.get(document.get_absolute_url()).content.decode()
    assert "A slip" in approver_client.get(reversal.get_absolute_url()).content.decode()
    reject(reversal, reason="Not yet", by=second)
    settings.TWO_APPROVERS_FROM = amount + 1
    assert approve_reversal(prepare(document, officer), by=first)
    assert check() == []


def test_one_reversal_of_a_document_waits_at_a_time_and_what_is_rejected_frees_it(
    prepared_reversal: Reversal, paid: Disbursement, officer: User, approver: User, officer_client: Client
) -> None:
    with pytest.raises(StateUnfit, match="DSB-2026-0001/V1 awaits approval: once it is rejected, another reversal"):
        prepare(paid, officer)
    assert "Prepare reversal…" not in officer_client.get(prepared_reversal.get_absolute_url()).content.decode()
    reject(prepared_reversal, reason="The bank was wrong", by=approver)
    page = officer_client.get(prepared_reversal.get_absolute_url()).content.decode()
    assert 'href="/disbursements/DSB-2026-0001/reverse/">Prepare reversal…' in page
    assert prepare(paid, officer).number == "DSB-2026-0001/V2"
    assert check() == []


def test_a_command_prepares_a_reversal_and_reverses_nothing(paid: Disbursement, approver: User) -> None:
    said = run("reverse", "DSB-2026-0001", "--on=2026-04-02", "--reason=It came back", by="officer")
    assert "manage.py approve DSB-2026-0001/V1 --by USERNAME" in said
    assert is_untouched(Reversal.objects.get())
    assert run("approve", "DSB-2026-0001/V1", by="approver") == "DSB-2026-0001/V1 is approved and posted.\n"


def test_what_waits_is_decided_by_nobody(prepared_reversal: Reversal, approver: User) -> None:
    Reversal.objects.update(decided_by=approver)
    assert check() == ["DSB-2026-0001/V1 is not decided, and says by whom or when."]


@pytest.mark.parametrize(
    ("changed", "values", "problem"),
    [
        (Reversal, {"dated_on": LATER}, "DSB-2026-0001 is not reversed on 2026-05-01, as DSB-2026-0001/V1 says."),
        (Reversal, {"state": State.REJECTED}, "DSB-2026-0001 is reversed, and its reversal is not approved."),
        (Reversal, {"document": "DSB-2026-0002"}, "DSB-2026-0002 is not reversed on 2026-04-02, as DSB-2026-0001/V1"),
        (Disbursement, {"reversed_on": None}, "DSB-2026-0001 is not reversed on 2026-04-02, as DSB-2026-0001/V1 says."),
    ],
)
def test_a_reversal_that_was_tampered_with_is_found(
    prepared_reversal: Reversal, approver: User, changed: Any, values: dict[str, Any], problem: str
) -> None:
    approve_reversal(prepared_reversal, by=approver)
    changed.objects.update(**values)
    assert [found for found in check() if found.startswith(problem)]


def test_a_reversal_that_is_gone_is_named_still(prepared_reversal: Reversal, approver: User) -> None:
    approve_reversal(prepared_reversal, by=approver)
    prepared_reversal.delete()
    assert f"{entries().last()} names DSB-2026-0001/V1, which is not approved." in check()


def test_one_person_reverses_nothing_as_before_once_reversals_are_prepared(
    prepared_reversal: Reversal, sent: Advance, officer: User
) -> None:
    reverse_entries("ADV-2026-0001", on=LATER, reason="A slip", by=officer)
    Advance.objects.update(state="reversed", reversed_on=LATER)
    record("reverse advance", sent, by=officer, detail="A slip")
    assert "ADV-2026-0001 is reversed, and its reversal is not approved." in check()


def test_what_an_advance_caused_is_reversed_and_not_what_was_reported_of_it(
    accepted: AdvanceReport, officer: User, approver: User
) -> None:
    approve_reversal(prepare(accepted, officer), by=approver)
    entry = entries_of("ADV-2026-0001").first()
    assert list(entries_to_reverse(accepted.advance)) == [entry]
