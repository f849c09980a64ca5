"""Documents for the checks, many at once, with what is beside them: in a fraction of the time of one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Model, Prefetch, prefetch_related_objects
from django.db.models.base import ModelState


def read_rows(model: type[Model], *, at_once: int) -> Iterator[Any]:
    """Every row of a table in the order of its keys, without what `Model.__init__` does to each: half of the time."""
    # Instants take longer to read than all the rest of a row. Who asks for one is given it by another query.
    names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, DateTimeField)]
    alias = connection.alias
    for values in model._default_manager.order_by("pk").values_list(*names).iterator(chunk_size=at_once):
        row, state = model.__new__(model), ModelState()
        state.__dict__ = {"adding": False, "db": alias, "fields_cache": {}}
        row.__dict__ = dict(zip(names, values, strict=True))
        row.__dict__["_state"] = state
        yield row


def load_related(rows: Sequence[Any], wanted: Iterable[str | Prefetch[Any]]) -> None:
    """Gives rows, in the order of their keys, what `wanted` names: foreign keys ("donor"), also of these
    ("agreement__donor"), and lists of what points to them, under the name that a Prefetch says."""
    for one in wanted:
        if isinstance(one, Prefetch):
            _attach_lists(rows, one)
        else:
            _attach(rows, *one.split("__", 1))


def _attach(rows: Sequence[Any], name: str, beyond: str = "") -> None:
    field = rows[0]._meta.get_field(name)
    keys = [row.__dict__[field.attname] for row in rows]
    found = field.related_model._default_manager.in_bulk({key for key in keys if key is not None})
    for row, key in zip(rows, keys, strict=True):
        # What is not there is asked for again by who needs it, and missed then.
        if key is None:
            row._state.fields_cache[name] = None
        elif key in found:
            row._state.fields_cache[name] = found[key]
    if beyond:
        prefetch_related_objects(list(found.values()), beyond)


def _attach_lists(rows: Sequence[Any], wanted: Prefetch[Any]) -> None:
    """By the range of the rows' keys: naming each of them takes longer than all the rest."""
    field = rows[0]._meta.get_field(wanted.prefetch_through).field
    assert wanted.queryset is not None
    assert wanted.to_attr
    of_row = {row.__dict__[row._meta.pk.attname]: row for row in rows}
    within = {f"{field.attname}__gte": rows[0].pk, f"{field.attname}__lte": rows[-1].pk}
    lists: defaultdict[int, list[Any]] = defaultdict(list)
    for line in wanted.queryset.filter(**within):
        key = getattr(line, field.attname)
        if key in of_row:
            setattr(line, field.name, of_row[key])
            lists[key].append(line)
    for key, row in of_row.items():
        setattr(row, wanted.to_attr, lists.get(key, []))
