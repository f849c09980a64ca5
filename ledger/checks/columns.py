"""What columns hold, where the database takes more than their fields do. Plain SQL, one look at each table."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from ledger.checks.problems import EntryProblem, Report
from ledger.models import Entry, Link, Posting
from ledger.questions import ask

# What names a row to people, where it has one of these.
_NAMES = ("number", "code", "reference")
# SQLite takes anything. Without something to add, it takes 2026-02-30 for a day; and of a whole instant it would give
# the next second for most of a thousandth before it.
_SECOND = "substr({0}, 1, 19)"
_SQLITE = (
    (models.DateTimeField, f"datetime({_SECOND}, '+0 days') IS {_SECOND} AND datetime({{0}}) IS NOT NULL"),
    (models.DateField, "date({0}, '+0 days') IS {0}"),
    (models.BooleanField, "({0} IS 0 OR {0} IS 1)"),
    (models.DecimalField, "typeof({0}) IN ('integer', 'real')"),
    (models.IntegerField, "typeof({0}) = 'integer'"),
    (models.JSONField, "json_valid({0}) IS 1"),
    ((models.CharField, models.TextField), "typeof({0}) = 'text'"),
)
# PostgreSQL has days and numbers that Python has not, such as infinity.
_POSTGRESQL = (
    (models.DateField, "EXTRACT(YEAR FROM {0}) BETWEEN 1 AND 9998"),
    (models.DecimalField, "{0} <> 'NaN'"),
)
_TEXTS = (models.CharField, models.TextField, models.JSONField)


def check_values(report: Report) -> Iterator[str]:
    """Every column of the journal holds values of its own type, and every text can be read."""
    return find_wrong_values(apps.get_app_config("ledger").get_models())


def find_wrong_values(tables: Iterable[type[models.Model]]) -> Iterator[str]:
    """The rows that have something else than a value in a column; those of an entry know its place."""
    if connection.vendor == "sqlite":
        # SQLite itself never looks whether a text is one.
        connection.ensure_connection()
        connection.connection.create_function("is_text", 1, _is_text, deterministic=True)
    for model in tables:
        sound = _find_sound(model, connection.vendor)
        for place, name, what in ask(_put(model, sound)) if sound else ():
            of = "" if place is None or model is Entry else f" of the entry in place {place}"
            message = f"{model._meta.verbose_name} {_show(name)}{of} has something else than a value as {what}."
            yield message if place is None else EntryProblem(place, message)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _show(name: Any) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


@cache
def _find_sound(model: type[models.Model], vendor: str) -> dict[str, str]:
    """The conditions that hold of every sound row, by what is wrong of one where they do not."""
    found: dict[str, str] = {}
    texts: list[str] = []
    for field in model._meta.concrete_fields:
        kind = field.target_field if isinstance(field, models.ForeignKey) else field
        column = f"c.{field.column}"
        conditions = _SQLITE if vendor == "sqlite" else _POSTGRESQL
        sound = next((text for kinds, text in conditions if isinstance(kind, kinds)), "")
        if sound:
            empty = f"{column} IS NULL OR " if field.null else ""
            found[f"its {field.name.replace('_', ' ')}"] = f"({empty}{sound.format(column)})"
        if isinstance(kind, _TEXTS):
            # Long ones last: what stands before them is copied with each that comes after.
            texts.insert(
                len(texts) if isinstance(kind, models.TextField) else 0,
                f"COALESCE({column}, '')" if field.null else column,
            )
    if texts and vendor == "sqlite":
        # All together, with something between that no text goes on behind.
        together = " || '.' || ".join(texts)
        found["one of its texts"] = f"is_text(CAST({together} AS BLOB))"
    return found


def _put(model: type[models.Model], sound: Mapping[str, str]) -> str:
    pk = model._meta.pk.column
    place = pk if model is Entry else "entry_id" if model in (Posting, Link) else "NULL"
    as_text = "BLOB" if connection.vendor == "sqlite" else "VARCHAR(80)"
    wrong = " ".join(f"WHEN NOT {condition} THEN '{what}'" for what, condition in sound.items())
    return (
        f"SELECT {place}, CAST(c.{name_column(model)} AS {as_text}), CASE {wrong} END FROM {model._meta.db_table} c "
        f"WHERE NOT ({' AND '.join(sound.values())}) ORDER BY {pk}"
    )


def name_column(model: type[models.Model]) -> str:
    """The column that names a row to people, or its key."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in _NAMES if name in names), str(model._meta.pk.column))
