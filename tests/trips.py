"""Which questions go to PostgreSQL together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def counting_trips() -> Iterator[list[bool]]:
    """Lists of each question whether it went to PostgreSQL together with others."""
    asked: list[bool] = []

    def note(execute: Callable[..., Any], *arguments: Any) -> Any:
        in_trip = connection.vendor == "postgresql" and connection.connection.pgconn.pipeline_status > 0
        asked.append(in_trip)
        return execute(*arguments)

    with connection.execute_wrapper(note):
        yield asked
