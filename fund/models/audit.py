import json
from typing import Any

from django.conf import settings
from django.db import models


class AuditRecord(models.Model):
    """Who did what, when, to which document. Written in the transaction of the act itself, and never changed.

    `before` and `after` hold what the act changed of it, as JSON of texts by field; of what is new, all of it is after.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    detail = models.CharField(max_length=400, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-id")
        permissions = (("close_period", "Can close periods"),)
        indexes = (models.Index(fields=("subject", "at"), name="audit_by_subject"),)

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"


class Refusal(models.Model):
    """What was refused, to whom, when and on which page or command; nothing of it was done.

    `subject` is the document that it concerned, where the page is one's. A command may run for nobody who signs in.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=200)
    subject = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=400)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject", "at"), name="refusal_by_subject"),)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def read_fields(text: str) -> dict[str, str] | None:
    """What a record keeps before or after an act, by field; None where it was written over and cannot be read."""
    found = _read(text or "{}")
    return found if _are_texts(found) else None


def read_lines(text: str) -> list[dict[str, str]] | None:
    """The lines that a record keeps of what was prepared; None where they were written over and cannot be read."""
    found = _read(text)
    return found if isinstance(found, list) and all(map(_are_texts, found)) else None


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _are_texts(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
