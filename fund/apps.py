from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class FundConfig(AppConfig):
    name = "fund"
    verbose_name = "Fund"

    def ready(self) -> None:
        post_migrate.connect(make_cache_table, sender=self)
        # Last: it needs the permissions that the other applications' receivers make.
        post_migrate.connect(set_up_roles, sender=apps.get_app_config("auth"))


def make_cache_table(*, using: str, **_: Any) -> None:
    """Make the cache's table where it is missing, so that `migrate` alone sets the database up."""
    call_command("createcachetable", database=using, verbosity=0)


def set_up_roles(**_: Any) -> None:
    """Make the roles and give each its permissions, so that a new permission reaches its role by itself."""
    from fund.operations.people import make_roles

    make_roles()
