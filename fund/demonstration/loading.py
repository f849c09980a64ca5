"""Loads the demonstration fund once, into an empty database, and never beside real data."""

from datetime import date
from enum import Enum

from django.contrib.auth.models import User
from django.db import connection

from fund.demonstration.people import add_donors_person, add_officers
from fund.demonstration.telling import build_demonstration
from fund.models import AuditRecord, BankAccount, Donor, Project
from fund.operations.acts import record
from ledger.operations import writing
from ledger.queries import open_years

_MARK = "load demonstration"


class Content(Enum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMONSTRATION = "the demonstration fund"
    OTHER = "other data"


def find_content() -> Content:
    """What the database holds; one without our tables holds nothing."""
    if AuditRecord._meta.db_table not in connection.introspection.table_names():
        return Content.NOTHING
    if AuditRecord.objects.filter(act=_MARK).exists():
        return Content.DEMONSTRATION
    anything = any(model.objects.exists() for model in (User, Donor, Project, BankAccount, AuditRecord))
    return Content.OTHER if anything or open_years() else Content.NOTHING


def load_demonstration(today: date) -> None:
    """Adds the people and the fund as it stands on `today`, all of it or nothing."""
    with writing():
        people = add_officers()
        approvers = (people["approver"], people["approver2"])
        build_demonstration(today, officer=people["officer"], approvers=approvers)
        add_donors_person()
        record(_MARK, today, by=people["officer"])
