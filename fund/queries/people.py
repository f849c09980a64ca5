"""People by their names: the ledger knows who signed in, and pages show what they are called."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User


def add_person_names(rows: Iterable[Any], field: str) -> list[Any]:
    """The rows with `person`: the full name of whose user name is in `field`, or that where there is none."""
    found = list(rows)
    people = User.objects.filter(username__in={getattr(row, field) for row in found})
    names = {person.get_username(): person.get_full_name() for person in people}
    for row in found:
        username = getattr(row, field)
        row.person = names.get(username) or username
    return found
