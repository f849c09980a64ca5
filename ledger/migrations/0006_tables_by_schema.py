from django.db import migrations

from ledger import triggers


def renew_triggers(apps, schema_editor):
    """Install the triggers anew: those of before looked into a temporary table, where one had the name of theirs."""
    triggers.remove_by(apps, schema_editor)
    triggers.install_by(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_counted_postings")]

    operations = [migrations.RunPython(renew_triggers, migrations.RunPython.noop)]
