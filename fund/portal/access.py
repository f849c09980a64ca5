"""Who may read whose statement."""

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404

from fund.models import Donor
from ledger.accounts import is_code


def get_own_donor(user: User | AnonymousUser) -> Donor:
    """The donor whose statement a person reads. Raises Http404 where they read none."""
    donor = Donor.objects.filter(accesses__user=user.pk).first() if user.is_active else None
    if donor is None:
        raise Http404
    return donor


def get_visible_donor(user: User | AnonymousUser, code: str) -> Donor:
    """The donor with a code, for who may read every donor, or it is their own. Raises Http404 otherwise.

    A donor's person learns nothing of another code, not even whether there is such a donor.
    """
    # What is no code reaches no database, which might not take it.
    found = Donor.objects.filter(code=code) if is_code(code) else Donor.objects.none()
    if not user.has_perm("fund.view_donor"):
        found = found.filter(accesses__user=user.pk) if user.is_active else found.none()
    donor = found.first()
    if donor is None:
        raise Http404
    return donor
