"""The tests run on the database that was asked for, set as the project sets it."""

import os

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

ENGINE = os.environ.get("TEST_ENGINE", "sqlite")


def read_value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_engine_is_the_chosen_one():
    assert connection.vendor == ENGINE


if ENGINE == "postgresql":

    @pytest.mark.django_db
    def test_server_says_it_is_postgresql():
        assert str(read_value("SELECT version()")).startswith("PostgreSQL ")

else:

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 20_000)],
    )
    def test_sqlite_is_set_to_keep_what_it_accepted(pragma: str, value: object):
        assert read_value(f"PRAGMA {pragma}") == value

    @pytest.mark.django_db(transaction=True)
    def test_transaction_takes_the_writers_lock_at_once():
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            read_value("SELECT 1")
        assert captured.captured_queries[0]["sql"] == "BEGIN IMMEDIATE"


@pytest.mark.django_db
def test_migrations_make_the_cache_table():
    assert "fund_cache" in connection.introspection.table_names()
