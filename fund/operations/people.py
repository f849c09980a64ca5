"""People: who may sign in, in which role or for which donor."""

import secrets

from django.contrib.auth.models import Group, Permission, User

from fund.errors import CodeTaken, ValueInvalid
from fund.models import Donor, DonorAccess
from fund.operations import acts
from fund.roles import PERMISSIONS
from ledger.operations import writing


def make_roles() -> None:
    """Makes the group of each role and gives it exactly its permissions. Runs after every migration."""
    for role, codenames in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        found = Permission.objects.filter(content_type__app_label="fund", codename__in=codenames)
        group.permissions.set(found)


def add_person(username: str, *, role: str = "", donor: Donor | None = None, name: str = "") -> tuple[User, str]:
    """Adds a person in a role, or who reads a donor's statement, and returns them with a password made here.

    The password is random and shown once. Raises CodeTaken, ValueInvalid.
    """
    username = acts.clean_text(username, field="username", longest=150)
    if bool(role) == bool(donor):
        raise ValueInvalid("A person has either a role or a donor.", field="role")
    if role and role not in PERMISSIONS:
        raise ValueInvalid(f"{role} is not a role. Use one of: {', '.join(PERMISSIONS)}.", field="role")
    password = secrets.token_urlsafe(12)
    with writing():
        if User.objects.filter(username__iexact=username).exists():
            raise CodeTaken(f"{username} is taken. Choose another name to sign in with.", field="username")
        user = User.objects.create_user(username, password=password, first_name=name)
        if role:
            user.groups.add(Group.objects.get(name=role))
        if donor:
            DonorAccess.objects.create(user=user, donor=donor)
        acts.record("add person", username, by=user, detail=role or str(donor))
    return user, password
