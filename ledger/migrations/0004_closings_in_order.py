from django.db import migrations

from ledger import triggers


def renew_triggers(apps, schema_editor):
    """Install the triggers anew: those of before let a January follow a December whose year was not closed."""
    triggers.remove_by(apps, schema_editor)
    triggers.install_by(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_covered_days")]

    operations = [migrations.RunPython(renew_triggers, migrations.RunPython.noop)]
