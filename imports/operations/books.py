"""Opens somebody else's Beancount book in ours."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User

from fund.models import OpenedBook, OpeningMode
from fund.operations.acts import require
from fund.operations.opened_books import BookFile, check_not_opened, open_book
from fund.operations.treasury import open_year
from fund.queries.rates import get_rate
from imports.books.carried import CarriedBook
from imports.books.chart import Chart
from imports.books.history import carry_history
from imports.books.opening import carry_balances
from imports.books.rates import BookRates
from imports.operations.batches import Progress, keep_quiet
from imports.parsers.book_map import BookMap, parse_map, render_map
from ledger.errors import BookUnfit, Finding
from ledger.operations import writing
from ledger.quarantine import OutsideBook, read_book
from ledger.queries import functional_currency, open_years

_MOST_LINES_NAMED = 20
# Directives that are no transactions: kept in the file alone. Balances were checked by Beancount.
_LEFT_OUT = ("Note", "Event", "Query", "Custom", "Commodity", "Price")


@dataclass(frozen=True, slots=True)
class BookOptions:
    """How much of a book is opened: its balances at the beginning of a day, or with None its full history."""

    opening: date | None = None
    open_years: bool = False


@dataclass(frozen=True, slots=True)
class OpenedOutcome:
    """What was opened, the years that were opened for it, and what to tell about it."""

    book: OpenedBook
    years: list[int]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadyBook:
    """A book that was read and can be opened; `notes` tell what of it is left out."""

    file: BookFile
    carried: CarriedBook
    notes: list[str]


def import_book(
    text: bytes, *, name: str, map_text: bytes, options: BookOptions, by: User, progress: Progress = keep_quiet
) -> OpenedOutcome:
    """Reads the book in `text` and opens it: see `read_for_opening` and `open_ready`. Raises NotPermitted too."""
    require(by, "add_openedbook")
    ready = read_for_opening(text, name=name, map_text=map_text, opening=options.opening)
    return open_ready(ready, may_open_years=options.open_years, by=by, progress=progress)


def read_for_opening(text: bytes, *, name: str, map_text: bytes, opening: date | None) -> ReadyBook:
    """What the book in `text` would be in ours; nothing is held or written.

    Raises BookUnfit with every reason why it cannot be opened, MapUnfit, BookOpened.
    """
    sha256 = hashlib.sha256(text).hexdigest()
    check_not_opened(sha256)
    mapped = parse_map(map_text)
    book = read_book(text, until=opening)
    carried = _carry(Chart(book, mapped), name, opening)
    mode = OpeningMode.OPENING if opening else OpeningMode.HISTORY
    return ReadyBook(BookFile(name, sha256, mode), carried, list(_describe_left_out(book, carried)))


def open_ready(ready: ReadyBook, *, may_open_years: bool, by: User, progress: Progress = keep_quiet) -> OpenedOutcome:
    """Opens a book, all of it or nothing, and proves that its balances are the same in ours.

    Raises BookUnfit where a year is not open, and what `fund.operations.opened_books.open_book` refuses.
    """
    with writing():
        years = _open_years(ready.carried, by=by, may_open=may_open_years)
        opened = open_book(
            ready.file,
            entries=ready.carried.entries,
            currencies=ready.carried.currencies,
            balances=ready.carried.balances,
            by=by,
            progress=progress,
        )
    return OpenedOutcome(opened, years, ready.notes)


def make_map(text: bytes) -> str:
    """A map to begin with, for the book in `text`: every account with a sub-fund. Raises BookUnfit."""
    book = read_book(text)
    chart = Chart(book, BookMap(""))
    return render_map(sorted(book.opened), chart.suggest(chart.find_names_needed(book.opened)))


def _carry(chart: Chart, name: str, opening: date | None) -> CarriedBook:
    functional = functional_currency()
    rates = BookRates(
        chart.book.prices, functional=functional, longest_days=settings.RATE_MAX_AGE_DAYS, get_rate=get_rate
    )
    if opening:
        return carry_balances(chart, rates, functional, on=opening, title=name)
    return carry_history(chart, rates, functional)


def _open_years(carried: CarriedBook, *, by: User, may_open: bool) -> list[int]:
    """Opens the years that the entries need. Raises BookUnfit where it may not."""
    known = open_years()
    needed = sorted({entry.on.year for entry in carried.entries} - set(known))
    if needed and not may_open:
        missing, opened = (", ".join(map(str, years)) or "none" for years in (needed, known))
        raise BookUnfit(
            [Finding(0, f"These fiscal years are not open: {missing}. Open: {opened}. Repeat with --open-years.")]
        )
    for year in needed:
        open_year(year, by=by)
    return needed


def _describe_left_out(book: OutsideBook, carried: CarriedBook) -> Iterator[str]:
    yield from (f"line {line}: The document {file} is left out." for line, file in book.documents)
    if carried.empty:
        named = ", ".join(map(str, carried.empty[:_MOST_LINES_NAMED]))
        yield f"Transactions that move nothing are left out, {len(carried.empty):,} in all: line {named}."
    counts = [f"{book.counts[name]:,} {name.lower()}" for name in _LEFT_OUT if name in book.counts]
    if counts:
        yield f"Directives that stay in the file alone: {', '.join(counts)}."
