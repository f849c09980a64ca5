"""Agreements, amendments and allocations: one person prepares, another decides, and nothing rests on them before."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
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
    Receipt,
    Refusal,
    State,
)
from fund.operations.agreements import Due, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term, approve_amendment, prepare_amendment
from fund.operations.applications import Word, apply_unapplied
from fund.operations.approvals import reject
from fund.operations.bank_charges import record_bank_charge
from fund.operations.decisions import APPROVE, approve
from fund.operations.deposits import Part, record_parts
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.milestones import plan_milestone
from fund.operations.obligations import record_obligation
from fund.operations.pledges import withdraw_pledge
from fund.operations.receipts import Facts, record_receipt
from fund.operations.recoveries import Terms, set_recovery_terms
from fund.operations.reversals import cancel_agreement, reverse_allocation
from fund.queries.ageing import find_ageing
from fund.queries.approvals import DECIDED
from fund.queries.overview import find_owing
from fund.queries.statements import make_statement
from ledger.causes import entries_caused_by
from ledger.errors import Refused
from ledger.money import Amount, parse_amount
from ledger.queries import entries
from tests.deeds import allocate

pytestmark = pytest.mark.django_db

DAY, TODAY = date(2026, 3, 20), date(2026, 6, 15)


def usd(text: str) -> Amount:
    return parse_amount(text, "USD")


def run(command: str, *arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


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
def both(officer: User, approver: User) -> User:
    """The officer, who is an approver too since."""
    officer.groups.add(*approver.groups.all())
    return User.objects.get(pk=officer.pk)


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
    second = User.objects.create_user("second")
    second.groups.set(approver.groups.all())
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
        reverse_allocation(allocation, on=DAY, reason="No", by=officer)
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
    with pytest.raises(StateUnfit, match="AGR-2026-0001/A1 awaits approval: once it is decided, another one"):
        prepare_amendment(agreement, **facts)
    with pytest.raises(StateUnfit, match="AGR-2026-0001/A1 awaits approval: it is decided first"):
        cancel_agreement(agreement, on=DAY, reason="No", by=officer)
    page = officer_client.get("/agreements/AGR-2026-0001/amend/", follow=True)
    assert page.redirect_chain == [("/agreements/AGR-2026-0001/amendments/1/", 302)]
    assert "one amendment at a time" in page.content.decode()
    reject(prepared_amendment, reason="No", by=approver)
    assert prepare_amendment(agreement, after=0, **facts).number == "AGR-2026-0001/A2"


def acts_that_rest_on(agreement: Agreement, bank: BankAccount, project: Project, by: User) -> dict[str, Any]:
    """Everything that would rest on an agreement."""
    fund, facts = agreement.number, Facts(bank, DAY, usd("5"), "B-7")
    first = agreement.instalments.get()
    lines = {fund: usd("5")}
    return {
        "receipt": lambda: record_receipt(agreement=agreement, facts=facts, by=by),
        "part": lambda: record_parts(facts=facts, parts=[Part(agreement.donor, usd("5"), first)], by=by),
        "amendment": lambda: prepare_amendment(agreement, amended_on=DAY, note="x", terms=[Term(DAY, usd("5"))], by=by),
        "milestone": lambda: plan_milestone(agreement, title="x", due_on=DAY, amount=usd("5"), by=by),
        "terms": lambda: set_recovery_terms(fund=fund, terms=Terms(DAY, Decimal(7), "expenditure"), by=by),
        "allocation": lambda: prepare_allocation(project=project, decided_on=DAY, lines=lines, by=by),
        "charge": lambda: record_bank_charge(
            bank_account=bank, charged_on=DAY, amount=usd("5"), description="x", fund=fund, by=by
        ),
        "obligation": lambda: record_obligation(
            project=project, payee="x", purpose="x", category="Travel", let_on=DAY, ends_on=DAY, lines=lines, by=by
        ),
        "payment": lambda: prepare_disbursement(
            payee="x", bank_account=bank, paid_on=DAY, lines=[Line(fund, project, "Travel", usd("5"))], by=by
        ),
    }


@pytest.mark.parametrize("state", ["waits", "rejected"])
def test_nothing_rests_on_an_agreement_that_waits_or_was_rejected(
    state: str, prepared_agreement: Agreement, bank: BankAccount, project: Project, officer: User, approver: User
) -> None:
    if state == "rejected":
        reject(prepared_agreement, reason="No", by=approver)
    message = "awaits approval: nothing rests on it" if state == "waits" else "was rejected: nothing rests on it"
    for act in acts_that_rest_on(prepared_agreement, bank, project, officer).values():
        with pytest.raises(StateUnfit, match=message):
            act()
    with pytest.raises(StateUnfit, match=r"reject it instead|nothing to reverse"):
        cancel_agreement(prepared_agreement, on=DAY, reason="No", by=officer)
    assert entries().count() == 0


def test_unapplied_money_does_not_go_to_an_agreement_that_waits(
    overpaid: Receipt, agreement: Agreement, canada: Donor, officer: User
) -> None:
    dues = [Due(DAY, usd("40"))]
    other = prepare_agreement(donor=canada, signed_on=DAY, amount=usd("40"), instalments=dues, by=officer)
    facts: dict[str, Any] = {"source": agreement.instalments.get(position=2), "word": Word("L", DAY), "by": officer}
    with pytest.raises(StateUnfit, match="AGR-2026-0002 awaits approval"):
        apply_unapplied(amount=usd("40"), on=DAY, instalment=other.instalments.get(), **facts)


def test_an_allocation_that_waits_is_rejected_and_not_reversed(
    prepared_allocation: Allocation, officer: User, approver: User
) -> None:
    with pytest.raises(StateUnfit, match="reject it instead"):
        reverse_allocation(prepared_allocation, on=DAY, reason="No", by=officer)
    reject(prepared_allocation, reason="No", by=approver)
    with pytest.raises(StateUnfit, match="nothing to reverse"):
        reverse_allocation(prepared_allocation, on=DAY, reason="No", by=officer)


def test_an_agreement_that_waits_is_owed_nowhere_and_shown_as_waiting(
    prepared_agreement: Agreement, canada: Donor, officer_client: Client
) -> None:
    assert (find_owing(today=TODAY, most=5).count, find_ageing(as_of=TODAY)) == (0, [])
    assert make_statement(canada, as_of=TODAY).agreements == ()
    for path in ("/agreements/", "/agreements/?state=prepared", "/donors/CAN/"):
        page = officer_client.get(path).content.decode()
        assert "AGR-2026-0001" in page
        assert "Awaiting approval" in page
    for state in ("overdue", "open", "settled", "cancelled", "rejected"):
        assert "No agreement is like that" in officer_client.get(f"/agreements/?state={state}").content.decode()


def test_what_waits_is_offered_nowhere(
    prepared_agreement: Agreement, bank: BankAccount, project: Project, officer_client: Client
) -> None:
    paths = ("/allocations/new/", "/disbursements/new/", "/obligations/new/", "/receipts/new/", "/receipts/new/parts/")
    for path in (*paths, "/sub-funds/"):
        assert "AGR-2026-0001" not in officer_client.get(path).content.decode()
    page = officer_client.get("/agreements/AGR-2026-0001/").content.decode()
    for text in ("Record a receipt", "Cancel the agreement", ">Amend<", "/sub-funds/AGR-2026-0001/", "Set the terms"):
        assert text not in page


def test_a_forged_receipt_of_what_waits_says_what_comes_first(
    prepared_agreement: Agreement, bank: BankAccount, officer_client: Client
) -> None:
    sent = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-9", "amount": "50"}
    for answer in (
        officer_client.get("/receipts/new/?agreement=AGR-2026-0001"),
        officer_client.post("/receipts/new/?agreement=AGR-2026-0001", sent),
    ):
        assert (answer.status_code, "awaits approval: receipts of it" in answer.content.decode()) == (404, True)
    assert not Receipt.objects.exists()


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
