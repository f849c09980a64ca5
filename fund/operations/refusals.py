"""Refusals are recorded too: who tried what, and what the answer was."""

from django.contrib.auth.models import User
from django.db import Error, transaction

from fund.models import Refusal
from ledger.errors import BooksBusy, Refused
from ledger.sqlite3.turns import TurnMissed


def record_refusal(refused: Refused, *, place: str, subject: str = "", by: User | None) -> None:
    """Keeps a refusal, after all that it refused was undone. `place` is the address of the page or the command's name.

    A wait for the other writers is not one: nothing was asked that is not allowed. Nor does a record that cannot be
    written stand in the way of the answer.
    """
    if isinstance(refused, BooksBusy):
        return
    place, subject, message = (
        "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
        for text in (place[:200], subject[:60], refused.message[:400])
    )
    try:
        with transaction.atomic():
            Refusal.objects.create(user=by, place=place, subject=subject, message=message)
    except (Error, TurnMissed):
        return
