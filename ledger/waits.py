"""Which errors of a database mean that others had it for too long, and that trying again is all there is to do."""

import sqlite3

from django.db import OperationalError

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


def is_busy(error: BaseException | None) -> bool:
    """True where the error says that others were at the database for too long; what was in hand is rolled back."""
    if not isinstance(error, OperationalError):
        return isinstance(error, TurnMissed)
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF in _SQLITE if code else getattr(cause, "sqlstate", None) in _POSTGRESQL
