"""A database of a version before the first release is taken over whole, or refused with a word of what to do."""

from importlib import import_module

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from fund import triggers

STEP = import_module("fund.migrations.0002_triggers")

pytestmark = pytest.mark.django_db


def test_lacking_tables_are_refused():
    MigrationRecorder(connection).record_applied("fund", "0012_runs")
    with pytest.raises(CommandError, match="Name a new database"):
        STEP.check_earlier(None, connection.schema_editor())


def test_whole_tables_are_taken_over_with_their_triggers():
    for name in ("0012_runs", "0019_letters"):
        MigrationRecorder(connection).record_applied("fund", name)
    triggers.SCREENINGS.remove(connection)
    STEP.check_earlier(None, connection.schema_editor())
    STEP.renew_triggers(None, connection.schema_editor())
    assert not triggers.find_missing(connection)
