"""A connection that could lose what it accepted is refused, whatever weakens it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import NotSupportedError, connection

from ledger.durability import check_durability
from ledger.errors import DatabaseUnsafe
from tests.postgresql import start_server_with
from tests.settings import ENGINE

SQLITE = [
    ({"init_command": "PRAGMA synchronous=FULL"}, "journal_mode is DELETE and must be WAL"),
    (
        {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"},
        "synchronous is NORMAL and must be FULL or",
    ),
    (
        {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"},
        "synchronous is OFF and must be FULL or EXTRA",
    ),
    ({"init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF"}, "foreign_keys is OFF and must be ON"),
    ({"transaction_mode": "DEFERRED"}, "transaction_mode is DEFERRED and must be IMMEDIATE"),
    ({"transaction_mode": None}, "transaction_mode is DEFERRED and must be IMMEDIATE"),
]
POSTGRESQL = [
    ({"options": "-c synchronous_commit=off"}, "synchronous_commit is off and must be on or local or remote_write or"),
    ({"options": "-c default_transaction_isolation=serializable"}, "is serializable and must be read committed"),
    ({"options": "-c session_replication_role=replica"}, "session_replication_role is replica and must be origin or"),
    ({"isolation_level": 3}, "transaction_isolation is repeatable read and must be read committed"),
]


def make_connection(**options: Any) -> Any:
    """A connection of its own to the test's database, or to a new file, with other options."""
    found = connection.copy(alias="weak")
    found.settings_dict["OPTIONS"] |= options
    return found


def test_settings_of_the_project_are_strong_enough(db: None):
    assert check_durability(connection) == []


@pytest.mark.parametrize(("options", "message"), SQLITE if ENGINE == "sqlite" else POSTGRESQL)
def test_weaker_setting_is_refused_by_name(db: None, tmp_path: Path, options: dict[str, Any], message: str):
    weak = make_connection(**options)
    if ENGINE == "sqlite":
        weak.settings_dict["NAME"] = tmp_path / "weak.sqlite3"
    for _ in range(2):
        with pytest.raises(DatabaseUnsafe, match=message):
            weak.ensure_connection()
        assert weak.connection is None


def test_version_that_is_too_old_is_refused(db: None, monkeypatch: pytest.MonkeyPatch):
    # Django looks once for each alias.
    old = connection.copy(alias="old")
    monkeypatch.setattr(old.features, "minimum_database_version", (99,))
    with pytest.raises(NotSupportedError, match="99 or later is required"):
        old.ensure_connection()


if ENGINE == "postgresql":

    def test_server_that_does_not_wait_for_its_disk_is_refused(db: None):
        weak = make_connection()
        weak.settings_dict["HOST"] = start_server_with("fsync = off\nfull_page_writes = off\n")
        weak.settings_dict["NAME"] = "postgres"
        with pytest.raises(
            DatabaseUnsafe, match=r"fsync is off and must be on, .* full_page_writes is off and must be on"
        ):
            weak.ensure_connection()


def start(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in the project's folder with another DATABASE_URL."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "fund.config.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_sqlite_is_the_engine_where_none_is_named():
    question = "from django.conf import settings; print(settings.DATABASES['default'])"
    said = start("-c", question, url="").stdout
    assert "'ENGINE': 'ledger.sqlite3'" in said
    assert f"'NAME': '{settings.BASE_DIR / 'fund.sqlite3'}'" in said


@pytest.mark.parametrize(
    "arguments", [["manage.py", "migrate"], ["manage.py", "demo"], ["-c", "import fund.config.wsgi"]]
)
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:///{}/weak.sqlite3?transaction_mode=DEFERRED", "SQLite: transaction_mode is DEFERRED and must be"),
        ("sqlite://:memory:", "The database is in memory and ends with this process: name a file or a server"),
    ],
)
def test_neither_a_command_nor_the_server_starts(tmp_path: Path, arguments: list[str], url: str, message: str):
    ended = start(*arguments, url=url.format(tmp_path))
    assert ended.returncode == 1
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_server_does_not_start_without_tables(tmp_path: Path):
    ended = start("-c", "import fund.config.wsgi", url=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert ended.returncode == 1
    assert ended.stderr.endswith("is not up to date with this software. Run `manage.py migrate` first.\n")


def test_command_that_needs_no_data_runs_without_a_database():
    assert start("manage.py", "makemigrations", "--check", "--dry-run", url="sqlite://:memory:").returncode == 0
