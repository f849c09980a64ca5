"""What a database itself keeps as long as nobody lifts its rules: rows name what is there, columns hold what they may.

Plain SQL, one question for all tables of the fund: the ORM takes longer to put it than the answer takes.
"""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import connection, models
from django.db.models import BooleanField, DateField, DateTimeField, DecimalField, IntegerField, JSONField

from ledger.checks import Report

# What names a row to people, where it has one of these.
_NAMES = ("number", "code", "reference")
# What a column of SQLite, which takes anything, may hold. Without something to add, it takes 2026-02-30 for a day.
_SOUND = (
    # Of the whole it would give the next second for most of a thousandth before it.
    (DateTimeField, "(datetime(substr({0}, 1, 19), '+0 days') IS substr({0}, 1, 19) AND datetime({0}) IS NOT NULL)"),
    (DateField, "date({0}, '+0 days') IS {0}"),
    (BooleanField, "{0} IN (0, 1)"),
    (DecimalField, "typeof({0}) IN ('integer', 'real')"),
    (IntegerField, "typeof({0}) = 'integer'"),
    (JSONField, "json_valid({0})"),
)


def check_keys(report: Report) -> Iterator[str]:
    """Every row names rows that are there."""
    for table, name, field, key in _ask(_put_keys()):
        yield f"{table} {name} names a {field} ({key}) that is not there."


def check_values(report: Report) -> Iterator[str]:
    """Every column holds values of its own type, where the database itself takes others."""
    if connection.vendor == "sqlite":
        for table, name, field, _ in _ask(_put_values()):
            yield f"{table} {name} has something else than a value as its {field}."


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


@cache
def _put_values() -> str:
    found = []
    for model in _tables():
        for field in model._meta.concrete_fields:
            sound = next((text for kind, text in _SOUND if isinstance(field, kind)), "")
            if sound and field.column and not field.primary_key:
                column = f"c.{field.column}"
                is_wrong = f"{column} IS NOT NULL AND NOT COALESCE({sound.format(column)}, 0)"
                found.append(_select(model, field.name, field.column, is_wrong))
    return " UNION ALL ".join(found)


def _select(model: type[models.Model], field: str, column: str, condition: str) -> str:
    own = {one.name: one.column for one in model._meta.concrete_fields}
    name = next((own[name] for name in _NAMES if name in own), model._meta.pk.column)
    row = f"CAST(c.{name} AS VARCHAR(80)), '{field.replace('_', ' ')}', CAST(c.{column} AS VARCHAR(80))"
    return f"SELECT '{model._meta.verbose_name}', {row} FROM {model._meta.db_table} c WHERE {condition}"


def _tables() -> Iterator[type[models.Model]]:
    """Those of the fund; what is in the ledger's is compared with the texts of its entries."""
    return apps.get_app_config("fund").get_models(include_auto_created=True)
