"""Who can sign in to the demonstration fund. Their passwords are made at each start and shown once."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User

from fund.models import Donor
from fund.operations.acts import record
from fund.operations.people import add_person
from fund.roles import APPROVER, AUDITOR, FINANCE_OFFICER
from ledger.operations import writing

_ROLES = {
    "officer": (FINANCE_OFFICER, "Lucía Ferreyra"),
    "approver": (APPROVER, "Samuel Adeyemi"),
    "approver2": (APPROVER, "Noor Haddad"),
    "auditor": (AUDITOR, "Ingrid Solheim"),
}
_DONOR, _DONOR_NAME, _DONOR_CODE = "donor", "Claire Tremblay", "CAN"


@dataclass(frozen=True, slots=True)
class Access:
    """A person who can sign in, what they are there, and the password, shown only now."""

    username: str
    what: str
    password: str


def add_officers() -> dict[str, User]:
    """Adds the people with a role, by user name."""
    return {username: add_person(username, role=role, name=name)[0] for username, (role, name) in _ROLES.items()}


def add_donors_person() -> None:
    """Adds the person who reads a donor's statement."""
    add_person(_DONOR, donor=Donor.objects.get(code=_DONOR_CODE), name=_DONOR_NAME)


def renew_passwords() -> list[Access]:
    """Gives everybody of the demonstration who is still there a new random password."""
    found = []
    with writing():
        for username in (*_ROLES, _DONOR):
            user = User.objects.filter(username=username, is_active=True).first()
            if user:
                password = secrets.token_urlsafe(12)
                user.set_password(password)
                user.save(update_fields=["password"])
                record("renew password", username, by=user, detail="demonstration")
                what = _ROLES[username][0] if username in _ROLES else f"Donor ({Donor.objects.get(code=_DONOR_CODE)})"
                found.append(Access(username, what, password))
    return found
