from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, transaction

from ledger.models import Entry
from ledger.operations import post_entry
from ledger.snapshot import reading
from tests.ledger.drafts import make_draft, open_books

T = TypeVar("T")


def elsewhere(work: Callable[[], T]) -> T:
    """What `work` returns on another connection."""

    def work_and_close() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(work_and_close).result(timeout=30)


def post() -> Entry:
    return post_entry(make_draft(), by="officer")


@pytest.mark.django_db(transaction=True)
def test_reader_sees_one_state_and_holds_nobody_up():
    open_books()
    post()
    with reading():
        assert Entry.objects.count() == 1
        elsewhere(post)
        assert Entry.objects.count() == 1
    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_writer_takes_its_lock_again_after_reading():
    open_books()
    with reading():
        Entry.objects.count()
    assert [post().pk, elsewhere(post).pk] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_reading_inside_a_transaction_keeps_writers_out():
    open_books()
    with transaction.atomic(), reading():
        writer = ThreadPoolExecutor(1).submit(elsewhere, post)
        assert Entry.objects.count() == 0
        with pytest.raises(TimeoutError):
            writer.result(timeout=0.3)
    assert writer.result(timeout=30).pk == 1


def test_reading_goes_inside_reading(entries: None):
    with reading(), reading():
        assert Entry.objects.count() == 4
