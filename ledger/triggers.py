"""Triggers that make the database itself refuse what the books refuse, on SQLite and PostgreSQL.

Four rules, the same on both engines and whoever writes: entries, postings, links, accounts, fiscal years and closings
are never updated, replaced or deleted; a posting or a link comes before its entry, which seals it; an entry is taken
only with two or more postings of its own day that add up to zero in each sub-fund; and none is taken that is dated in
a closed period, nor a closing before one that stands. The foreign keys are deferred, so a posting whose entry never
comes fails at the commit.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# PostgreSQL's advisory lock that puts the writers of the books in line. Any number that no other software takes.
LOCK = 0x766374660001

# Each table of the journal with the columns that tell its rows apart.
_KEYS = {
    "ledger_entry": (
        ("id",),
        ("number",),
        ("year_id", "sequence"),
        ("reverses_id",),
        ("previous_sha256",),
        ("sha256",),
    ),
    "ledger_posting": (("id",), ("entry_id", "line")),
    "ledger_link": (("id",), ("entry_id", "document")),
    "ledger_account": (("id",), ("name",)),
    "ledger_fiscalyear": (("year",),),
    "ledger_closing": (("id",), ("period",)),
}
_SEALED = ("ledger_posting", "ledger_link")

_UNBALANCED = """
    EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id GROUP BY fund HAVING SUM(functional) <> 0)
    OR (SELECT COUNT(*) FROM ledger_posting WHERE entry_id = NEW.id AND dated_on = NEW.dated_on) < 2
    OR EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.id AND dated_on <> NEW.dated_on)
"""
_CLOSED = "EXISTS (SELECT 1 FROM ledger_closing WHERE ends_on >= NEW.dated_on)"
_CLOSED_LATER = "EXISTS (SELECT 1 FROM ledger_closing WHERE ends_on > NEW.ends_on)"
_EXISTING = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"

_NEVER = "the journal is append-only"
_LATE = "the entry is already sealed"
_OPEN = "an entry adds up to zero in each sub-fund"
_PAST = "the period is closed"
_ORDER = "periods close in order"

# What an insert is refused for: the trigger, its table, the condition, the message.
_RULES = (
    *((f"{table}_sealed", table, _EXISTING, _LATE) for table in _SEALED),
    ("ledger_entry_balanced", "ledger_entry", _UNBALANCED, _OPEN),
    ("ledger_entry_not_closed", "ledger_entry", _CLOSED, _PAST),
    ("ledger_closing_in_order", "ledger_closing", _CLOSED_LATER, _ORDER),
)


def _sqlite() -> dict[str, str]:
    refuse = "BEGIN SELECT RAISE(ABORT, '{}'); END"
    bodies = {
        f"{table}_no_{verb.lower()}": f"BEFORE {verb} ON {table} {refuse.format(_NEVER)}"
        for table in _KEYS
        for verb in ("UPDATE", "DELETE")
    }
    # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE.
    for table, keys in _KEYS.items():
        same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        bodies[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {taken} {refuse.format(_NEVER)}"
    for name, table, condition, message in _RULES:
        bodies[name] = f"BEFORE INSERT ON {table} WHEN {condition} {refuse.format(message)}"
    return bodies


def _postgresql_functions() -> dict[str, str]:
    # Whoever inserts, even past this software, waits for the writer who is at work and then sees what it sealed.
    wait = f"PERFORM pg_advisory_xact_lock({LOCK});"
    rules = {"ledger_frozen": ("", "TRUE", _NEVER)}
    rules |= {name: (wait, condition, message) for name, _, condition, message in _RULES}
    head = "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    code = "USING ERRCODE = 'integrity_constraint_violation'"
    return {
        name: f"{head} {first} IF {condition} THEN RAISE EXCEPTION '{message}' {code}; END IF; RETURN NEW; END $$"
        for name, (first, condition, message) in rules.items()
    }


def _postgresql() -> dict[str, str]:
    bodies = {}
    for table in _KEYS:
        frozen = "EXECUTE FUNCTION ledger_frozen()"
        bodies[f"{table}_frozen"] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {frozen}"
        bodies[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {frozen}"
    for name, table, _, _ in _RULES:
        bodies[name] = f"BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return bodies


def names(vendor: str) -> frozenset[str]:
    """The names of the triggers on `vendor` ("sqlite" or "postgresql")."""
    return frozenset(_sqlite() if vendor == "sqlite" else _postgresql())


def create_statements(vendor: str) -> list[str]:
    """The statements that install the triggers on `vendor`."""
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in _sqlite().items()]
    functions = [f"CREATE OR REPLACE FUNCTION {name}{body}" for name, body in _postgresql_functions().items()]
    return functions + [f"CREATE TRIGGER {name} {body}" for name, body in _postgresql().items()]


def drop_statements(vendor: str) -> list[str]:
    """The statements that take the triggers away again: for reversing the migration, and for tests that flush."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite()]
    return [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in _postgresql_functions()]


def find_missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that the database lacks, has switched off, or has in another form."""
    if connection.vendor == "sqlite":
        wanted = {name: f"CREATE TRIGGER {name} {body}" for name, body in _sqlite().items()}
        return _lacking(connection, _SQLITE_TRIGGERS, wanted)
    sources = {name: body.split("$$")[1] for name, body in _postgresql_functions().items()}
    changed = _lacking(connection, _POSTGRESQL_FUNCTIONS, sources)
    wanted = {name: f"CREATE TRIGGER {name} {body}" for name, body in _postgresql().items()}
    return _lacking(connection, _POSTGRESQL_TRIGGERS, wanted) | {
        name for name, body in wanted.items() if body.rpartition(" ")[2].removesuffix("()") in changed
    }


_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_POSTGRESQL_FUNCTIONS = """
    SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'ledger_%'
"""
# As they were created, but for the schema before the table and the order of the events.
_POSTGRESQL_TRIGGERS = """
    SELECT tgname, replace(
        replace(pg_get_triggerdef(pg_trigger.oid), current_schema() || '.', ''), 'DELETE OR UPDATE', 'UPDATE OR DELETE'
    ) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""


def _lacking(connection: BaseDatabaseWrapper, query: str, wanted: dict[str, str]) -> set[str]:
    """The names in `wanted` that a query of names and definitions does not find as they are wanted."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = dict(cursor.fetchall())
    return {name for name, definition in wanted.items() if found.get(name) != definition}


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
