"""One state of the books for whoever reads much of them: an export, a check."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from ledger.triggers import LOCK


@contextmanager
def reading() -> Iterator[None]:
    """A transaction in which the books stand still, while others go on writing. Inside, nothing may be written.

    PostgreSQL reads REPEATABLE READ. SQLite reads in a deferred transaction: the IMMEDIATE one that Django would begin
    holds writers up for as long as an export takes, and with the write-ahead log a reader has no need of that. Inside
    a transaction that has begun already PostgreSQL takes the book's lock instead.
    """
    if connection.in_atomic_block:
        _hold_still()
        yield
        return
    with _beginning_deferred(), transaction.atomic():
        if connection.vendor == "postgresql":
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _hold_still() -> None:
    # On SQLite every transaction sees one state.
    if connection.vendor == "postgresql" and _execute("SHOW transaction_isolation") == "read committed":
        _execute(f"SELECT pg_advisory_xact_lock({LOCK})")


@contextmanager
def _beginning_deferred() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    # Django reads the mode from the settings when it connects, and from here when a transaction begins.
    connection.ensure_connection()
    options = vars(connections[DEFAULT_DB_ALIAS])
    mode, options["transaction_mode"] = options["transaction_mode"], "DEFERRED"
    try:
        yield
    finally:
        options["transaction_mode"] = mode


def _execute(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
