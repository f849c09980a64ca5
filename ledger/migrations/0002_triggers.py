from django.db import migrations


class Migration(migrations.Migration):
    """The triggers come with the last tables that they guard."""

    dependencies = [("ledger", "0001_initial")]

    operations = []
