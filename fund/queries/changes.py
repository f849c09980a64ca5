"""What acts changed, as people know it: audit records store the values of fields, which stay as they are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateTimeField, Field, Model
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from djmoney.models.fields import MoneyField

from fund.countries import name_countries
from fund.models import AuditRecord, Decided, Delegation, Donor, Payee, Project
from fund.models.audit import read_fields, read_lines
from fund.queries.entries import find_kind
from fund.recommendations import name_sections
from ledger.errors import Refused
from ledger.money import parse_amount

# A field, what it was and what it became; empty where there was nothing.
Change = tuple[str, str, str]
# What the ids in records point at, by its model and id.
Names = Mapping[tuple[type[Model], str], str]

_CHUNK = 2_000
# What is named by other words than a number, by the last word of its acts.
_NOUNS: dict[str, type[Model]] = {
    "donor": Donor,
    "payee": Payee,
    "project": Project,
    "approval": Delegation,
    "delegation": Delegation,
    "access": User,
}


def add_changes(records: Iterable[Any]) -> list[Any]:
    """The records with `changes`: what each act changed, in words."""
    found = list(records)
    names = _load_names(found)
    for record in found:
        record.changes = list(_describe(record, names))
    return found


def walk_changes(records: Iterator[Any]) -> Iterator[Any]:
    """The records of a long stream with `changes`, some thousands at a time."""
    while chunk := list(islice(records, _CHUNK)):
        yield from add_changes(chunk)


def _describe(record: AuditRecord, names: Names) -> Iterator[Change]:
    before, after = _read(record.before), _read(record.after)
    for name in sorted({*before, *after}):
        line = _find_line(record, name)
        if line:
            yield from _describe_lines(line, after.get(name, ""))
            continue
        field = _find_field(record, name)
        label = _label(field, name)
        was, became = (_name(field, texts.get(name, ""), names) for texts in (before, after))
        yield capfirst(label), was, became


def _describe_lines(line: type[Model], text: str) -> Iterator[Change]:
    """Each line of what was prepared, with its fields by their names."""
    lines = read_lines(text)
    for place, texts in enumerate([{"unreadable": text}] if lines is None else lines, 1):
        fields = {name: _get_field(line, name) for name, text in texts.items() if text}
        shown = (f"{_label(field, name)} {_name(field, texts[name], {})}" for name, field in fields.items())
        yield _("Line %(place)s") % {"place": place}, "", ", ".join(shown)


def _read(text: str) -> dict[str, str]:
    """What a record keeps; all of one that was written over as it stands."""
    found = read_fields(text)
    return {"unreadable": text} if found is None else found


def _label(field: Any, name: str) -> str:
    return str(field.verbose_name) if field else name.replace("_", " ")


def _find_line(record: AuditRecord, name: str) -> type[Model] | None:
    """What the lines are that a record names; None where it names none."""
    model = find_kind(record.subject)
    if model is None or not issubclass(model, Decided) or name != model.LINES:
        return None
    found: type[Model] = getattr(model, name).rel.related_model
    return found


def _find_field(record: AuditRecord, name: str) -> Any:
    """The field that a record names; None where a later version of its model has none of that name."""
    model = _NOUNS.get(record.act.rpartition(" ")[2]) or find_kind(record.subject)
    return _get_field(model, name) if model else None


def _get_field(model: type[Model], name: str) -> Any:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _name(field: Any, text: str, names: Names) -> str:
    """What people call a stored value; what is not understood stays as it is stored."""
    if field is None or not text:
        return text
    if field.is_relation:
        return names.get((field.related_model, text), text)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, BooleanField):
        return {"True": _("Yes"), "False": _("No")}.get(text, text)
    if isinstance(field, DateTimeField):
        return f"{text[:16]} UTC" if text.endswith("+00:00") else text
    return _name_amount(text) if isinstance(field, MoneyField) else _name_codes(field.name, text)


def _name_amount(text: str) -> str:
    currency, _space, number = text.partition(" ")
    try:
        return str(parse_amount(number, currency))
    except Refused:
        return text


def _name_codes(name: str, text: str) -> str:
    """Countries and themes by their names, other lists without the marks of how they are stored."""
    try:
        codes: list[Any] = json.loads(text) if text.startswith("[") else [text]
    except ValueError:
        return text
    if name.endswith(("country", "countries")):
        return ", ".join(name_countries(codes))
    if name == "earmark_themes":
        return ", ".join(name_sections(codes, get_language() or ""))
    return text


def _load_names(records: Sequence[AuditRecord]) -> dict[tuple[type[Model], str], str]:
    """What the ids in records point at: one query, or two, for each of its models."""
    ids: defaultdict[type[Model], set[str]] = defaultdict(set)
    for record in records:
        for name, text in [*_read(record.before).items(), *_read(record.after).items()]:
            field = _find_field(record, name) if text.isdecimal() else None
            if field and field.is_relation:
                ids[field.related_model].add(text)
    return {
        (model, str(found.pk)): _name_row(found)
        for model, texts in ids.items()
        for found in model._default_manager.filter(pk__in=texts - _find_called(model, texts))
    }


def _find_called(model: type[Model], texts: set[str]) -> set[str]:
    """The numbers that are names: who was at hand is stored by name, and a payee may be called 365."""
    if model not in (Donor, Payee):
        return set()
    return set(model._default_manager.filter(name__in=texts).values_list("name", flat=True))


def _name_row(row: Any) -> str:
    return f"{row.code} · {row}" if isinstance(row, Donor | Payee) else str(row)
