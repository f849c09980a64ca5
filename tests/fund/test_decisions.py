"""Agreements, amendments and allocations: one person prepares, another decides, and nothing rests on them before."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client

from fund.checks import run_checks
from fund.errors import InstalmentSettled, PledgeUnfit, SamePerson, StateUnfit
from fund.models import (
    AdvanceReport,
    Agreement,
    Allocation,
    Amendment,
    Approval,
    AuditRecord,
    BankAccount,
    Decided,
    Direction,
    Donor,
    Pledge,
    Project,
    Refusal,
    State,
)
from fund.operations.agreements import Due, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term, approve_amendment, prepare_amendment
from fund.operations.approvals import reject
from fund.operations.decisions import APPROVE, approve
from fund.operations.people import add_person, change_person
from fund.operations.pledges import withdraw_pledge
from fund.operations.receipts import Facts, record_receipt
from fund.queries.approvals import DECIDED
from ledger.causes import entries_caused_by
from ledger.errors import Refused
from tests.deeds import allocate, cancel_agreement, reverse
from tests.shorthand import run, usd

pytestmark = pytest.mark.django_db

DAY, TODAY = date(2026, 3, 20), date(2026, 6, 15)


@dataclass(frozen=True)
class Case:
    """A kind, the fixture of one that waits, its noun in the audit records, its page and the day of its entry."""

    fixture: str
    noun: str
    page: str
    day: date


CASES = (
    Case("prepared_agreement", "agreement", "/agreements/AGR-2026-0001/", date(2026, 1, 15)),
    Case("prepared_amendment", "amendment", "/agreements/AGR-2026-0001/amendments/1/", date(2026, 3, 5)),
    Case("prepared_allocation", "allocation", "/allocations/ALC-2026-0001/", date(2026, 3, 10)),
)


@pytest.fixture(params=CASES, ids=lambda case: case.noun)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def waiting(case: Case, request: pytest.FixtureRequest) -> Decided:
    found: Decided = request.getfixturevalue(case.fixture)
    return found


@pytest.fixture
def both(officer: User) -> User:
    """The officer, who is an approver since."""
    return change_person("officer", role="Approver")


def is_untouched(document: Decided) -> bool:
    document.refresh_from_db()
    approved = Approval.objects.filter(document=document.number).exists()
    return document.is_waiting and not approved and not entries_caused_by(document.number).exists()


def test_every_kind_that_waits_has_an_operation_that_approves_it() -> None:
    # A report is reviewed line by line.
    assert APPROVE.keys() | {AdvanceReport} == set(DECIDED)


def test_what_is_approved_is_posted_on_its_own_day(case: Case, waiting: Decided, approver: User) -> None:
    assert is_untouched(waiting)
    assert approve(waiting, by=approver)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (State.APPROVED, approver)
    assert [entry.dated_on for entry in entries_caused_by(waiting.number)] == [case.day]
    acts = set(AuditRecord.objects.filter(subject=waiting.number).values_list("act", "user__username"))
    assert acts == {(f"prepare {case.noun}", "officer"), (f"approve {case.noun}", "approver")}
    assert run_checks(lambda _: None) == []


def test_who_prepared_it_approves_it_by_no_way(
    case: Case, waiting: Decided, both: User, sign_in: Callable[[User], Client]
) -> None:
    with pytest.raises(SamePerson, match="another person decides"):
        approve(waiting, by=both)
    client = sign_in(both)
    assert "approve/" not in client.get(case.page).content.decode()
    for path in ("approve/", "reject/"):
        answer = client.post(f"{case.page}{path}", {"reason": "No"})
        assert (answer.status_code, "another person decides" in answer.content.decode()) == (422, True)
    with pytest.raises(CommandError, match=f"{waiting}: You prepared {waiting}"):
        run("approve", waiting.number, by="officer")
    assert is_untouched(waiting)
    assert Refusal.objects.filter(user=both, message__contains="another person decides").count() == 3


def test_an_officer_without_the_right_is_refused_and_shown_who_decides(
    case: Case, waiting: Decided, officer_client: Client
) -> None:
    page = officer_client.get(case.page).content.decode()
    assert "You prepared it: another person decides." in page
    assert "Awaiting approval" in page
    assert officer_client.post(f"{case.page}approve/").status_code == 403
    assert is_untouched(waiting)


def test_an_approver_approves_by_the_page(case: Case, waiting: Decided, approver_client: Client) -> None:
    assert str(waiting) in approver_client.get("/approvals/").content.decode()
    page = approver_client.post(f"{case.page}approve/", follow=True).content.decode()
    assert f"{waiting} is approved and posted." in page
    assert "JE-2026-" in page
    again = approver_client.post(f"{case.page}approve/")
    assert (again.status_code, "approved already" in again.content.decode()) == (422, True)


def test_what_is_rejected_posts_nothing_and_says_why(case: Case, waiting: Decided, approver_client: Client) -> None:
    page = approver_client.post(f"{case.page}reject/", {"reason": "Another amount"}, follow=True).content.decode()
    assert "Another amount" in page
    waiting.refresh_from_db()
    assert waiting.state == State.REJECTED
    assert not entries_caused_by(waiting.number).exists()
    assert approver_client.post(f"{case.page}approve/").status_code == 422
    assert run_checks(lambda _: None) == []


def test_from_the_threshold_on_two_others_approve(waiting: Decided, approver: User, settings: Any) -> None:
    settings.TWO_APPROVERS_FROM = 100
    second, _ = add_person("second", role="Approver")
    assert not approve(waiting, by=approver)
    assert not entries_caused_by(waiting.number).exists()
    assert approve(waiting, by=second)


def test_a_command_decides_on_several_or_on_none(
    prepared_allocation: Allocation, agreement: Agreement, officer: User, approver: User
) -> None:
    terms = [Term(DAY, usd("4500"), "AGR-2026-0001/2")]
    prepare_amendment(agreement, amended_on=DAY, note="More", terms=terms, by=officer)
    numbers = ("AGR-2026-0001/A1", "ALC-2026-0001")
    with pytest.raises(CommandError, match="AGR-2026-0001: AGR-2026-0001 is approved already"):
        run("approve", *numbers, "AGR-2026-0001", by="approver")
    assert is_untouched(prepared_allocation)
    assert run("approve", *numbers, by="approver") == "".join(f"{one} is approved and posted.\n" for one in numbers)
    for number, message in (("RCT-2026-0001", "needs approval"), ("X", "needs approval")):
        with pytest.raises(CommandError, match=message):
            run("approve", number, by="approver")
    with pytest.raises(CommandError, match="Nobody signs in as nobody"):
        run("approve", "ALC-2026-0001", by="nobody")


def test_a_command_rejects_with_a_reason(case: Case, waiting: Decided, approver: User) -> None:
    with pytest.raises(CommandError, match="This is needed"):
        run("reject", waiting.number, reason=" ", by="approver")
    with pytest.raises(CommandError, match=r"You prepared|Your role does not allow"):
        run("reject", waiting.number, reason="No", by="officer")
    assert is_untouched(waiting)
    assert run("reject", waiting.number, reason="No", by="approver") == f"{waiting} is rejected.\n"


def test_a_rejected_agreements_reference_is_free_again(
    prepared_agreement: Agreement, canada: Donor, officer: User, approver: User
) -> None:
    dues = [Due(DAY, usd("5"))]
    facts: dict[str, Any] = {"signed_on": DAY, "reference": "CAN/9", "by": officer}

    def sign() -> Agreement:
        return prepare_agreement(donor=canada, amount=usd("5"), instalments=dues, **facts)

    with pytest.raises(Refused, match="The reference CAN/9 is that of AGR-2026-0001 already"):
        sign()
    reject(prepared_agreement, reason="Wrong", by=approver)
    assert sign().number == "AGR-2026-0002"


def test_an_agreement_whose_pledge_was_withdrawn_is_not_approved(
    pledge: Pledge, canada: Donor, officer: User, approver: User
) -> None:
    dues = [Due(DAY, usd("5"))]
    found = prepare_agreement(donor=canada, signed_on=DAY, amount=usd("5"), instalments=dues, pledge=pledge, by=officer)
    withdraw_pledge(pledge, on=DAY, reason="Not now", by=officer)
    with pytest.raises(PledgeUnfit, match="Nothing of PLG-2026-0001 is open"):
        approve(found, by=approver)
    assert is_untouched(found)


def test_what_came_since_is_not_amended_away(
    agreement: Agreement, bank: BankAccount, officer: User, approver: User
) -> None:
    terms = [Term(DAY, usd("100"), "AGR-2026-0001/1")]
    found = prepare_amendment(agreement, amended_on=DAY, note="Less", terms=terms, by=officer)
    record_receipt(agreement=agreement, facts=Facts(bank, DAY, usd("6000"), "B-1"), by=officer)
    with pytest.raises(InstalmentSettled):
        approve(found, by=approver)
    assert is_untouched(found)


@pytest.mark.parametrize("direction", Direction.values)
def test_money_that_went_since_is_not_allocated_moved_or_returned(
    direction: str, allocation: Allocation, project: Project, officer: User, approver: User
) -> None:
    project.pk, project.code = None, "BOR-01"
    project.save()
    given = Project.objects.get(code="CYB-01")
    facts: dict[str, Any] = {"decided_on": DAY, "lines": {"AGR-2026-0001": usd("1000")}, "by": officer}
    where: dict[str, Any] = {"project": project if direction == Direction.MOVE else given, "direction": direction}
    found = prepare_allocation(**where, source=given if direction == Direction.MOVE else None, **facts)
    if direction == Direction.GIVE:
        allocate(project=project, **facts)
    else:
        reverse(allocation, on=DAY, reason="No", by=officer)
    with pytest.raises(Refused, match="is more"):
        approve(found, by=approver)
    assert is_untouched(found)


def test_an_amendment_changes_nothing_before_it_is_approved(
    prepared_amendment: Amendment, agreement: Agreement, officer: User, approver: User
) -> None:
    def read() -> list[tuple[Any, ...]]:
        return [(one.reference, one.amount.amount, one.due_on) for one in agreement.instalments.all()]

    before = [("AGR-2026-0001/1", 6000, date(2026, 3, 1)), ("AGR-2026-0001/2", 4000, date(2026, 7, 1))]
    assert read() == before
    approve_amendment(prepared_amendment, by=approver)
    after = [("AGR-2026-0001/2", 3000, date(2026, 8, 1)), ("AGR-2026-0001/3", 500, date(2026, 12, 1))]
    assert read() == [before[0], *after]
    agreement.refresh_from_db()
    assert agreement.amount.amount == 9500


def test_one_amendment_at_a_time_waits(
    prepared_amendment: Amendment, agreement: Agreement, officer: User, officer_client: Client, approver: User
) -> None:
    facts: dict[str, Any] = {"amended_on": DAY, "note": "More", "terms": [Term(DAY, usd("9"))], "by": officer}
    with pytest.raises(StateUnfit, match="AGR-2026-0001/A1 awaits approval: once it is decided, another change"):
        prepare_amendment(agreement, **facts)
    with pytest.raises(StateUnfit, match="AGR-2026-0001/A1 awaits approval"):
        cancel_agreement(agreement, on=DAY, reason="No", by=officer)
    page = officer_client.get("/agreements/AGR-2026-0001/amend/", follow=True)
    assert page.redirect_chain == [("/agreements/AGR-2026-0001/amendments/1/", 302)]
    assert "one change at a time" in page.content.decode()
    reject(prepared_amendment, reason="No", by=approver)
    assert prepare_amendment(agreement, after=0, **facts).number == "AGR-2026-0001/A2"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": State.PREPARED, "decided_by": None}, "must have caused 0 entries"),
        ({"state": State.REJECTED}, "must have caused 0 entries"),
        ({"decided_by": None}, "has no audit record of “(sign agreement|amend agreement|allocate)”"),
        ({"state": State.PREPARED}, "is awaiting approval, and has an audit record of “approve"),
    ],
)
def test_a_decision_that_was_tampered_with_is_found(
    waiting: Decided, approver: User, changes: dict[str, Any], problem: str
) -> None:
    approve(waiting, by=approver)
    type(waiting)._default_manager.filter(pk=waiting.pk).update(**changes)
    found = run_checks(lambda _: None)
    assert any(re.search(f"^{waiting.number} .*{problem}", one) for one in found), found


def test_an_approval_that_nobody_gave_is_found(waiting: Decided, approver: User) -> None:
    type(waiting)._default_manager.filter(pk=waiting.pk).update(state=State.APPROVED, decided_by=approver)
    found = run_checks(lambda _: None)
    assert f"{waiting} must have caused 1 entry: none." in found
    assert f"{waiting} was decided by somebody who did not approve it." in found
