"""What columns hold, where the database takes more than their fields do. Plain SQL, one look at each table."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

from django.apps import apps
from django.db import connection, models

from ledger.checks.problems import CHUNK, EntryProblem, Report
from ledger.models import Entry, Link, Posting
from ledger.questions import Row, ask

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
        for place, name, what in chain(_find_wrong(model), _find_unreadable(model)):
            of = "" if place is None or model is Entry else f" of the entry in place {place}"
            message = f"{model._meta.verbose_name} {_show(name)}{of} has something else than a value as {what}."
            yield message if place is None else EntryProblem(place, message)


def _find_wrong(model: type[models.Model]) -> Iterable[Row]:
    sound = _find_sound(model, connection.vendor)
    return ask(_put(model, sound)) if sound else ()


def _find_unreadable(model: type[models.Model]) -> Iterator[Row]:
    """Rows that have a text that is none, on SQLite: so many are joined, and looked at one by one where all are not."""
    texts = _join_texts(model) if connection.vendor == "sqlite" else ""
    last = -(2**63) if texts else None
    while last is not None:
        after, table = last, model._meta.db_table
        within = f"SELECT rowid AS at, {texts} AS texts FROM {table} c WHERE rowid > %s ORDER BY rowid LIMIT {CHUNK}"
        joined = f"SELECT is_text(CAST(group_concat(texts, '.') AS BLOB)), MAX(at) FROM ({within})"
        ((readable, last),) = ask(joined, [after])
        if not readable:
            one = {"one of its texts": f"(rowid <= {after} OR rowid > {last} OR is_text(CAST({texts} AS BLOB)))"}
            yield from ask(_put(model, one))


def _is_text(data: bytes | None) -> bool:
    try:
        return data is None or "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _show(name: Any) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


@cache
def _find_sound(model: type[models.Model], vendor: str) -> dict[str, str]:
    """The conditions that hold of every sound row, by what is wrong of one where they do not."""
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        column = f"c.{field.column}"
        conditions = _SQLITE if vendor == "sqlite" else _POSTGRESQL
        sound = next((text for kinds, text in conditions if isinstance(_get_kind(field), kinds)), "")
        if sound:
            empty = f"{column} IS NULL OR " if field.null else ""
            found[f"its {field.name.replace('_', ' ')}"] = f"({empty}{sound.format(column)})"
    return found


def _get_kind(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    return field.target_field if isinstance(field, models.ForeignKey) else field


@cache
def _join_texts(model: type[models.Model]) -> str:
    """All texts of a row, with something between that no text goes on behind."""
    fields = [field for field in model._meta.concrete_fields if isinstance(_get_kind(field), _TEXTS)]
    # Long ones last: what stands before them is copied with each that comes after.
    fields.sort(key=lambda field: isinstance(field, models.TextField))
    return " || '.' || ".join(f"COALESCE(c.{field.column}, '')" for field in fields)


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
