"""What reports refuse, each named for the fact and saying what would be allowed."""

from ledger.errors import Refused


class PeriodInvalid(Refused):
    """A period that ends before it begins, or a book that has none yet."""


class FileOccupied(Refused):
    """A file that is there already."""
