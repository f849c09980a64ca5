"""What posting tells the database, in as few trips as the engine allows."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from ledger.questions import Row

# So many rows or more go to PostgreSQL as a stream, or as a list for each column where something is done then, and to
# SQLite as one value.
_MANY = 50
_TYPES = {int: "bigint", str: "text", date: "date"}


def are_many(rows: Sequence[Any]) -> bool:
    """True where the database works on rows for a while by itself."""
    return len(rows) >= _MANY


class Batch:
    """Statements that PostgreSQL gets in one message: a trip to it takes longer than most. SQLite gets each at once."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._values: list[Any] = []

    def add_rows(self, into: str, rows: Sequence[Row], then: str = "") -> None:
        """Adds the insertion of rows, and what is done `then` where one is there already."""
        if not rows:
            return
        marks = f"({', '.join(['%s'] * len(rows[0]))})"
        if connection.vendor == "sqlite":
            _insert(f"INSERT INTO {into}", marks, rows, then)
        elif len(rows) < _MANY:
            values = [value for row in rows for value in row]
            self._add(f"INSERT INTO {into} VALUES {', '.join([marks] * len(rows))} {then}", values)
        elif then:
            lists = ", ".join(f"%s::{_TYPES[type(value)]}[]" for value in rows[0])
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._add(f"INSERT INTO {into} SELECT * FROM unnest({lists}) {then}", columns)
        else:
            self.send()
            with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def _add(self, sql: str, values: Sequence[Any]) -> None:
        self._statements.append(sql)
        self._values += values

    def send(self) -> None:
        """Sends what is left. What PostgreSQL refuses is raised here."""
        if self._statements:
            sql, values = "; ".join(self._statements), self._values
            self._statements, self._values = [], []
            _send_message(sql, values)


def _insert(insert: str, marks: str, rows: Sequence[Row], then: str) -> None:
    """Tells SQLite rows. Many are one statement: it calls back for none of them, and Python's lock stays free."""
    with connection.cursor() as cursor:
        if len(rows) < _MANY:
            cursor.executemany(f"{insert} VALUES {marks} {then}", rows)
            return
        columns = ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(rows[0])))
        # Without a WHERE, SQLite takes ON CONFLICT for a join.
        sql = f"{insert} SELECT {columns} FROM json_each(%s) WHERE TRUE {then}"
        cursor.execute(sql, [json.dumps(rows, ensure_ascii=False)])


def _send_message(sql: str, values: Sequence[Any]) -> None:
    """Sends PostgreSQL statements together, their values in the text: apart from it, it takes one at a time."""
    connection.ensure_connection()
    cursors: Any = connection.Database  # type: ignore[attr-defined]
    with connection.wrap_database_errors, cursors.ClientCursor(connection.connection) as cursor:
        cursor.execute(sql, values)
