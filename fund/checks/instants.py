"""When documents were made and decided, and what else acts made, against the audit records of these acts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast, Substr

from fund.models import AuditRecord, Decided

# Who did an act, and in which minute (UTC).
Done = tuple[int, str]
_LONGEST = timedelta(minutes=10)


def to_minute(field: str) -> Substr:
    """An instant up to its minute, as a text: reading it as an instant takes longer than all the rest of a row."""
    return Substr(Cast(field, CharField()), 1, 16)


def read_instants(documents: Sequence[Any]) -> dict[int, list[str]]:
    """The minutes in which documents, in the order of their keys, were made and decided, by their keys."""
    model = type(documents[0])
    fields = ("created_at", "decided_at") if issubclass(model, Decided) else ("created_at",)
    rows = model._default_manager.order_by().filter(pk__range=(documents[0].pk, documents[-1].pk))
    return {key: found for key, *found in rows.values_list("pk", *map(to_minute, fields))}


def are_near(one: str, other: str) -> bool:
    """Whether two minutes are those of one act; it takes no longer from what it writes to its audit record."""
    try:
        return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) <= _LONGEST
    except (TypeError, ValueError):
        return False


class Recorded:
    """Audit records by what they say in `columns`, each of which one row takes that an act made in its minute."""

    def __init__(self, acts: QuerySet[AuditRecord], *columns: str) -> None:
        self._minutes: defaultdict[tuple[Any, ...], list[str]] = defaultdict(list)
        for *said, minute in acts.order_by("id").values_list(*columns, to_minute("at")).iterator():
            self._minutes[tuple(said)].append(minute)

    def take(self, *said: Any, minute: str) -> bool:
        """Takes one of the records that say this and are near to a minute, where there is any: of the same, if so."""
        minutes = self._minutes.get(said, [])
        found = minute if minute in minutes else next((one for one in minutes if are_near(one, minute)), None)
        if found:
            minutes.remove(found)
        return found is not None

    def left(self) -> Iterator[tuple[Any, ...]]:
        """What those say that no row took, and their minutes."""
        return ((*said, minute) for said, minutes in sorted(self._minutes.items()) for minute in minutes)
