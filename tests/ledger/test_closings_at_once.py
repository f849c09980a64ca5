"""A period is closed while somebody posts into it: real threads, real connections, on either engine."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import ModelSignal, post_save, pre_save

from ledger import checks
from ledger.errors import PeriodClosed, PeriodNotDue
from ledger.models import Closing, Entry
from ledger.operations import close_period, post_entry, writing
from ledger.periods import Period
from ledger.sqlite3.turns import Turn
from tests.ledger.drafts import make_draft
from tests.ledger.test_closings import close_up_to
from tests.ledger.test_triggers import NEW_ENTRY, execute, new_posting

pytestmark = pytest.mark.django_db(transaction=True)

JANUARY = Period(2026, 1)
PATIENCE = 60
_WAITING = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
    )
"""


@pytest.fixture(autouse=True)
def january_is_due(entries: None) -> Iterator[None]:
    """Two entries are dated in it."""
    with time_machine.travel(datetime(2026, 3, 15, 12, tzinfo=UTC)):
        close_up_to("2025")
        yield


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Has another thread begin something; returns when that waits in line for its turn, or is over without a wait."""
    waits, wait = Event(), Turn._wait

    def wait_and_say(turn: Turn, seconds: float) -> None:
        waits.set()
        wait(turn, seconds)

    def is_waiting() -> bool:
        if connection.vendor == "sqlite":
            return waits.is_set()
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            return bool(cursor.fetchone()[0])

    def begin(act: Callable[[], Any]) -> Future[Any]:
        begun = other.submit(in_a_connection_of_its_own, act)
        while not (begun.done() or is_waiting()):
            time.sleep(0.01)
        return begun

    monkeypatch.setattr(Turn, "_wait", wait_and_say)
    with ThreadPoolExecutor(1) as other:
        yield begin


def in_a_connection_of_its_own(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


def post() -> Entry:
    return post_entry(make_draft(), by="officer")


def insert() -> None:
    """Past the software: in SQL alone, and the balances stay as they are."""
    execute(new_posting(99, 1, 5), new_posting(99, 2, -5), NEW_ENTRY)


def close() -> Closing:
    return close_period(JANUARY, by="maria")


@contextmanager
def in_the_middle(moment: ModelSignal, act: Callable[[], Any]) -> Iterator[None]:
    """Acts while a closing, which has counted all, holds its transaction open: before it is written, or after."""

    def receive(**_: Any) -> None:
        act()

    moment.connect(receive, sender=Closing)
    try:
        yield
    finally:
        moment.disconnect(receive, sender=Closing)


@pytest.mark.parametrize("moment", [pre_save, post_save], ids=["counted", "written"])
@pytest.mark.parametrize(("act", "refused"), [(post, PeriodClosed), (insert, IntegrityError)])
def test_what_is_posted_while_its_period_is_being_closed_is_refused_when_it_is(
    moment: ModelSignal,
    act: Callable[[], Any],
    refused: type[Exception],
    begin: Callable[[Callable[[], Any]], Future[Any]],
):
    late: list[Future[Any]] = []
    with in_the_middle(moment, lambda: late.append(begin(act))):
        closing = close()
    with pytest.raises(refused, match="is closed"):
        late[0].result(timeout=PATIENCE)
    assert (closing.entries, closing.place, Entry.objects.count()) == (2, 4, 4)
    assert list(checks.check_closings(print)) == []


def test_what_was_posted_before_its_period_could_be_closed_is_certified(
    begin: Callable[[Callable[[], Any]], Future[Closing]],
):
    with writing():
        post()
        late = begin(close)
    closing = late.result(timeout=PATIENCE)
    assert (closing.entries, closing.place, closing.debit) == (3, 5, 201_50)
    assert checks.run_checks(print) == []


def test_period_is_not_closed_over_what_sql_alone_put_into_it_meanwhile(
    begin: Callable[[Callable[[], Any]], Future[Closing]],
):
    with transaction.atomic():
        insert()
        late = begin(close)
    with pytest.raises(PeriodNotDue, match="its balances are not its postings"):
        late.result(timeout=PATIENCE)
    assert not Closing.objects.filter(period="2026-01").exists()
    assert list(checks.check_closings(print)) == []
