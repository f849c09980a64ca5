"""The folder that a book is written into: whole files only, and nothing of anybody else's is touched."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import BookNotWritten, FolderOccupied

MAIN = "main.beancount"
EXPLANATION = "README.txt"
CHAIN = "verify_chain.py"
MANIFEST = "SHA256SUMS"
DOCUMENTS = "documents"

# The first lines of a book's files: by them a folder is known to hold one.
MARK = "; -*- mode: beancount -*- written out by the ledger of the fund"
EXPLANATION_MARK = "HOW TO CHECK THIS BOOK WITHOUT THE SOFTWARE THAT WROTE IT"
CHAIN_MARK = '"""Follows the chain of hashes through the book in this folder.'

_MARKS = {EXPLANATION: EXPLANATION_MARK, CHAIN: CHAIN_MARK}
_BEANCOUNT = re.compile(r"(?:main|[0-9]{4})\.beancount")
_DOCUMENT = re.compile(r"[0-9a-f]{64}\.[a-z0-9]+")
_NAME = re.compile(rf"(?:{_BEANCOUNT.pattern}|{EXPLANATION}|{CHAIN}|{MANIFEST}|{DOCUMENTS}/{_DOCUMENT.pattern})")
_SUM = re.compile(rf"[0-9a-f]{{64}}  {_NAME.pattern}\n")
# What a crash left over, and what Beancount's loader keeps beside a book.
_LEFTOVER = re.compile(
    rf"(?:[a-z0-9]+\.beancount|{EXPLANATION}|{CHAIN}|{MANIFEST}|{_DOCUMENT.pattern})\.[^.]+\.part"
    r"|\.main\.beancount\.picklecache"
)


class BookFolder:
    """Files written aside first; `publish` puts them all in place of a book written before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts: dict[str, Path] = {}
        self._sums: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._sums

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Writes a file aside, piece by piece. `name` is relative to the folder. Raises BookNotWritten."""
        if not _NAME.fullmatch(name):
            # A hash that somebody changed in the database could lead out of the folder.
            raise BookNotWritten(f"“{name}” is not the name of a file of a book. Run check_ledger.")
        part = self.path / f"{name}.{secrets.token_hex(4)}.part"
        part.parent.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        with part.open("xb") as file:
            self._parts[name] = part
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        self._sums[name] = digest.hexdigest()

    def write_text(self, name: str, pieces: Iterable[str]) -> None:
        """Writes a file of text aside, in UTF-8."""
        self.write(name, (piece.encode() for piece in pieces))

    def write_beancount(self, name: str, pieces: Iterable[str]) -> None:
        """Writes a file of Beancount's text aside, under the line that marks it as a book's."""
        self.write_text(name, (piece for part in ([f"{MARK}\n"], pieces) for piece in part))

    def publish(self) -> tuple[tuple[Path, ...], str]:
        """Adds the manifest, renames what was written and removes what is left of a book before.

        The main file and the manifest come last: half of a book does not verify. Returns the files and the SHA-256 of
        the manifest.
        """
        self.write_text(MANIFEST, (f"{self._sums[name]}  {name}\n" for name in sorted(self._sums)))
        names = sorted(self._parts, key=lambda name: (name == MANIFEST, name == MAIN, name))
        files = tuple(self.path / name for name in names)
        for name, file in zip(names, files, strict=True):
            self._parts.pop(name).replace(file)
        self._sweep(set(files))
        return files, self._sums[MANIFEST]

    def _sweep(self, keep: set[Path]) -> None:
        documents = self.path / DOCUMENTS
        for path in (*_list(self.path), *_list(documents)):
            if path not in keep and path != documents:
                path.unlink(missing_ok=True)
        _remove_if_empty(documents)

    def discard(self) -> None:
        """Removes what was written aside and not published."""
        for part in self._parts.values():
            part.unlink(missing_ok=True)
        _remove_if_empty(self.path / DOCUMENTS)


def _list(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def open_folder(path: Path) -> Iterator[BookFolder]:
    """The folder to write a book into, made where it is missing. Raises FolderOccupied or BookNotWritten."""
    try:
        _check_folder(path)
        path.mkdir(parents=True, exist_ok=True)
        with _holding(path):
            folder = BookFolder(path)
            try:
                yield folder
            finally:
                folder.discard()
    except OSError as error:
        raise BookNotWritten(f"The book cannot be written to {path}: {error.strerror or error}.") from error


@contextmanager
def _holding(path: Path) -> Iterator[None]:
    """Of two who write at once, each would sweep away what the other has written aside."""
    held = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refusal = f"A book is being written to {path}: wait for its end, or name another folder."
            raise FolderOccupied(refusal) from None
        yield
    finally:
        os.close(held)


def _check_folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FolderOccupied(f"{path} is a file: name an empty folder, or one that holds a book written before.")
    others = [str(found.relative_to(path)) for found in _find_others(path)]
    if others:
        raise FolderOccupied(
            f"{path} holds other things than a book ({', '.join(others[:3])}): "
            "name an empty folder, or one that holds a book written before."
        )


def _find_others(path: Path) -> Iterator[Path]:
    """What in the folder, and in the one for documents, no book wrote."""
    found = _list(path)
    holds_book = any(map(_is_beancount, found))
    for item in found:
        if item.name == DOCUMENTS and item.is_dir() and not item.is_symlink():
            # A hash for a name is no mark of ours: only beside a book it is one of its documents.
            named = (_DOCUMENT, _LEFTOVER) if holds_book else (_LEFTOVER,)
            yield from (inner for inner in _list(item) if not _is_file(inner, *named))
        elif not _is_ours(item):
            yield item


def _is_ours(path: Path) -> bool:
    if path.name in _MARKS:
        return _is_file(path) and _begins_with(path, _MARKS[path.name])
    if path.name == MANIFEST:
        return _is_file(path) and _is_manifest(path)
    return _is_file(path, _LEFTOVER) or _is_beancount(path)


def _is_beancount(path: Path) -> bool:
    return _is_file(path, _BEANCOUNT) and _begins_with(path, MARK)


def _is_file(path: Path, *names: re.Pattern[str]) -> bool:
    """A file and no link to one, whose name is like one of `names`, where some are given."""
    is_named = not names or any(name.fullmatch(path.name) for name in names)
    return is_named and path.is_file() and not path.is_symlink()


def _is_manifest(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as file:
        return all(map(_SUM.fullmatch, file))


def _begins_with(path: Path, mark: str) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark.encode()
