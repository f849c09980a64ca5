from django.db import migrations

from ledger import triggers


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(triggers.install_by, triggers.remove_by)]
