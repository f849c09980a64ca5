"""Which errors of a database say that others had it for too long, and which that it cannot be used for now."""

import sqlite3

from django.db import Error, InterfaceError, OperationalError

from ledger.sqlite3.turns import TurnMissed

# Primary codes; what SQLite adds to them is in the higher bits.
_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_POSTGRESQL = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "53300",  # too_many_connections
        "55P03",  # lock_not_available: lock_timeout
        "57014",  # query_canceled: statement_timeout
    }
)
# What may mean it, and `is_busy` tells.
SUSPECTS = (OperationalError, TurnMissed)
_SQLITE_AWAY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN})
_POSTGRESQL_AWAY = (
    "08",  # the connection was lost
    "25006",  # read_only_sql_transaction: a standby, or by its settings
    "25P",  # transactions that were idle or took too long: the connection was ended
    "53",  # out of disk, memory or connections
    "57P",  # shut down, crashed, starting up, ended by an administrator
    "58",  # its disk or its files failed
)


def is_busy(error: BaseException | None) -> bool:
    """True where the error says that others were at the database for too long; what was in hand is rolled back."""
    if not isinstance(error, OperationalError):
        return isinstance(error, TurnMissed)
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF in _SQLITE if code else getattr(cause, "sqlstate", None) in _POSTGRESQL


def is_away(error: BaseException | None) -> bool:
    """True where the database cannot be reached, was lost, is full or takes no changes; a commit may have arrived."""
    if not isinstance(error, Error):
        return False
    cause = error.__cause__
    if code := getattr(cause, "sqlite_errorcode", None):
        return code & 0xFF in _SQLITE_AWAY
    if state := getattr(cause, "sqlstate", None):
        return bool(state.startswith(_POSTGRESQL_AWAY))
    # The driver says so little only of a connection that it could not make or keep.
    return isinstance(error, OperationalError | InterfaceError)
