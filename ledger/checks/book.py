"""The whole book, as Beancount's own loader reads it, against the tables."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connection
from django.db.models import Sum

from ledger import beans, queries
from ledger.beans import LoadedBook
from ledger.book import write_book
from ledger.checks.problems import CHUNK, Report, functional
from ledger.checks.texts import compare_texts
from ledger.copies import open_copies
from ledger.models import Entry, Posting
from ledger.money import Amount
from ledger.questions import Row, ask
from ledger.syntax import fingerprint, read_links

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


# Plain SQL, because it reads every row: a fraction of an instant shows, and is in no text.
_INSTANT = {
    "sqlite": "REPLACE(e.posted_at, ' ', 'T')",
    "postgresql": """REPLACE(to_char(e.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')""",
}
_ENTRIES = """
    SELECT e.id, e.number, {} || 'Z', e.posted_by, e.dated_on, e.kind, e.payee, e.narration, COALESCE(r.number, ''),
        e.text
    FROM ledger_entry e LEFT JOIN ledger_entry r ON r.id = e.reverses_id WHERE e.id > %s ORDER BY e.id LIMIT %s
"""
_POSTINGS = """
    SELECT p.entry_id, p.line, p.dated_on, COALESCE(a.name, ''), p.amount, p.currency, p.functional, p.fund, p.project,
        p.instalment, p.party
    FROM ledger_posting p LEFT JOIN ledger_account a ON a.id = p.account_id
    WHERE p.entry_id BETWEEN %s AND %s ORDER BY p.entry_id, p.line
"""
_LINKS = (
    "SELECT entry_id, position, document FROM ledger_link WHERE entry_id BETWEEN %s AND %s ORDER BY entry_id, position"
)


def _print_tables() -> list[_Print]:
    """Every entry's fingerprint, out of the three tables, in the order of the chain."""
    found: list[_Print] = []
    last = -(2**63)
    while rows := ask(_ENTRIES.format(_INSTANT[connection.vendor]), [last, CHUNK]):
        first, last = rows[0][0], rows[-1][0]
        postings, links = (_by_entry(ask(question, [first, last])) for question in (_POSTINGS, _LINKS))
        for place, number, posted_at, posted_by, on, kind, payee, narration, reverses, text in rows:
            own, documents = postings[place], links[place]
            legs: list[Any] = [row[3:] for row in own]
            words = (str(on), kind, payee, narration, reverses)
            # What no text says, or Beancount does not keep: lines, the days of postings, the order of links.
            in_place = [row[1:3] for row in own] == [(line, on) for line in range(1, len(own) + 1)]
            in_order = [row[1:] for row in documents] == list(enumerate(read_links(text)))
            sound, stamp = in_place and in_order, (number, posted_at, posted_by)
            found.append(
                (place, number, fingerprint(words, [row[2] for row in documents], stamp, legs) if sound else b"")
            )
    return found


def _by_entry(rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _sum_postings() -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = Posting.objects.order_by().values_list("account__name", "fund", "currency")
    return {
        (account, fund, currency): (int(amount), int(carried))
        for account, fund, currency, amount, carried in rows.annotate(Sum("amount"), Sum("functional"))
    }
