from django.db import migrations

_COVER = """
    ALTER TABLE ledger_daybalance DROP CONSTRAINT day_balance_once_per_day,
    ADD CONSTRAINT day_balance_once_per_day UNIQUE (balance_id, day) {}
"""


def cover(apps, schema_editor):
    """Has PostgreSQL read a day's balance from the index alone. SQLite has no such index and needs none."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_COVER.format("INCLUDE (amount, debit, credit)"))


def uncover(apps, schema_editor):
    """The index as it was."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_COVER.format(""))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_triggers")]

    operations = [migrations.RunPython(cover, uncover)]
