"""What every command on the fund's data has in common."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


class DataCommand(BaseCommand):
    """A command that needs the fund's tables, and says so where they are missing or not up to date."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        check_tables()
        return super().execute(*args, **options)


def check_reachable() -> None:
    """Raises CommandError unless the database can be reached."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CommandError(f"The database cannot be reached: {str(error).strip()}") from None


def check_tables() -> None:
    """Raises CommandError unless the database can be reached and has every migration."""
    check_reachable()
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        name = connection.settings_dict["NAME"]
        raise CommandError(f"The database {name} is not up to date with this software. Run `manage.py migrate` first.")
