"""What a database itself keeps as long as nobody lifts its rules: rows name what is there, columns hold what they may.

Plain SQL, one question for all tables of the fund: the ORM takes longer to put it than the answer takes.
"""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import connection, models

from ledger.checks import Report, find_wrong_values, name_column


def check_keys(report: Report) -> Iterator[str]:
    """Every row names rows that are there."""
    for table, name, field, key in _ask(_put_keys()):
        yield f"{table} {name} names a {field} ({key}) that is not there."


def check_values(report: Report) -> Iterator[str]:
    """Every column holds values of its own type, where the database itself takes others."""
    return find_wrong_values(_tables())


def check_rules(report: Report) -> Iterator[str]:
    """No row breaks a rule of its table."""
    for model in _tables():
        for rule in model._meta.constraints:
            if isinstance(rule, models.CheckConstraint):
                broken = model._default_manager.exclude(rule.condition).order_by("pk")
                for name in broken.values_list(name_column(model), flat=True):
                    yield f"{model._meta.verbose_name} {name} breaks the rule {rule.name}."


def _ask(question: str) -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


@cache
def _put_keys() -> str:
    found = []
    for model in _tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                target = field.target_field
                named = f"SELECT 1 FROM {target.model._meta.db_table} t WHERE t.{target.column} = c.{field.column}"
                lost = f"c.{field.column} IS NOT NULL AND NOT EXISTS ({named})"
                found.append(_select(model, field.name, field.column, lost))
    return " UNION ALL ".join(found)


def _select(model: type[models.Model], field: str, column: str, condition: str) -> str:
    row = f"CAST(c.{name_column(model)} AS VARCHAR(80)), '{field.replace('_', ' ')}', CAST(c.{column} AS VARCHAR(80))"
    return f"SELECT '{model._meta.verbose_name}', {row} FROM {model._meta.db_table} c WHERE {condition}"


def _tables() -> Iterator[type[models.Model]]:
    """Those of the fund; the ledger checks its own."""
    return apps.get_app_config("fund").get_models(include_auto_created=True)
