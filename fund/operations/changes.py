"""What an act changed of a row, for its audit record: the values before it and after it, as texts."""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from djmoney.models.fields import CurrencyField, MoneyField
from djmoney.money import Money

from fund.models import Decided, Remembers

# What says nothing about an act, or what its audit record says already.
_LEFT_OUT = {"id", "created_at", "created_by", "given_at"}
# What of a line its place says, or whoever reviews it.
_NOT_OF_LINES = ("id", "position", "accepted", "question")


def find_changes(row: Model) -> tuple[dict[str, str], dict[str, str]]:
    """What changed since the row was read or last asked for, before and after; of a new row, all is after.

    Of what waits for a decision that is its lines too: nothing else says yet what they were.
    """
    if not isinstance(row, Remembers):
        return {}, {}
    now = {field.attname: row.__dict__.get(field.attname) for field in row._meta.concrete_fields}
    was = row.__dict__.get("was", {})
    before, after = _describe(row, was), _describe(row, now)
    if not was and isinstance(row, Decided) and row.LINES:
        after[row.LINES] = _describe_lines(row)
    changed = [name for name in after | before if before.get(name) != after.get(name)]
    row.was = now
    return {name: before.get(name, "") for name in changed}, {name: after.get(name, "") for name in changed}


def write_fields(texts: Mapping[str, str]) -> str:
    """Values by field as an audit record keeps them: JSON, without what is empty."""
    shown = {name: text for name, text in texts.items() if text}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True) if shown else ""


def _describe(row: Remembers, values: dict[str, Any]) -> dict[str, str]:
    fields = [field for field in row._meta.concrete_fields if field.attname in values]
    return {
        field.name: _read(row, field, values)
        for field in fields
        if field.name not in _LEFT_OUT | row.CONFIDENTIAL and not isinstance(field, CurrencyField)
    }


def _describe_lines(document: Decided) -> str:
    """The lines of a document in their order: of each the texts of its fields, by their names, as JSON."""
    lines = getattr(document, document.LINES)
    fields = [
        field
        for field in lines.model._meta.concrete_fields
        if field.name not in _NOT_OF_LINES and field != lines.field and not isinstance(field, CurrencyField)
    ]
    rows = lines.select_related(*(field.name for field in fields if field.is_relation)).order_by("pk")
    texts = [{field.name: _read(row, field, row.__dict__) for field in fields} for row in rows]
    return json.dumps(texts, ensure_ascii=False)


def _read(row: Model, field: Any, values: dict[str, Any]) -> str:
    value = values[field.attname]
    if isinstance(field, MoneyField) and value is not None:
        money = value if isinstance(value, Money) else Money(value, values[f"{field.attname}_currency"])
        return f"{money.currency} {money.amount.normalize():f}"
    if value is None or value == "" or value == []:
        return ""
    if field.is_relation and field.is_cached(row) and getattr(row, field.attname) == value:
        return str(getattr(row, field.name))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
