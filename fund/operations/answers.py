"""A change is made once, however often it is sent: its first answer is kept by the key of the form or the command."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from textwrap import shorten

from django.contrib.auth.models import User
from django.utils import timezone

from fund.errors import KeySpent
from fund.models import Answer
from ledger.operations import writing

# A form lives no longer than its session, and a command is repeated within days.
KEPT = timedelta(days=30)
# So many old ones go with each new one: more than come, so that the table does not grow, and few enough to be quick.
_REMOVED_AT_ONCE = 20
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change as it is sent: its key, the page or the command, its content, and who sends it (a command: nobody)."""

    key: str
    page: str
    sha256: str
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act says when it is done, and where it leads."""

    text: str
    url: str = ""


def hash_content(page: str, content: Mapping[str, object]) -> str:
    """The SHA-256 of what was sent where, in hexadecimal. The order of the names makes no difference to it.

    Values are what JSON holds, bytes, or something whose text says all of it, such as a date.
    """
    text = json.dumps([page, content], sort_keys=True, default=_describe)
    return hashlib.sha256(text.encode()).hexdigest()


def _describe(value: object) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


def find_answer(attempt: Attempt) -> Answer | None:
    """The answer to the same attempt, where it was made before.

    Raises KeySpent where the key went with other content, or is another person's.
    """
    found = Answer.objects.filter(key=attempt.key).first()
    if found is None:
        return None
    if found.user_id != (attempt.user.pk if attempt.user else None):
        raise KeySpent("Its key is another person's: nothing was recorded. Look it through and send it with a new key.")
    if found.sha256 != attempt.sha256:
        raise KeySpent(
            f"This was sent before with other content, and that was recorded: {shorten(found.text, 200)} What is sent "
            "now was not recorded. If it is meant to be, beside the other, send it again: the form has a new key now, "
            "and a command is given another --key."
        )
    return found


def answer_once(attempt: Attempt, act: Callable[[], Outcome]) -> tuple[Answer, bool]:
    """Acts and keeps the answer, in one transaction; returns it, and whether it had been given before.

    A retry does not act, and one that comes at the same moment waits for the first. What `act` refuses leaves nothing,
    and its key can be used again. Raises KeySpent, and what `act` raises.
    """
    with writing():
        found = find_answer(attempt)
        if found:
            return found, True
        outcome = act()
        _remove_old()
        answer = Answer(key=attempt.key, user=attempt.user, page=attempt.page[:200], sha256=attempt.sha256)
        answer.at, answer.url, answer.text = timezone.now(), outcome.url, outcome.text
        answer.save(force_insert=True)
    return answer, False


def _remove_old() -> None:
    old = Answer.objects.filter(at__lt=timezone.now() - KEPT).order_by("at").values("pk")[:_REMOVED_AT_ONCE]
    Answer.objects.filter(pk__in=old).delete()
