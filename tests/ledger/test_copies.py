"""Copies of the books go with their process, and with the next one where it was killed."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.copies import open_copies
from tests.settings import BASE_DIR

COPY_AND_DIE = """
import os, signal
from ledger.copies import open_copies

with open_copies() as copies:
    (copies / "main.beancount").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def copy_and_die(folder: Path) -> None:
    """Leaves a copy, as a process that is killed does."""
    ended = subprocess.run([sys.executable, "-c", COPY_AND_DIE], cwd=BASE_DIR, env=os.environ | {"TMPDIR": str(folder)})
    assert ended.returncode == -signal.SIGKILL


def test_a_copy_is_its_owners_alone_and_gone_at_the_end(folder: Path) -> None:
    with open_copies() as copies:
        assert copies.parent.stat().st_mode & 0o077 == 0
        (copies / "main.beancount").touch()
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_one_and_what_is_read_stays(folder: Path) -> None:
    other = folder / "fund-other"
    other.mkdir()
    with open_copies() as read:
        copy_and_die(folder)
        assert len(list(folder.glob("*/copy/main.beancount"))) == 1
        with open_copies() as copies:
            assert set(folder.iterdir()) == {other, read.parent, copies.parent}


def test_a_folder_that_is_taken_before_it_is_held_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [folder / "fund-copy-a", folder / "fund-copy-b"]
    made[1].mkdir()
    monkeypatch.setattr("ledger.copies._remove_left", lambda: None)
    monkeypatch.setattr("ledger.copies.mkdtemp", lambda **_: str(made.pop(0)))
    with open_copies() as copies:
        assert copies.parent.name == "fund-copy-b"


def test_a_disk_that_holds_no_folder_is_said_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="No locks available"), open_copies():
        pass
