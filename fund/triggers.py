"""Triggers that make the database itself refuse to change or delete what is attached, and what the audit rests on."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ledger.frozen_tables import FrozenTables

ATTACHMENTS = FrozenTables(
    {
        "fund_filecontent": (("sha256",),),
        "fund_attachment": (("id",), ("document", "position")),
        "fund_attachmentwithdrawal": (("id",), ("attachment_id",)),
    },
    "fund_frozen",
    "attachments are append-only",
)
RECORDS = FrozenTables(
    {
        "fund_auditrecord": (("id",),),
        "fund_refusal": (("id",),),
        "fund_approval": (("id",), ("document", "by_id")),
    },
    "fund_kept",
    "what was done, refused and approved is append-only",
)
SCREENINGS = FrozenTables(
    {"fund_screening": (("id",),)}, "fund_screenings_frozen", "results of screenings are append-only"
)
_ALL = (ATTACHMENTS, RECORDS, SCREENINGS)


def find_missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that are not there as they were made."""
    return {name for tables in _ALL for name in tables.find_missing(connection)}


def install(connection: BaseDatabaseWrapper) -> None:
    """Installs all of them."""
    for tables in _ALL:
        tables.install(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Takes all of them away."""
    for tables in _ALL:
        tables.remove(connection)


def install_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Installs all of them as a step of a migration."""
    for tables in _ALL:
        tables.install_by(apps, schema_editor)


def remove_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes all of them away as a step of a migration."""
    for tables in _ALL:
        tables.remove_by(apps, schema_editor)
