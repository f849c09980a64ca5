"""Rows that know what they were."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models


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
