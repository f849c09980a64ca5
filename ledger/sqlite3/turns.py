"""Those who write to one SQLite file wait in line: first come, first served, in any process and thread.

SQLite itself lets a waiting writer try again now and then. Under twenty writers some try in vain for as long as the
others go on; the operating system's file locks wake whoever waited longest.
"""

import fcntl
import os
from concurrent.futures import Future
from threading import Thread


class TurnMissed(TimeoutError):
    """A wait in line that took too long. No error of the database's, of which Django's cache would say nothing."""


class Turn:
    """One connection's place in the line before the locks of two files beside the database, `-next` and `-turn`.

    Whoever is next holds the first and waits for the second. So nobody who comes later, such as the one whose turn just
    ended, slips in while the next one wakes.
    """

    def __init__(self, path: str) -> None:
        self._paths = (f"{path}-next", f"{path}-turn")
        self._files: list[int] = []
        self._taken = False

    def take(self, *, seconds: float) -> None:
        """Waits for the turn; one that is taken stays so. Raises TurnMissed."""
        if self._taken:
            return
        if not self._files:
            self._files = [os.open(path, os.O_RDWR | os.O_CREAT, 0o660) for path in self._paths]
        try:
            _lock(*self._files, wait=False)
        except BlockingIOError:
            self._wait(seconds)
        self._taken = True

    def _wait(self, seconds: float) -> None:
        # A file lock has no time limit: another thread waits for it, and gives it up when nobody wants it any more.
        turn: Future[None] = Future()
        Thread(target=_lock_for, args=(turn, *self._files), daemon=True).start()
        try:
            turn.result(timeout=seconds)
        except TimeoutError:
            if turn.cancel():
                self._files = []
                raise TurnMissed(f"database is locked: others had it for {seconds} seconds") from None

    def give(self) -> None:
        """Lets the next one have its turn; does nothing where it was not taken."""
        if self._taken:
            self._taken = False
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    def leave(self) -> None:
        """Gives the turn and closes the files."""
        self.give()
        _close(*self._files)
        self._files = []


def _lock(following: int, turn: int, *, wait: bool) -> None:
    """Takes the turn, by way of being next. Raises BlockingIOError where it may not `wait`."""
    how = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB
    fcntl.flock(following, how)
    fcntl.flock(turn, how)
    fcntl.flock(following, fcntl.LOCK_UN)


def _lock_for(future: "Future[None]", following: int, turn: int) -> None:
    _lock(following, turn, wait=True)
    if future.set_running_or_notify_cancel():
        future.set_result(None)
    else:
        _close(following, turn)


def _close(*files: int) -> None:
    for file in files:
        os.close(file)
