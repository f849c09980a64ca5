"""What reports leave behind: an audit record of each book that was handed out."""

from pathlib import Path

from django.contrib.auth.models import User

from fund.operations.acts import record, require
from ledger.book import Book
from ledger.operations import writing
from reports.books import zip_book

SUBJECT = "book"


def hand_out_book(path: Path, *, by: User) -> Book:
    """Writes the book as a zip archive and records whose hands it went into, with the hash of its manifest."""
    require(by, "view_auditrecord")
    book = zip_book(path)
    with writing():
        record("download", SUBJECT, by=by, detail=f"{book.entries:,} entries, SHA-256 of SHA256SUMS {book.manifest}")
    return book
