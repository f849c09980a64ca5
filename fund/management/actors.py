"""Who acts when a command does."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import CommandParser

from fund.errors import NotPermitted
from fund.operations.acts import record
from fund.roles import FINANCE_OFFICER
from ledger.operations import writing


def add_actor_option(parser: CommandParser, technical: str) -> None:
    """Adds `--by`."""
    parser.add_argument(
        "--by",
        metavar="USERNAME",
        help=f"the finance officer who does this; without it, {technical}: a technical user that cannot sign in",
    )


def find_actor(options: dict[str, Any], technical: str, *, say: Any) -> User:
    """The finance officer that `--by` names, or the technical user, made on first use. Raises NotPermitted."""
    username = options["by"] or technical
    # Under the lock, since another command may be adding the technical user.
    with writing():
        user = User.objects.filter(username=username).first()
        if user is None and options["by"]:
            raise NotPermitted(f"Nobody signs in as {username}. Finance officers: {_list_officers()}.")
        if user is None:
            user = _add_technical_user(technical)
            say(f"User {technical} was added: a technical user in the role {FINANCE_OFFICER}, that cannot sign in.")
    if not user.is_active or not user.groups.filter(name=FINANCE_OFFICER).exists():
        raise NotPermitted(f"{username} is not an active {FINANCE_OFFICER.lower()}. There are: {_list_officers()}.")
    return user


def find_person(username: str) -> User:
    """Who signs in with that name; the operation asks what they may do. Raises NotPermitted."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotPermitted(f"Nobody signs in as {username}. `manage.py add_person` adds people.")
    return user


def _list_officers() -> str:
    officers = User.objects.filter(groups__name=FINANCE_OFFICER, is_active=True).order_by("username")
    return ", ".join(officers.values_list("username", flat=True)) or "none yet (`manage.py add_person` adds one)"


def _add_technical_user(username: str) -> User:
    user = User.objects.create_user(username)
    user.groups.add(Group.objects.get(name=FINANCE_OFFICER))
    record("add person", username, by=user, detail=f"{FINANCE_OFFICER}, technical user")
    return user
