"""Four eyes: who prepared it never approves it, large payments need two, and a right may be given for some days."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from fund.errors import NotPermitted, SamePerson, StateUnfit, ValueInvalid
from fund.models import Approval, BankAccount, Delegation, Disbursement, DisbursementState, Project
from fund.operations.approvals import delegate, end_delegation, reject
from fund.operations.decided_reversals import approve_reversal, prepare_reversal
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.people import add_person, change_person
from fund.operations.treasury import add_rate
from ledger.queries import entries
from tests.deeds import allocate
from tests.shorthand import cad, usd

pytestmark = pytest.mark.django_db

TODAY, DAY = date(2026, 6, 15), date(2026, 4, 11)
APPROVE = "/disbursements/DSB-2026-0001/approve/"
LEAVE = {"receiver": "deputy", "since": "2026-06-15", "until": "2026-06-30", "reason": "Leave"}


@pytest.fixture
def deputy(db: None) -> User:
    """Somebody of the fund who may not approve anything of their own."""
    return add_person("deputy", role="Finance officer")[0]


@pytest.fixture
def second(db: None) -> User:
    return add_person("second", role="Approver")[0]


@pytest.fixture
def large(disbursement: Disbursement, settings: Any) -> Disbursement:
    """The disbursement of USD 700.00, where USD 700 need two approvers."""
    settings.TWO_APPROVERS_FROM = 700
    return disbursement


def give(giver: User, receiver: User, **facts: Any) -> Delegation:
    wanted: dict[str, Any] = {"since": TODAY, "until": date(2026, 6, 30), "reason": "Leave"} | facts
    return delegate(receiver=receiver, by=giver, **wanted)


def state(disbursement: Disbursement) -> str:
    disbursement.refresh_from_db()
    return disbursement.state


def refuse(error: type[Exception], disbursement: Disbursement, by: User) -> str:
    """Approving is refused, and nothing is written."""
    before = entries().count(), Approval.objects.count()
    with pytest.raises(error) as refused:
        approve_disbursement(disbursement, by=by)
    assert (entries().count(), Approval.objects.count()) == before
    assert state(disbursement) == DisbursementState.PREPARED
    return str(refused.value)


def test_below_the_threshold_one_approver_is_enough(disbursement: Disbursement, approver: User, settings: Any) -> None:
    settings.TWO_APPROVERS_FROM = 701
    assert approve_disbursement(disbursement, by=approver)
    assert state(disbursement) == DisbursementState.PAID
    assert Approval.objects.get(document="DSB-2026-0001").by == approver


def test_a_rate_that_one_person_enters_spares_no_second_approver(
    cad_cash: BankAccount, project: Project, officer: User, approver: User, second: User, settings: Any
) -> None:
    allocate(project=project, decided_on=DAY, lines={"POOL": usd("10")}, by=officer)
    add_rate(currency="CAD", effective_on=DAY, rate=Decimal("0.01"), by=officer, confirmed=True)
    facts: dict[str, Any] = {"payee": "Wings", "bank_account": cad_cash, "paid_on": DAY}
    line = Line("POOL", project, "Travel", cad("300"))
    payment = prepare_disbursement(**facts, lines=[line], by=officer)
    settings.TWO_APPROVERS_FROM = 222
    assert [approve_disbursement(payment, by=one) for one in (approver, second)] == [False, True]
    reversal = prepare_reversal(payment, on=DAY, reason="Slip", by=officer)
    assert [approve_reversal(reversal, by=one) for one in (approver, second)] == [False, True]


def test_from_the_threshold_on_two_people_approve(large: Disbursement, approver: User, second: User) -> None:
    assert not approve_disbursement(large, by=approver)
    assert state(large) == DisbursementState.PREPARED
    assert "another person" in refuse(StateUnfit, large, approver)
    assert approve_disbursement(large, by=second)
    assert state(large) == DisbursementState.PAID
    assert large.decided_by == second


def test_the_second_approver_may_reject(large: Disbursement, approver: User, second: User) -> None:
    approve_disbursement(large, by=approver)
    reject(large, reason="Too dear", by=second)
    assert state(large) == DisbursementState.REJECTED


@pytest.mark.parametrize("how", ["a second role", "superuser"])
def test_who_prepared_it_never_approves_it(disbursement: Disbursement, officer: User, how: str) -> None:
    if how == "superuser":
        User.objects.filter(pk=officer.pk).update(is_superuser=True)
    else:
        officer.groups.add(Group.objects.get(name="Approver"))
    assert "another person decides" in refuse(SamePerson, disbursement, User.objects.get(pk=officer.pk))


def test_a_role_that_was_taken_away_meanwhile_approves_nothing(disbursement: Disbursement, approver: User) -> None:
    assert approver.has_perm("fund.add_approval")
    refuse(NotPermitted, disbursement, change_person("approver", role="Auditor"))


def test_who_became_an_auditor_meanwhile_decides_in_nobodys_place(
    disbursement: Disbursement, approver: User, deputy: User
) -> None:
    give(approver, deputy)
    refuse(NotPermitted, disbursement, change_person("deputy", role="Auditor"))


def test_somebody_in_an_approvers_place_approves(disbursement: Disbursement, approver: User, deputy: User) -> None:
    refuse(NotPermitted, disbursement, deputy)
    give(approver, deputy)
    assert approve_disbursement(disbursement, by=deputy)
    made = Approval.objects.get(document="DSB-2026-0001")
    assert (made.by, made.on_behalf_of) == (deputy, approver)


@pytest.mark.parametrize(
    "facts", [{"since": date(2026, 6, 16)}, {"since": date(2026, 6, 1), "until": TODAY, "then": date(2026, 6, 16)}]
)
def test_a_delegation_holds_on_its_days_alone(
    disbursement: Disbursement, approver: User, deputy: User, facts: dict[str, Any], time_machine: Any
) -> None:
    then = facts.pop("then", None) if "then" in facts else None
    give(approver, deputy, **facts)
    if then:
        time_machine.move_to(then)
    refuse(NotPermitted, disbursement, deputy)


def test_a_delegation_that_is_ended_or_whose_giver_lost_the_role_holds_no_more(
    disbursement: Disbursement, approver: User, second: User, deputy: User
) -> None:
    end_delegation(give(approver, deputy), by=approver)
    give(second, deputy)
    change_person("second", role="Auditor")
    refuse(NotPermitted, disbursement, deputy)


def test_nobody_approves_in_the_place_of_who_prepared_it(
    disbursement: Disbursement, approver: User, deputy: User
) -> None:
    Disbursement.objects.update(created_by=approver)
    give(approver, deputy)
    assert "Who gave you the right prepared" in refuse(SamePerson, disbursement, deputy)


def test_who_prepared_it_gains_nothing_by_a_delegation(
    disbursement: Disbursement, approver: User, officer: User
) -> None:
    give(approver, officer)
    refuse(SamePerson, disbursement, officer)


def test_an_approver_and_who_stands_in_for_them_are_one(
    large: Disbursement, approver: User, second: User, deputy: User
) -> None:
    give(approver, deputy)
    approve_disbursement(large, by=deputy)
    refuse(StateUnfit, large, approver)
    assert approve_disbursement(large, by=second)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"until": date(2026, 6, 14)}, "until"),
        ({"until": date(2026, 9, 16)}, "until"),
        ({"since": date(2026, 7, 1)}, "until"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_delegation_has_days_and_a_reason(approver: User, deputy: User, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueInvalid) as refused:
        give(approver, deputy, **facts)
    assert refused.value.field == field
    assert not Delegation.objects.exists()


def test_a_right_is_given_by_who_has_it_to_somebody_else_of_the_fund(
    approver: User, officer: User, deputy: User, auditor: User, donor_user: User
) -> None:
    with pytest.raises(NotPermitted):
        give(officer, deputy)
    for receiver in (approver, auditor, donor_user):
        with pytest.raises(ValueInvalid):
            give(approver, receiver)
    assert not Delegation.objects.exists()


def test_a_delegation_is_given_and_ended_on_its_page(
    approver_client: Client, deputy: User, sign_in: Callable[[User], Client], disbursement: Disbursement
) -> None:
    assert approver_client.post("/delegations/", LEAVE).status_code == 302
    page = approver_client.get("/delegations/").content.decode()
    assert "In force" in page
    given = Delegation.objects.get()
    refused = sign_in(deputy).post(f"/delegations/{given.pk}/end/")
    assert refused.status_code == 403
    assert approver_client.post(f"/delegations/{given.pk}/end/").status_code == 302
    assert "Over" in approver_client.get("/delegations/").content.decode()
    again = approver_client.post(f"/delegations/{given.pk}/end/")
    assert (again.status_code, "It ended already." in again.content.decode()) == (422, True)


def test_a_refused_delegation_keeps_what_was_typed(approver_client: Client, deputy: User) -> None:
    refused = approver_client.post("/delegations/", LEAVE | {"until": "2026-06-14"})
    assert refused.status_code == 422
    assert "Choose 2026-06-15 or later." in refused.content.decode()
    assert 'value="Leave"' in refused.content.decode()


def test_a_deputy_approves_on_the_page_of_the_payment(
    disbursement: Disbursement, approver: User, deputy: User, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(deputy)
    assert client.post(APPROVE).status_code == 403
    give(approver, deputy)
    assert APPROVE in client.get("/disbursements/DSB-2026-0001/").content.decode()
    done = client.post(APPROVE, follow=True).content.decode()
    assert "DSB-2026-0001 is approved and posted." in done
    assert "in the place of" in done


def test_the_page_says_that_a_second_approver_is_awaited(
    large: Disbursement, approver_client: Client, second: User, sign_in: Callable[[User], Client]
) -> None:
    done = approver_client.post(APPROVE, follow=True).content.decode()
    assert "DSB-2026-0001 awaits a second approver." in done
    assert "From USD 700.00 on it takes two approvers" in done
    assert f'action="{APPROVE}"' not in done
    assert "is approved and posted" in sign_in(second).post(APPROVE, follow=True).content.decode()


def test_auditors_read_delegations_and_give_none(auditor_client: Client, approver: User, deputy: User) -> None:
    give(approver, deputy)
    page = auditor_client.get("/delegations/").content.decode()
    assert "Leave" in page
    assert "Give it" not in page
    assert auditor_client.post("/delegations/", LEAVE).status_code == 403


def test_everybody_of_the_fund_sees_what_waits(disbursement: Disbursement, auditor_client: Client) -> None:
    page = auditor_client.get("/approvals/").content.decode()
    assert "/disbursements/DSB-2026-0001/" in page
    assert "Wings" in page


def test_a_decided_document_waits_no_more(disbursement: Disbursement, approver: User, auditor_client: Client) -> None:
    approve_disbursement(disbursement, by=approver)
    assert "Nothing waits for a decision" in auditor_client.get("/approvals/").content.decode()


def test_a_donor_does_not_see_what_waits(donor_client: Client) -> None:
    assert donor_client.get("/approvals/").status_code == 403
