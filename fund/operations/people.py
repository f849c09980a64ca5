"""People: who may sign in, in which role or for which donor."""

import secrets

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session

from fund.errors import CodeTaken, NotPermitted, StateUnfit, ValueInvalid
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
    name = acts.clean_text(name, field="name", longest=150, required=False)
    _check_place(role, donor)
    password = secrets.token_urlsafe(12)
    with writing():
        if User.objects.filter(username__iexact=username).exists():
            raise CodeTaken(f"{username} is taken. Choose another name to sign in with.", field="username")
        user = User.objects.create_user(username, password=password, first_name=name)
        _place(user, role, donor)
        acts.record("add person", username, by=user, detail=role or str(donor))
    return user, password


def _check_place(role: str, donor: Donor | None) -> None:
    if bool(role) == bool(donor):
        raise ValueInvalid("A person has either a role or a donor.", field="role")
    if role and role not in PERMISSIONS:
        raise ValueInvalid(f"{role} is not a role. Use one of: {', '.join(PERMISSIONS)}.", field="role")


def _place(user: User, role: str, donor: Donor | None) -> None:
    if role:
        user.groups.add(Group.objects.get(name=role))
    if donor:
        DonorAccess.objects.create(user=user, donor=donor)


def change_person(username: str, *, role: str = "", donor: Donor | None = None) -> User:
    """Gives a person another role or another donor's statement, in the place of what they had, from now on.

    Raises NotPermitted where nobody has the name, StateUnfit where their access ended, ValueInvalid.
    """
    _check_place(role, donor)
    with writing():
        user = _get_person(username)
        access = DonorAccess.objects.filter(user=user).select_related("donor").first()
        roles = list(user.groups.order_by("name").values_list("name", flat=True))
        if roles == ([role] if role else []) and (access.donor if access else None) == donor:
            raise ValueInvalid(f"{username} is {role or donor} already: choose something else.", field="role")
        user.groups.clear()
        DonorAccess.objects.filter(user=user).delete()
        _place(user, role, donor)
        was = {"role": ", ".join(roles), "donor": str(access.donor) if access else ""}
        became = {"role": role, "donor": str(donor or "")}
        acts.record("change person", username, by=user, detail=role or str(donor), was=was, became=became)
    return User.objects.get(pk=user.pk)


def end_access(username: str) -> User:
    """Lets a person sign in no more and signs them out everywhere; what they did stays theirs.

    Raises NotPermitted where nobody has the name, StateUnfit where their access ended before.
    """
    with writing():
        user = _get_person(username)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        for session in Session.objects.iterator():
            if session.get_decoded().get(SESSION_KEY) == str(user.pk):
                session.delete()
        acts.record("end access", username, by=user, was={"is_active": "True"}, became={"is_active": "False"})
    return user


def _get_person(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotPermitted(f"Nobody signs in as {username}. `manage.py add_person` adds people.")
    if not user.is_active:
        raise StateUnfit(f"The access of {username} ended: `manage.py add_person` adds them under another name.")
    return user
