"""Triggers that make the database itself refuse to change or delete what is attached, and results of screenings, on
SQLite and PostgreSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper

from ledger.frozen_tables import FrozenTables

_KEYS = {
    "fund_filecontent": (("sha256",),),
    "fund_attachment": (("id",), ("document", "position")),
    "fund_attachmentwithdrawal": (("id",), ("attachment_id",)),
}

ATTACHMENTS = FrozenTables(_KEYS, "fund_frozen", "attachments are append-only")

SCREENINGS = FrozenTables(
    {"fund_screening": (("id",),)}, "fund_screenings_frozen", "results of screenings are append-only"
)
_ALL = (ATTACHMENTS, SCREENINGS)

# For the migration that made the attachments.
install_by, remove_by = ATTACHMENTS.install_by, ATTACHMENTS.remove_by


def find_missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that the database lacks, has switched off, or has in another form."""
    return {name for tables in _ALL for name in tables.find_missing(connection)}


def install(connection: BaseDatabaseWrapper) -> None:
    """Installs the triggers."""
    for tables in _ALL:
        tables.install(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Removes the triggers."""
    for tables in _ALL:
        tables.remove(connection)
