"""Django's SQLite connection, whose writers wait in line.

A transaction that begins IMMEDIATE takes its turn first and gives it when it ends. So does a single statement that
writes outside a transaction, such as the session's and the cache's. Readers do not wait.
"""

from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from ledger.sqlite3.turns import Turn, TurnMissed

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to an SQLite file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn: Turn | None = None
        self.execute_wrappers.append(self._execute_in_turn)

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode != "IMMEDIATE":  # type: ignore[attr-defined]
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open: the rollback gives the turn.
        super()._commit()  # type: ignore[misc]
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._turn:
                self._turn.leave()
                self._turn = None

    def _execute_in_turn(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.in_atomic_block or not sql.lstrip()[:7].upper().startswith(_WRITES):
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        """Raises TurnMissed where the wait is longer than the connection's `timeout`, else OperationalError."""
        if self.is_in_memory_db():
            return
        if self._turn is None:
            self._turn = Turn(str(self.settings_dict["NAME"]))
        try:
            self._turn.take(seconds=self.settings_dict["OPTIONS"].get("timeout", 5))
        except TurnMissed:
            raise
        except OSError as error:
            raise OperationalError(f"its turn cannot be taken: {error.strerror}") from error

    def _give_turn(self) -> None:
        if self._turn:
            self._turn.give()
