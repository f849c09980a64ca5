"""Who may do what, against the audit records of who was added: a role or a statement that no act gave is found."""

from collections.abc import Iterator

from django.contrib.auth.models import Group, User

from fund.checks.told import read_names
from fund.models import AuditRecord, DonorAccess
from fund.roles import PERMISSIONS
from ledger.checks import Report

_PLACED, _ENDED = ("add person", "change person"), "end access"
# What a person is, as the audit has it: a role or a donor, and whether their access ended.
_Told = tuple[str, bool]


def check_roles(report: Report) -> Iterator[str]:
    """Every person has the role or the donor that they were given last, and every role what it may do."""
    told = _find_told()
    accesses = {access.user_id: access for access in DonorAccess.objects.select_related("donor").order_by("pk")}
    people = User.objects.prefetch_related("groups", "user_permissions").order_by("pk")
    for person in people:
        place, ended = told.get((person.pk, person.get_username()[:60]), ("", False))
        yield from _check_person(person, place)
        yield from _check_statement(person, place, accesses.get(person.pk))
        if ended and person.is_active:
            yield f"{person} may sign in, though their access ended."
    yield from _check_permissions()
    report(f"{len(people):,} people")


def _find_told() -> dict[tuple[int, str], _Told]:
    """By person and name; who signs in under another name since was told nothing."""
    acts = AuditRecord.objects.filter(act__in=(*_PLACED, _ENDED)).order_by("id")
    told: dict[tuple[int, str], _Told] = {}
    for act, user, subject, detail in acts.values_list("act", "user", "subject", "detail"):
        place, _ = told.get((user, subject), ("", False))
        told[user, subject] = (place, True) if act == _ENDED else (detail.removesuffix(", technical user"), False)
    return told


def _check_person(person: User, role: str) -> Iterator[str]:
    held = {group.name for group in person.groups.all()}
    for name in sorted(held - {role}):
        yield f"{person} has the role {name}, which no audit record gave."
    if role in PERMISSIONS and role not in held:
        yield f"{person} lacks the role {role}, which an audit record gave."
    if person.is_superuser or person.user_permissions.all():
        yield f"{person} may do more than a role allows."


def _check_statement(person: User, place: str, access: DonorAccess | None) -> Iterator[str]:
    if access and place not in _names_of(access):
        yield f"{person} reads the statement of {access.donor}, whom they were not added for."
    if access is None and place and place not in PERMISSIONS:
        yield f"{person} reads no statement, though they were added for {place}."


def _names_of(access: DonorAccess) -> set[str]:
    """What the donor is called, and was: who was added for it keeps its statement."""
    acts = AuditRecord.objects.filter(subject=access.donor.code, act__in=("add donor", "change donor"))
    return {access.donor.name, *read_names(acts.values_list("after", flat=True))}


def _check_permissions() -> Iterator[str]:
    for group in Group.objects.prefetch_related("permissions").order_by("name"):
        held = {permission.codename for permission in group.permissions.all()}
        if group.name in PERMISSIONS and held != set(PERMISSIONS[group.name]):
            yield f"The role {group} may do other things than it should."
