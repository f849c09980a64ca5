from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class FundConfig(AppConfig):
    name = "fund"
    verbose_name = "Fund"

    def ready(self) -> None:
        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(*, using: str, **_: Any) -> None:
    """Make the cache's table where it is missing, so that `migrate` alone sets the database up."""
    call_command("createcachetable", database=using, verbosity=0)
