"""Attempts to get past a control, and the proof that nothing came of them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from fund.models import Refusal

FUND = "AGR-2026-0001"


def read_tables() -> dict[str, list[Any]]:
    """Every row of the fund and of the ledger: documents, entries, numbers, audit records; all but refusals."""
    models = [model for name in ("fund", "ledger") for model in apps.get_app_config(name).get_models()]
    return {
        model.__name__: list(model._base_manager.order_by("pk").values_list())
        for model in models
        if model is not Refusal
    }


@contextmanager
def nothing_written(*, said: str, times: int = 1) -> Iterator[None]:
    """What is tried here changes no row, and each refusal is on record with the words that say what is allowed."""
    before, refused = read_tables(), Refusal.objects.count()
    yield
    assert read_tables() == before
    found = list(Refusal.objects.order_by("pk").values_list("message", flat=True))[refused:]
    assert len(found) == times, found
    assert all(said in message for message in found), found


def send(client: Client, url: str, sent: dict[str, Any] | None = None, *, said: str) -> None:
    """A form is refused with words that stand on the page."""
    with nothing_written(said=said):
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode())


def mistype(client: Client, url: str, sent: dict[str, Any], *, said: str) -> None:
    """What no form can read is sent back by the form itself. It is no act yet, and no refusal."""
    with nothing_written(said="", times=0):
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode())


def run(command: str, *arguments: Any, said: str, by: str = "officer") -> None:
    """A command is refused with these words."""
    with nothing_written(said=said), pytest.raises(CommandError) as refused:
        call_command(command, *arguments, "--by", by, stdout=io.StringIO(), stderr=io.StringIO())
    assert said in str(refused.value)


def lines(*rows: dict[str, str]) -> dict[str, str]:
    """What the lines of a form send."""
    sent = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    return sent | {f"lines-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}


def make_approver(user: User, approver: User) -> User:
    """The person, who has the approver's role beside the own one and is a superuser since."""
    user.groups.add(*approver.groups.all())
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return User.objects.get(pk=user.pk)
