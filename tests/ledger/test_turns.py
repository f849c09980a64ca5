"""Writers to one SQLite file wait in line; readers do not."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection

from ledger.operations import writing
from ledger.snapshot import reading
from ledger.sqlite3.turns import Turn, TurnMissed
from tests.settings import ENGINE

PATIENCE = 60
OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "books")


def test_who_waits_longest_is_next(path: str):
    first, order = Turn(path), list[int]()
    first.take(seconds=0)

    def come(number: int) -> None:
        turn = Turn(path)
        turn.take(seconds=PATIENCE)
        order.append(number)
        turn.leave()

    with ThreadPoolExecutor(5) as pool:
        for number in range(5):
            pool.submit(come, number)
            time.sleep(0.2)
        assert order == []
        first.give()
    assert order == [0, 1, 2, 3, 4]


def test_who_had_a_turn_does_not_slip_in_before_who_waits(path: str):
    first, waiting = Turn(path), Turn(path)
    first.take(seconds=0)
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(waiting.take, seconds=PATIENCE)
        time.sleep(0.2)
        first.give()
        with pytest.raises(TurnMissed):
            first.take(seconds=0.2)
        waiter.result(timeout=PATIENCE)
    waiting.leave()


def test_who_waited_too_long_leaves_the_line(path: str):
    first, late, next_one = Turn(path), Turn(path), Turn(path)
    first.take(seconds=0)
    with pytest.raises(TurnMissed, match=r"others had it for 0\.05 seconds"):
        late.take(seconds=0.05)
    first.give()
    next_one.take(seconds=PATIENCE)
    next_one.give()
    late.take(seconds=PATIENCE)


def test_turn_is_taken_once_and_given_once(path: str):
    turn, other = Turn(path), Turn(path)
    turn.give()
    turn.take(seconds=0)
    turn.take(seconds=0)
    turn.leave()
    turn.leave()
    other.take(seconds=0)


def test_files_of_those_who_left_are_closed(path: str):
    before = len(list(OPEN_FILES.iterdir()))
    for _ in range(20):
        turn = Turn(path)
        turn.take(seconds=0)
        turn.leave()
    assert len(list(OPEN_FILES.iterdir())) == before


if ENGINE == "sqlite":

    @pytest.fixture
    def turn(transactional_db: None) -> Iterator[Turn]:
        """The turn at the test's own database, taken."""
        found = Turn(str(connection.settings_dict["NAME"]))
        found.take(seconds=PATIENCE)
        yield found
        found.leave()

    def elsewhere(work: Callable[[], object]) -> Future[object]:
        def work_and_close() -> object:
            try:
                return work()
            finally:
                connection.close()

        pool = ThreadPoolExecutor(1)
        return pool.submit(work_and_close)

    def write_in_transaction() -> None:
        with writing():
            User.objects.create(username="new")

    @pytest.mark.parametrize("write", [write_in_transaction, lambda: User.objects.create(username="new")])
    def test_every_writer_waits_for_its_turn(turn: Turn, write: Callable[[], object]):
        writer = elsewhere(write)
        time.sleep(0.3)
        assert not writer.done()
        turn.give()
        writer.result(timeout=PATIENCE)
        assert User.objects.filter(username="new").exists()

    def test_readers_do_not_wait(turn: Turn):
        def read() -> int:
            with reading():
                return User.objects.count()

        assert elsewhere(read).result(timeout=PATIENCE) == elsewhere(User.objects.count).result(timeout=PATIENCE) == 0

    @pytest.mark.django_db(transaction=True)
    def test_turn_is_free_after_a_commit_a_rollback_and_a_failure():
        with writing():
            pass
        with pytest.raises(ZeroDivisionError), writing():
            raise ZeroDivisionError
        User.objects.create(username="new")
        with pytest.raises(IntegrityError):
            User.objects.create(username="new")
        elsewhere(lambda: User.objects.all().delete()).result(timeout=PATIENCE)
        connection.close()
        elsewhere(write_in_transaction).result(timeout=PATIENCE)
