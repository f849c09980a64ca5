"""The whole book, as Beancount's own loader reads it, against the tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from typing import Any

from django.db.models import Sum

from ledger import beans, queries
from ledger.beans import LoadedBook
from ledger.book import write_book
from ledger.checks.problems import CHUNK, Report, functional
from ledger.checks.texts import compare_texts
from ledger.copies import open_copies
from ledger.models import Account, Entry, Link, Posting
from ledger.money import Amount
from ledger.syntax import fingerprint, read_links, render_instant

# Loading so many entries takes longer than starting a process that does it beside the other checks.
_WORTH_A_PROCESS = 5_000


@dataclass(frozen=True, slots=True)
class Loading:
    """A book that was written out, and is being loaded: `wait` gives what Beancount found."""

    entries: int
    wait: Callable[[], LoadedBook]


@contextmanager
def loading_book(report: Report) -> Iterator[Loading]:
    """Writes the book out, and has Beancount's own loader read it while other checks run."""
    functional_currency = queries.functional_currency()
    with ExitStack() as stack:
        folder = stack.enter_context(open_copies())
        pool = _start_process(stack, functional_currency) if Entry.objects.count() >= _WORTH_A_PROCESS else None
        written = write_book(folder, title="Check")
        report(f"{written.entries:,} entries written out")
        load = partial(beans.load_book, written.main, functional_currency)
        yield Loading(written.entries, pool.submit(load).result if pool else load)


def _start_process(stack: ExitStack, functional_currency: str) -> ProcessPoolExecutor | None:
    """A process that begins while the book is written; None where the system allows none."""
    try:
        pool = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
    except OSError:
        return None
    pool.submit(beans.read_entries, [], functional_currency)
    return pool


def compare_book(loading: Loading) -> Iterator[str]:
    """What the tables hold is in each entry and balance what Beancount's own loader finds in the whole book."""
    prints = _print_tables()
    loaded = loading.wait()
    yield from (f"Beancount: {message}" for message in loaded.errors)
    if loaded.count != loading.entries:
        yield f"Beancount reads {loaded.count} entries, the journal has {loading.entries}."
    yield from _compare_entries(prints, loaded.prints)
    ours = _sum_postings()
    for account, fund, currency in sorted(ours.keys() | loaded.balances.keys()):
        key = (account, fund, currency)
        amounts = [
            f"{Amount(amount, currency)} ({functional(carried)})"
            for amount, carried in (ours.get(key, (0, 0)), loaded.balances.get(key, (0, 0)))
        ]
        if len(set(amounts)) > 1:
            yield f"{account} of sub-fund {fund}: the books hold {amounts[0]}, Beancount finds {amounts[1]}."


def check_book(report: Report) -> Iterator[str]:
    """Beancount's own loader finds nothing in the whole book, and in each entry and balance what the tables hold."""
    with loading_book(report) as loading:
        yield from compare_book(loading)


# Place, number, fingerprint.
_Print = tuple[int, str, bytes]


def _compare_entries(ours: Iterable[_Print], theirs: Mapping[str, bytes]) -> Iterator[str]:
    """Where what Beancount read is not what the tables hold, the text says what differs."""
    wrong = [place for place, number, found in ours if theirs.get(number) != found]
    for start in range(0, len(wrong), CHUNK):
        entries = Entry.objects.filter(pk__in=wrong[start : start + CHUNK]).order_by("id").select_related("reverses")
        yield from compare_texts(list(entries.prefetch_related("postings__account", "links")))


def _print_tables() -> list[_Print]:
    """Every entry's fingerprint, out of the three tables read side by side in the order of the chain."""
    names = dict(Account.objects.values_list("pk", "name"))
    columns = ("account", "amount", "currency", "functional", "fund", "project", "instalment", "party")
    sides = Posting.objects.order_by("entry", "line").values_list("entry_id", "line", "dated_on", *columns)
    postings = _Side(sides.iterator())
    links = _Side(Link.objects.order_by("entry", "position").values_list("entry_id", "position", "document").iterator())
    facts = ("id", "number", "posted_at", "posted_by", "dated_on", "kind", "payee", "narration", "reverses__number")
    rows = Entry.objects.order_by("id").values_list(*facts, "text").iterator(chunk_size=CHUNK)
    found = []
    for place, number, posted_at, posted_by, on, kind, payee, narration, reverses, text in rows:
        own, documents = postings.take(place), links.take(place)
        legs: list[Any] = [(names.get(row[3], ""), *row[4:]) for row in own]
        words = (str(on), kind, payee, narration, reverses or "")
        stamp = (number, render_instant(posted_at), posted_by)
        # What no text says, or Beancount does not keep: the lines, the days of the postings, the order of the links.
        in_place = all(row[1:3] == (line, on) for line, row in enumerate(own, 1))
        in_order = [row[1:] for row in documents] == list(enumerate(read_links(text)))
        told = fingerprint(words, [row[2] for row in documents], stamp, legs) if in_place and in_order else b""
        found.append((place, number, told))
    return found


class _Side:
    """Rows that begin with an entry's place, in its order, taken entry by entry."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def take(self, place: int) -> list[Any]:
        """The rows of the entry in a place."""
        while self._next and self._next[0] < place:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != place:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


def _sum_postings() -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = Posting.objects.order_by().values_list("account__name", "fund", "currency")
    return {
        (account, fund, currency): (int(amount), int(carried))
        for account, fund, currency, amount, carried in rows.annotate(Sum("amount"), Sum("functional"))
    }
