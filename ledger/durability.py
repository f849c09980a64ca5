"""What a database promises before books are trusted to it: read from the live connection, whatever the settings say."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from ledger.errors import DatabaseUnsafe

# Setting, its allowed values, and what could happen with others.
_Demands = tuple[tuple[str, tuple[str, ...], str], ...]

_SQLITE: _Demands = (
    ("journal_mode", ("WAL",), "readers and the writer could wait for one another"),
    ("synchronous", ("FULL", "EXTRA"), "a power cut could take back what was accepted"),
    ("foreign_keys", ("ON",), "rows could name what does not exist"),
    ("transaction_mode", ("IMMEDIATE",), "two writers could stand in each other's way"),
)
_POSTGRESQL: _Demands = (
    ("fsync", ("on",), "a power cut could destroy the books"),
    ("full_page_writes", ("on",), "a power cut could destroy the books"),
    ("synchronous_commit", ("on", "local", "remote_write", "remote_apply"), "accepted entries could be lost"),
    ("transaction_isolation", ("read committed",), "a writer would not see what was written before its turn"),
    ("session_replication_role", ("origin", "local"), "the triggers that keep the journal would not run"),
)
_PRAGMA_WORDS = {
    "synchronous": ("OFF", "NORMAL", "FULL", "EXTRA"),
    "foreign_keys": ("OFF", "ON"),
}
# The one command that connects and yet needs no data: it looks for migrations that are recorded and missing.
_WITHOUT_DATA = ["makemigrations"]


def refuse_unsafe(*, connection: Any, **_: Any) -> None:
    """Closes a new connection that does not keep what it accepts. Raises DatabaseUnsafe, which names the settings."""
    problems = check_durability(connection)
    if problems:
        # The class's own: SQLite's ignores it for a database in memory.
        BaseDatabaseWrapper.close(connection)
        raise DatabaseUnsafe(" ".join(problems))


def check_durability(connection: Any) -> list[str]:
    """What of the connection's settings in force is weaker than the books demand, a sentence each."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        if sys.argv[1:2] == _WITHOUT_DATA:
            return []
        return ["The database is in memory and ends with this process: name a file or a server in DATABASE_URL."]
    demands, read = (_SQLITE, _read_sqlite) if connection.vendor == "sqlite" else (_POSTGRESQL, _read_postgresql)
    return list(_compare(connection, demands, read))


def _compare(connection: Any, demands: _Demands, read: Callable[[Any, str], str]) -> Iterator[str]:
    for setting, allowed, danger in demands:
        found = read(connection, setting)
        if found not in allowed:
            yield f"{connection.display_name}: {setting} is {found} and must be {' or '.join(allowed)}, or {danger}."


def _read_sqlite(connection: Any, setting: str) -> str:
    if setting == "transaction_mode":
        return connection.transaction_mode or "DEFERRED"
    value = connection.connection.execute(f"PRAGMA {setting}").fetchone()[0]
    return _PRAGMA_WORDS[setting][value] if setting in _PRAGMA_WORDS else str(value).upper()


def _read_postgresql(connection: Any, setting: str) -> str:
    # Inside a transaction, since the driver chooses the isolation of each when it begins.
    with connection.connection.transaction():
        return str(connection.connection.execute(f"SHOW {setting}").fetchone()[0])
