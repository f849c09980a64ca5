"""Triggers that make the database itself refuse to change or delete what is attached, on SQLite and PostgreSQL."""

from ledger.frozen_tables import FrozenTables

_KEYS = {
    "fund_filecontent": (("sha256",),),
    "fund_attachment": (("id",), ("document", "position")),
    "fund_attachmentwithdrawal": (("id",), ("attachment_id",)),
}

ATTACHMENTS = FrozenTables(_KEYS, "fund_frozen", "attachments are append-only")

find_missing = ATTACHMENTS.find_missing
install, remove = ATTACHMENTS.install, ATTACHMENTS.remove
install_by, remove_by = ATTACHMENTS.install_by, ATTACHMENTS.remove_by
