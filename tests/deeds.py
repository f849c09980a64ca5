"""What officers of the tests decide and a standing second person approves at once, for tests of what comes after."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.contrib.auth.models import Group, User

from fund.models import Decided, Direction
from fund.operations.acts import record
from fund.operations.agreements import prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import prepare_amendment
from fund.operations.cancellations import prepare_cancellation
from fund.operations.decided_reversals import prepare_reversal
from fund.operations.decisions import approve
from fund.operations.deposit_returns import prepare_deposit_return
from fund.roles import APPROVER

P = ParamSpec("P")
D = TypeVar("D", bound=Decided)

_PEOPLE = ("second-person", "third-person")


def _approved(prepare: Callable[P, D]) -> Callable[P, D]:
    """Prepares and approves; what is large has a third person too."""

    def prepare_and_approve(*args: P.args, **facts: P.kwargs) -> D:
        document = prepare(*args, **facts)
        any(approve(document, by=approver) for approver in make_approvers())
        document.refresh_from_db()
        return document

    return prepare_and_approve


def _get_person(username: str) -> User:
    """Somebody who may approve, as if they had been added."""
    user, is_new = User.objects.get_or_create(username=username)
    if is_new:
        user.groups.add(Group.objects.get(name=APPROVER))
        record("add person", username, by=user, detail=APPROVER)
    return user


def make_approvers() -> list[User]:
    """Those whose approval is enough, however large something is."""
    return [_get_person(name) for name in _PEOPLE]


def approved_by() -> list[str]:
    """The options by which a command has these people approve."""
    return [f"--approved-by={approver}" for approver in make_approvers()]


sign_agreement = _approved(prepare_agreement)
amend_agreement = _approved(prepare_amendment)
cancel_agreement = _approved(prepare_cancellation)
reverse = _approved(prepare_reversal)
return_deposit = _approved(prepare_deposit_return)
allocate = _approved(prepare_allocation)
return_allocation = partial(allocate, direction=Direction.RETURN)
reallocate = partial(allocate, direction=Direction.MOVE)
