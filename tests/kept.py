"""What one test made in the database, kept as rows: the next test writes them at once instead of making them anew."""

import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.contrib.auth.models import Permission, User
from django.db import connection

T = TypeVar("T")
Row = tuple[Any, ...]
Key = tuple[int, ...]

# A posting or a link comes before its entry, which seals it.
_LAST = "ledger_entry"


class Kept(Generic[T]):
    """Makes something once in each process: first by `make`, in a database that holds nothing yet, then by its rows."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make
        self._key: Key = ()
        self._rows: dict[str, list[Row]] = {}
        self._made = b""

    def get(self) -> T:
        """What `make` returns and writes, for the test that runs: its own copy, which goes with the test."""
        assert not User.objects.exists(), "Nothing may be in the database before: ask for this one first."
        key = tuple(Permission.objects.order_by("pk").values_list("pk", flat=True))
        # A database that was emptied gave what `migrate` makes other numbers.
        if key != self._key:
            return self._make(key)
        self._write()
        made: T = pickle.loads(self._made)
        return made

    def _make(self, key: Key) -> T:
        before = read_rows()
        made = self.make()
        self._rows = {table: find_new(before[table], rows) for table, rows in read_rows().items()}
        self._key, self._made = key, pickle.dumps(made)
        return made

    def _write(self) -> None:
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table, rows in sorted(self._rows.items(), key=lambda item: item[0] == _LAST):
                if rows:
                    places = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {quote(table)} VALUES ({places})", rows)


def read_rows() -> dict[str, list[Row]]:
    """All that is in the database, table by table, each in the order of its keys."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {quote(table)} ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


def find_new(before: list[Row], after: list[Row]) -> list[Row]:
    """The rows that were added, in their order; what `migrate` made has to stay as it is."""
    old = set(before)
    assert old <= set(after), "Only what is added can be kept."
    return [row for row in after if row not in old]
