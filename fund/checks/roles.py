"""Who may do what, against the audit records of who was added: a role or a statement that no act gave is found."""

from collections.abc import Iterator

from django.contrib.auth.models import Group, User

from fund.checks.told import read_names
from fund.models import AuditRecord, DonorAccess
from fund.roles import PERMISSIONS
from ledger.checks import Report


def check_roles(report: Report) -> Iterator[str]:
    """Every person has the role or the donor that they were added with, and every role what it may do."""
    added = AuditRecord.objects.filter(act="add person").values_list("user", "subject", "detail")
    told = {(user, subject): detail for user, subject, detail in added}
    people = User.objects.prefetch_related("groups", "user_permissions").order_by("pk")
    for person in people:
        role = told.get((person.pk, person.get_username()[:60]))
        yield from _check_person(person, (role or "").removesuffix(", technical user"))
    for access in DonorAccess.objects.select_related("user", "donor").order_by("pk"):
        if told.get((access.user_id, access.user.get_username()[:60])) not in _names_of(access):
            yield f"{access.user} reads the statement of {access.donor}, whom they were not added for."
    yield from _check_permissions()
    report(f"{len(people):,} people")


def _check_person(person: User, role: str) -> Iterator[str]:
    for group in person.groups.all():
        if group.name != role:
            yield f"{person} has the role {group}, which no audit record gave."
    if person.is_superuser or person.user_permissions.all():
        yield f"{person} may do more than a role allows."


def _names_of(access: DonorAccess) -> set[str]:
    """What the donor is called, and was: who was added for it keeps its statement."""
    acts = AuditRecord.objects.filter(subject=access.donor.code, act__in=("add donor", "change donor"))
    return {access.donor.name, *read_names(acts.values_list("after", flat=True))}


def _check_permissions() -> Iterator[str]:
    for group in Group.objects.prefetch_related("permissions").order_by("name"):
        held = {permission.codename for permission in group.permissions.all()}
        if group.name in PERMISSIONS and held != set(PERMISSIONS[group.name]):
            yield f"The role {group} may do other things than it should."
