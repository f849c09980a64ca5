"""Questions in plain SQL. Those that need none of each other's answers go to PostgreSQL in one trip.

A trip to PostgreSQL takes longer than most answers: there and back, two processes wake each other.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection

Row = tuple[Any, ...]
Answer = TypeVar("Answer")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """SQL with its values, and how its rows are read."""

    sql: str
    values: Sequence[Any]
    read: Callable[[Sequence[Row]], Answer]

    def then(self, read: Callable[[Answer], Other]) -> "Question[Other]":
        """The same question, its answer read further."""
        return Question(self.sql, self.values, lambda rows: read(self.read(rows)))

    def answer(self) -> Answer:
        """Asks it."""
        return self.read(ask(self.sql, self.values))


def ask(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """The rows that answer a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def one_of(values: Sequence[str]) -> tuple[str, Any]:
    """What follows a column that is one of thousands of texts, and its one parameter: one for each takes longer."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(values)
    return "= ANY(%s)", list(values)


def answer_together(*questions: Question[Any]) -> tuple[Any, ...]:
    """The answers, in the order of the questions. Each is asked of what the one before it saw, or of a later state."""
    if len(questions) == 1:
        return (questions[0].answer(),)
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in questions]
        # What is refused is raised at the end of the trip, past the cursors that would have told it in Django's words.
        with connection.wrap_database_errors, _one_trip():
            for cursor, question in zip(cursors, questions, strict=True):
                cursor.execute(question.sql, question.values)
        return tuple(question.read(cursor.fetchall()) for cursor, question in zip(cursors, questions, strict=True))


def _one_trip() -> AbstractContextManager[Any]:
    if connection.vendor == "sqlite":
        return nullcontext()
    pipeline: AbstractContextManager[Any] = connection.connection.pipeline()
    return pipeline
