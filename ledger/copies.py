"""Folders for copies of the books on their way to a reader: they go with the process, also where it was killed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

_PREFIX = "fund-copy-"


@contextmanager
def open_copies() -> Iterator[Path]:
    """A new folder that its owner alone reads, gone at the end.

    It is held for as long: the next one who opens any removes those that nobody holds, whose processes were killed.
    """
    _remove_left()
    path, held = _make_held()
    try:
        # Not the held folder itself: who writes a book holds the folder that it goes to.
        inner = path / "copy"
        inner.mkdir()
        yield inner
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def _make_held() -> tuple[Path, int]:
    while True:
        path = Path(mkdtemp(prefix=_PREFIX))
        # Somebody may take it for one that was left before it is held.
        with suppress(FileNotFoundError):
            held = _hold(path)
            if held is None:
                continue
            if path.exists():
                return path, held
            os.close(held)


def _remove_left() -> None:
    for path in Path(gettempdir()).glob(f"{_PREFIX}*"):
        # Of somebody else, or a link.
        with suppress(OSError):
            held = _hold(path)
            if held is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(held)


def _hold(path: Path) -> int | None:
    """The folder, held until it is closed; nothing where somebody else holds it. Raises OSError."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(folder)
        if not isinstance(error, BlockingIOError):
            raise
        return None
    return folder
