"""The folder that a book is written into: whole files only, and nothing of anybody else's is touched."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import BookNotWritten, FolderOccupied

MAIN = "main.beancount"
# The first line of every file of a book: by it a folder is known to hold one.
MARK = "; -*- mode: beancount -*- written out by the ledger of the fund"

_YEAR = re.compile(r"[0-9]{4}\.beancount")
# What a crash left over, and what Beancount's loader keeps beside a book.
_LEFTOVER = re.compile(r"[a-z0-9]+\.beancount\.[^.]+\.part|\.main\.beancount\.picklecache")


class BookFolder:
    """Files written aside first; `publish` puts them all in place of a book written before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts: dict[str, Path] = {}

    def write(self, name: str, pieces: Iterable[str]) -> None:
        """Writes a file aside, piece by piece."""
        part = self.path / f"{name}.{secrets.token_hex(4)}.part"
        with part.open("x", encoding="utf-8", newline="\n") as file:
            self._parts[name] = part
            file.write(f"{MARK}\n")
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())

    def publish(self) -> tuple[Path, ...]:
        """Renames what was written, the main file last, and removes what is left of a book before."""
        names = sorted(self._parts, key=lambda name: (name == MAIN, name))
        for name in names:
            self._parts.pop(name).replace(self.path / name)
        for path in self.path.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)
        return tuple(self.path / name for name in names)

    def discard(self) -> None:
        """Removes what was written aside and not published."""
        for part in self._parts.values():
            part.unlink(missing_ok=True)


@contextmanager
def open_folder(path: Path) -> Iterator[BookFolder]:
    """The folder to write a book into, made where it is missing. Raises FolderOccupied or BookNotWritten."""
    try:
        _check_folder(path)
        path.mkdir(parents=True, exist_ok=True)
        folder = BookFolder(path)
        try:
            yield folder
        finally:
            folder.discard()
    except OSError as error:
        raise BookNotWritten(f"The book cannot be written to {path}: {error.strerror or error}.") from error


def _check_folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FolderOccupied(f"{path} is a file: name an empty folder, or one that holds a book written before.")
    others = sorted(found.name for found in path.iterdir() if not _is_ours(found)) if path.exists() else []
    if others:
        raise FolderOccupied(
            f"{path} holds other things than a book ({', '.join(others[:3])}): "
            "name an empty folder, or one that holds a book written before."
        )


def _is_ours(path: Path) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    if _LEFTOVER.fullmatch(path.name):
        return True
    return (path.name == MAIN or bool(_YEAR.fullmatch(path.name))) and _has_mark(path)


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()
