"""Who is paid: suppliers, people, implementing partners."""

from django.db import models

from fund.models.changes import Remembers


class Payee(Remembers):
    """Who is paid. The code is the last part of the accounts of a partner's advances and never changes."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200, unique=True)
    country = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
