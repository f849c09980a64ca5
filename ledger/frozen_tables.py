"""Tables that a database itself keeps from being changed, on SQLite and PostgreSQL: their triggers, and the proof that
these are as they were made."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The triggers' error, as Django knows it: IntegrityError.
_CODE = "USING ERRCODE = 'integrity_constraint_violation'"

_SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_POSTGRESQL_SCHEMA = "SELECT quote_ident(current_schema())"
# With settings of its own, such as a search path, a function may do something else by the same words; one of the same
# name that takes arguments is another.
_POSTGRESQL_FUNCTIONS = """
    SELECT proname, prosrc FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND pronargs = 0 AND proconfig IS NULL
"""
# As they were created, but for the schema before the table and the order of the events. Rows of a table that inherits
# another's are read with it, and kept by none of its triggers.
_POSTGRESQL_TRIGGERS = """
    SELECT tgname, replace(
        replace(pg_get_triggerdef(pg_trigger.oid), current_schema() || '.', ''), 'DELETE OR UPDATE', 'UPDATE OR DELETE'
    ) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal AND relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = tgrelid)
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """An insert into `table` is refused with `message` where `condition` holds of a NEW row. On `vendors` alone.

    PostgreSQL looks at a row before it is there or, with `together`, once at all rows of a statement, when they are.
    """

    name: str
    table: str
    condition: str
    message: str
    vendors: tuple[str, ...] = ("sqlite", "postgresql")
    together: bool = False


@dataclass(frozen=True, slots=True)
class FrozenTables:
    """Tables whose rows are never updated, replaced or deleted, with the rules for what is inserted.

    `keys` maps each table to the columns that tell its rows apart; `function` is what PostgreSQL runs to refuse.
    `first` is what PostgreSQL does before it inserts into a table that has rules.
    """

    keys: Mapping[str, Sequence[tuple[str, ...]]]
    function: str
    message: str
    rules: Sequence[Rule] = ()
    first: str = ""

    def names(self, vendor: str) -> frozenset[str]:
        """The names of the triggers on `vendor` ("sqlite" or "postgresql")."""
        return frozenset(self._triggers(vendor))

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Installs the triggers."""
        _execute(connection, self._create(connection))

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Removes the triggers."""
        _execute(connection, self._drop(connection.vendor))

    def install_by(self, apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Installs the triggers as a step of a migration."""
        for statement in self._create(schema_editor.connection):
            schema_editor.execute(statement, params=None)

    def remove_by(self, apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Removes the triggers as a step of a migration."""
        for statement in self._drop(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def find_missing(self, connection: BaseDatabaseWrapper) -> set[str]:
        """The names of the triggers that the database lacks, has switched off, or has in another form."""
        wanted = self._triggers(connection.vendor)
        if connection.vendor == "sqlite":
            return _lacking(connection, _SQLITE_TRIGGERS, wanted)
        sources = {name: body.split("$$")[1] for name, body in self._functions(_find_schema(connection)).items()}
        changed = _lacking(connection, _POSTGRESQL_FUNCTIONS, sources)
        of_changed = {name for name, text in wanted.items() if text.rpartition(" ")[2].removesuffix("()") in changed}
        return _lacking(connection, _POSTGRESQL_TRIGGERS, wanted) | of_changed

    def _create(self, connection: BaseDatabaseWrapper) -> list[str]:
        functions = self._functions(_find_schema(connection)) if connection.vendor == "postgresql" else {}
        created = [f"CREATE OR REPLACE FUNCTION {name}{body}" for name, body in functions.items()]
        return created + list(self._triggers(connection.vendor).values())

    def _drop(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {name}" for name in self._triggers(vendor)]
        return [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in self._functions("")]

    def _triggers(self, vendor: str) -> dict[str, str]:
        bodies = self._sqlite() if vendor == "sqlite" else self._postgresql()
        return {name: f"CREATE TRIGGER {name} {body}" for name, body in bodies.items()}

    def _sqlite(self) -> dict[str, str]:
        refuse = "BEGIN SELECT RAISE(ABORT, '{}'); END"
        bodies = {}
        for table, keys in self.keys.items():
            for verb in ("UPDATE", "DELETE"):
                bodies[f"{table}_no_{verb.lower()}"] = f"BEFORE {verb} ON {table} {refuse.format(self.message)}"
            # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE.
            same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
            taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
            bodies[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {taken} {refuse.format(self.message)}"
        for rule in self._rules("sqlite"):
            bodies[rule.name] = f"BEFORE INSERT ON {rule.table} WHEN {rule.condition} {refuse.format(rule.message)}"
        return bodies

    def _postgresql(self) -> dict[str, str]:
        bodies = {}
        for table in self.keys:
            run = f"EXECUTE FUNCTION {self.function}()"
            bodies[f"{table}_frozen"] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}"
            bodies[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
        rules = self._rules("postgresql")
        for table in sorted({rule.table for rule in rules}) if self.first else ():
            bodies[f"{table}_first"] = f"BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {self._first}()"
        for rule in rules:
            rows = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT" if rule.together else "FOR EACH ROW"
            when = "AFTER" if rule.together else "BEFORE"
            bodies[rule.name] = f"{when} INSERT ON {rule.table} {rows} EXECUTE FUNCTION {rule.name}()"
        return bodies

    @property
    def _first(self) -> str:
        return f"{self.function}_first"

    def _functions(self, schema: str) -> dict[str, str]:
        """What PostgreSQL runs. Each table with its schema: a temporary one of the same name would come before it."""
        head = "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        bodies = {self.function: f"{head} RAISE EXCEPTION '{self.message}' {_CODE}; END $$"}
        if self.first:
            bodies[self._first] = f"{head} {self.first} RETURN NULL; END $$"
        for rule in self._rules("postgresql"):
            condition = rule.condition
            if rule.together:
                condition = f"EXISTS (SELECT 1 FROM added WHERE {condition.replace('NEW.', 'added.')})"
            condition = re.sub(rf"\bFROM ({'|'.join(self.keys)})\b", rf"FROM {schema}.\1", condition)
            refuse = f"IF {condition} THEN RAISE EXCEPTION '{rule.message}' {_CODE}; END IF;"
            bodies[rule.name] = f"{head} {refuse} RETURN NEW; END $$"
        return bodies

    def _rules(self, vendor: str) -> list[Rule]:
        return [rule for rule in self.rules if vendor in rule.vendors]


def _find_schema(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL_SCHEMA)
        return str(cursor.fetchone()[0])


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _lacking(connection: BaseDatabaseWrapper, query: str, wanted: Mapping[str, str]) -> set[str]:
    """The names in `wanted` that a query of names and definitions does not find as they are wanted."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = dict(cursor.fetchall())
    return {name for name, definition in wanted.items() if found.get(name) != definition}
