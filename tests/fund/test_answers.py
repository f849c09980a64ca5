"""Answers that are kept for retries: what counts as the same content, and for how long."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils import timezone

from fund.errors import KeySpent
from fund.models import Answer
from fund.operations.answers import KEPT, Attempt, Outcome, answer_once
from fund.views.attempts import read_attempt

pytestmark = pytest.mark.django_db


def make_attempt(content: bytes, user: User) -> Attempt:
    data = {"retry_key": str(uuid4()), "file": SimpleUploadedFile("a.csv", content)}
    request = RequestFactory().post("/somewhere/", data)
    attempt = read_attempt(request, user)
    assert [file.read() for file in request.FILES.getlist("file")] == [content]
    return attempt


def test_the_bytes_of_a_file_are_content_and_can_be_read_afterwards(officer: User) -> None:
    assert make_attempt(b"a", officer).sha256 == make_attempt(b"a", officer).sha256
    assert make_attempt(b"a", officer).sha256 != make_attempt(b"b", officer).sha256


def act(key: str, sha256: str = "") -> bool:
    return answer_once(Attempt(key, "page", sha256), lambda: Outcome("Done."))[1]


def test_old_keys_go_a_few_with_each_new_one() -> None:
    for number in range(30):
        act(f"old-{number}")
    Answer.objects.update(at=timezone.now() - KEPT - timedelta(seconds=1))
    act("new")
    assert Answer.objects.count() == 11
    act("newer")
    assert set(Answer.objects.values_list("key", flat=True)) == {"new", "newer"}


def test_a_key_is_kept_for_thirty_days() -> None:
    act("key")
    Answer.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    act("other")
    assert act("key")
    with pytest.raises(KeySpent, match="beside the other, send it again: the form has a new key now"):
        act("key", "other content")
