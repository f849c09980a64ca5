"""Cancellations of agreements: one person prepares, another decides, and all stands until then."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import StateUnfit
from fund.models import Agreement, AuditRecord, BankAccount, Cancellation, Receipt, State
from fund.operations.amendments import Term, prepare_amendment
from fund.operations.approvals import reject
from fund.operations.cancellations import approve_cancellation, prepare_cancellation
from fund.operations.receipts import Facts, record_receipt
from ledger.queries import entries, entries_of
from tests.deeds import make_approvers
from tests.shorthand import run, usd

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 3, 20), date(2026, 4, 1)


def receive(agreement: Agreement, bank: BankAccount, by: User) -> Receipt:
    return record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("5"), "B-1"), by=by)


def is_untouched(cancellation: Cancellation) -> bool:
    cancellation.refresh_from_db()
    stands = Agreement.objects.get().is_standing and entries().filter(kind="agreement").count() == 1
    return cancellation.is_waiting and stands


def test_an_agreement_is_cancelled_on_the_day_that_was_prepared_once_another_person_approves(
    prepared_cancellation: Cancellation, approver: User
) -> None:
    assert is_untouched(prepared_cancellation)
    assert run_checks(lambda _: None) == []
    assert approve_cancellation(prepared_cancellation, by=approver)
    agreement = Agreement.objects.get()
    assert agreement.cancelled_on == DAY
    [entry] = entries_of("AGR-2026-0001/C1")
    said = "Reversal of AGR-2026-0001: Never ratified"
    assert (entry.dated_on, entry.narration, entry.reverses_id is None) == (DAY, said, False)
    acts = set(AuditRecord.objects.filter(detail__contains="Never ratified").values_list("act", "user__username"))
    decided = {("cancel agreement", "approver"), ("approve cancellation", "approver")}
    assert acts == {("prepare cancellation", "officer"), *decided}
    assert run_checks(lambda _: None) == []


def test_money_that_came_since_keeps_it_from_being_approved(
    prepared_cancellation: Cancellation, agreement: Agreement, bank: BankAccount, officer: User, approver: User
) -> None:
    receive(agreement, bank, officer)
    with pytest.raises(StateUnfit, match="AGR-2026-0001 has receipts: reverse them first"):
        approve_cancellation(prepared_cancellation, by=approver)
    assert is_untouched(prepared_cancellation)


def test_from_the_threshold_on_two_others_approve_it(prepared_cancellation: Cancellation, settings: Any) -> None:
    settings.TWO_APPROVERS_FROM = 10_000
    first, second = make_approvers()
    assert not approve_cancellation(prepared_cancellation, by=first)
    assert is_untouched(prepared_cancellation)
    assert approve_cancellation(prepared_cancellation, by=second)


def test_one_change_of_an_agreement_waits_at_a_time_and_what_is_rejected_frees_it(
    prepared_cancellation: Cancellation, agreement: Agreement, officer: User, approver: User
) -> None:
    facts: dict[str, Any] = {"on": LATER, "reason": "Signed twice", "by": officer}
    with pytest.raises(StateUnfit, match="AGR-2026-0001/C1 awaits approval: once it is decided, another change"):
        prepare_cancellation(agreement, **facts)
    with pytest.raises(StateUnfit, match="AGR-2026-0001/C1 awaits approval: once it is decided, another change"):
        prepare_amendment(agreement, amended_on=DAY, note="More", terms=[Term(DAY, usd("9"))], by=officer)
    reject(prepared_cancellation, reason="They will ratify it", by=approver)
    assert prepare_cancellation(agreement, **facts).number == "AGR-2026-0001/C2"
    assert run_checks(lambda _: None) == []


def test_a_command_prepares_a_cancellation_and_reverses_nothing(agreement: Agreement, approver: User) -> None:
    said = run("reverse", "AGR-2026-0001", "--on=2026-03-20", "--reason=Signed twice", by="officer")
    assert "manage.py approve AGR-2026-0001/C1 --by USERNAME" in said
    assert is_untouched(Cancellation.objects.get())
    assert run("approve", "AGR-2026-0001/C1", by="approver") == "AGR-2026-0001/C1 is approved and posted.\n"


@pytest.mark.parametrize(
    ("changed", "values", "problem"),
    [
        (Cancellation, {"dated_on": LATER}, "AGR-2026-0001 is not cancelled on 2026-04-01, as its cancellation says."),
        (Cancellation, {"state": State.REJECTED}, "AGR-2026-0001 is cancelled, and its cancellation is not approved."),
        (Agreement, {"cancelled_on": None}, "AGR-2026-0001 is not cancelled on 2026-03-20, as its cancellation says."),
    ],
)
def test_a_cancellation_that_was_tampered_with_is_found(
    prepared_cancellation: Cancellation, approver: User, changed: Any, values: dict[str, Any], problem: str
) -> None:
    approve_cancellation(prepared_cancellation, by=approver)
    changed.objects.update(**values)
    assert problem in run_checks(lambda _: None)
