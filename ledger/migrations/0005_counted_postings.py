from django.db import migrations

from ledger import triggers


def renew_triggers(apps, schema_editor):
    """Install the triggers anew: without statistics, those of before could go through all postings for each entry."""
    triggers.remove_by(apps, schema_editor)
    triggers.install_by(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_closings_in_order")]

    operations = [migrations.RunPython(renew_triggers, migrations.RunPython.noop)]
