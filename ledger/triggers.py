"""Triggers that make the database itself refuse what the books refuse, on SQLite and PostgreSQL.

Three rules, the same on both engines and whoever writes: entries, postings, links and accounts are never updated or
deleted; a posting or a link comes before its entry, which seals it; an entry is taken only with two or more postings
that add up to zero in each sub-fund. The foreign keys are deferred, so a posting whose entry never comes fails at
the commit.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_FROZEN = ("ledger_entry", "ledger_posting", "ledger_link", "ledger_account")
_SEALED = ("ledger_posting", "ledger_link")

_UNBALANCED = """
    EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id GROUP BY fund HAVING SUM(functional) <> 0)
    OR (SELECT COUNT(*) FROM ledger_posting WHERE entry_id = NEW.id) < 2
"""
_EXISTING = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"

_NEVER = "the journal is append-only"
_LATE = "the entry is already sealed"
_OPEN = "an entry adds up to zero in each sub-fund"


def _sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, '{}'); END"
    statements = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse.format(_NEVER)}"
        for table in _FROZEN
        for verb in ("UPDATE", "DELETE")
    ]
    statements += [
        f"CREATE TRIGGER {table}_sealed BEFORE INSERT ON {table} WHEN {_EXISTING} {refuse.format(_LATE)}"
        for table in _SEALED
    ]
    balanced = f"CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry WHEN {_UNBALANCED}"
    return [*statements, f"{balanced} {refuse.format(_OPEN)}"]


def _postgresql() -> list[str]:
    statements = []
    for name, condition, message in (
        ("frozen", "TRUE", _NEVER),
        ("sealed", _EXISTING, _LATE),
        ("balanced", _UNBALANCED, _OPEN),
    ):
        statements.append(
            f"CREATE FUNCTION ledger_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN NEW; END $$"
        )
    for table in _FROZEN:
        row = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_frozen()"
        whole = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_frozen()"
        statements += [
            f"CREATE TRIGGER {table}_frozen {row}",
            f"CREATE TRIGGER {table}_no_truncate {whole}",
        ]
    for table in _SEALED:
        sealed = (
            f"BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_sealed()"
        )
        statements.append(f"CREATE TRIGGER {table}_sealed {sealed}")
    balanced = (
        "BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_balanced()"
    )
    return [*statements, f"CREATE TRIGGER ledger_entry_balanced {balanced}"]


def create_statements(vendor: str) -> list[str]:
    """The statements that install the triggers on `vendor` ("sqlite" or "postgresql")."""
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]()


def drop_statements(vendor: str) -> list[str]:
    """The statements that take the triggers away again: for reversing the migration, and for tests that flush."""
    if vendor == "postgresql":
        return [
            f"DROP FUNCTION ledger_{name}() CASCADE"
            for name in ("frozen", "sealed", "balanced")
        ]
    names = [f"{table}_no_{verb}" for table in _FROZEN for verb in ("update", "delete")]
    names += [f"{table}_sealed" for table in _SEALED]
    return [f"DROP TRIGGER {name}" for name in (*names, "ledger_entry_balanced")]


def install(connection: BaseDatabaseWrapper) -> None:
    """Installs the triggers."""
    with connection.cursor() as cursor:
        for statement in create_statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Removes the triggers."""
    with connection.cursor() as cursor:
        for statement in drop_statements(connection.vendor):
            cursor.execute(statement)


def install_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Installs the triggers as a step of a migration."""
    for statement in create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def remove_by(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Removes the triggers as the reverse of that step."""
    for statement in drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)
