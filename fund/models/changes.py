"""Rows that know what they were."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet


class Remembers(models.Model):
    """A row that keeps in `was` the values with which it was read, for the audit record of what is done to it.

    One that is new was nothing.
    """

    #: What an audit record leaves out, since not everybody who reads it may know it.
    CONFIDENTIAL: ClassVar[frozenset[str]] = frozenset()

    was: dict[str, Any]

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> "Remembers":
        found = super().from_db(db, field_names, values, **options)
        found.was = dict(zip(field_names, values, strict=False))
        return found

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: QuerySet[Any] | None = None
    ) -> None:
        """Reads it anew, and remembers that."""
        names = None if fields is None else list(fields)
        super().refresh_from_db(using, names, from_queryset)
        read = [one for one in self._meta.concrete_fields if names is None or {one.name, one.attname} & set(names)]
        if "was" in self.__dict__:
            self.was |= {field.attname: self.__dict__.get(field.attname) for field in read}
