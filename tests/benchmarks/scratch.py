"""Databases to measure on: as durable as the product demands, on a real disk, gone at the end."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENGINES = ("sqlite", "postgresql")


@contextmanager
def fresh_database(engine: str, folder: Path | None) -> Iterator[Path]:
    """An empty database of the project in a folder of its own, with Django set up on it. Once in a process."""
    place = Path(tempfile.mkdtemp(prefix="fund-benchmark-", dir=folder))
    os.environ |= {"SECRET_KEY": "benchmark", "DJANGO_SETTINGS_MODULE": "fund.config.settings"}
    os.environ["DATABASE_URL"] = (
        _start_postgresql(place) if engine == "postgresql" else f"sqlite:///{place}/fund.sqlite3"
    )
    try:
        _set_up()
        yield place
    finally:
        _tear_down()
        shutil.rmtree(place, ignore_errors=True)


def _start_postgresql(place: Path) -> str:
    import psycopg

    from tests.postgresql import get_address, start_server_with

    socket = start_server_with("", folder=place / "postgresql")
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE fund")
    return get_address(socket)


def _set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _tear_down() -> None:
    from django.db import connections

    connections.close_all()


def analyse() -> None:
    """Has the database count what it holds. PostgreSQL's own housekeeping does so in time; in SQLite somebody may."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def say(text: str) -> None:
    """Tells on the error stream how far a measurement is."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
