"""Triggers that make the database itself refuse to change or delete what is attached, on SQLite and PostgreSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Each table with the columns that tell its rows apart.
_KEYS = {
    "fund_filecontent": ("sha256",),
    "fund_attachment": ("id",),
    "fund_attachmentwithdrawal": ("id", "attachment_id"),
}
_NEVER = "attachments are append-only"
_FUNCTION = "fund_frozen"


def _sqlite() -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
    found = {}
    for table, keys in _KEYS.items():
        for verb in ("UPDATE", "DELETE"):
            found[f"{table}_no_{verb.lower()}"] = f"BEFORE {verb} ON {table} {refuse}"
        # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE.
        same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        found[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {taken} {refuse}"
    return found


def _postgresql() -> dict[str, str]:
    found = {}
    for table in _KEYS:
        found[f"{table}_frozen"] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        found[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
    return found


def _create(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in _sqlite().items()]
    function = (
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_NEVER}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [function, *(f"CREATE TRIGGER {name} {body}" for name, body in _postgresql().items())]


def _drop(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER {name}" for name in _sqlite()]
    return [f"DROP FUNCTION {_FUNCTION}() CASCADE"]


def find_missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that the database lacks or has switched off."""
    installed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal",
    }
    wanted = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        cursor.execute(installed[connection.vendor])
        return set(wanted) - {name for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Installs the triggers."""
    with connection.cursor() as cursor:
        for statement in _create(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Removes the triggers."""
    with connection.cursor() as cursor:
        for statement in _drop(connection.vendor):
            cursor.execute(statement)


def install_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Installs the triggers as a step of a migration."""
    for statement in _create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def remove_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Removes the triggers as the reverse of that step."""
    for statement in _drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)
