from django.core.management import CommandError
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

from fund import triggers

# The last step of the databases begun before the first release; those that took it have the tables of 0001.
LAST_EARLIER = ("fund", "0019_letters")


def check_earlier(apps, schema_editor):
    """Refuse a database whose tables are of a version before the first release."""
    recorded = MigrationRecorder(schema_editor.connection).applied_migrations()
    earlier = {name for app, name in recorded if app == "fund"} - {"0001_initial"}
    if earlier and LAST_EARLIER not in recorded:
        raise CommandError(
            "This database was begun by a version before the first release and lacks some of its tables. "
            "Name a new database in DATABASE_URL; the old one is left as it is."
        )


def renew_triggers(apps, schema_editor):
    """Install the triggers, also where an earlier database has them already."""
    triggers.remove_by(apps, schema_editor)
    triggers.install_by(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_initial")]

    operations = [
        migrations.RunPython(check_earlier, migrations.RunPython.noop),
        migrations.RunPython(renew_triggers, triggers.remove_by),
    ]
