"""The whole book, as Beancount's own loader reads it, against the tables."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import Sum

from ledger import beans, queries
from ledger.book import write_book
from ledger.checks.problems import CHUNK, Report, functional
from ledger.checks.texts import compare_texts
from ledger.entries import Draft, Leg
from ledger.models import Account, Entry, Link, Posting
from ledger.money import Amount
from ledger.syntax import Stamp


def check_book(report: Report) -> Iterator[str]:
    """Beancount's own loader finds nothing in the whole book, and in each entry and balance what the tables hold."""
    with TemporaryDirectory(prefix="book-") as folder:
        written = write_book(Path(folder), title="Check")
        report(f"{written.entries:,} entries written out")
        loaded = beans.load_book(written.main, queries.functional_currency())
    yield from (f"Beancount: {message}" for message in loaded.errors)
    if loaded.count != written.entries:
        yield f"Beancount reads {loaded.count} entries, the journal has {written.entries}."
    yield from _compare_entries(loaded.prints)
    ours = _sum_postings()
    for account, fund, currency in sorted(ours.keys() | loaded.balances.keys()):
        key = (account, fund, currency)
        amounts = [
            f"{Amount(amount, currency)} ({functional(carried)})"
            for amount, carried in (ours.get(key, (0, 0)), loaded.balances.get(key, (0, 0)))
        ]
        if len(set(amounts)) > 1:
            yield f"{account} of sub-fund {fund}: the books hold {amounts[0]}, Beancount finds {amounts[1]}."


def _compare_entries(prints: Mapping[str, int]) -> Iterator[str]:
    """Where the hash of what Beancount read is not that of the tables, the text says what differs."""
    wrong = [place for place, number, found in _hash_tables() if prints.get(number) != found]
    for start in range(0, len(wrong), CHUNK):
        entries = Entry.objects.filter(pk__in=wrong[start : start + CHUNK]).order_by("id").select_related("reverses")
        yield from compare_texts(list(entries.prefetch_related("postings__account", "links")))


def _hash_tables() -> Iterator[tuple[int, str, int]]:
    """Each entry's place, number and hash, out of the three tables read side by side in the order of the chain."""
    names = dict(Account.objects.values_list("pk", "name"))
    columns = ("account", "amount", "currency", "functional", "fund", "project", "instalment", "party")
    postings = _Side(Posting.objects.order_by("entry", "line").values_list("entry_id", *columns).iterator())
    links = _Side(Link.objects.order_by("entry", "position").values_list("entry_id", "document").iterator())
    facts = ("id", "number", "posted_at", "posted_by", "dated_on", "kind", "payee", "narration", "reverses__number")
    rows = Entry.objects.order_by("id").values_list(*facts).iterator(chunk_size=CHUNK)
    for place, number, posted_at, posted_by, on, kind, payee, narration, reverses in rows:
        legs = tuple(Leg(names[account], *rest) for _, account, *rest in postings.take(place))
        documents = tuple(sorted(link for _, link in links.take(place)))
        draft = Draft(on, kind, payee, narration, documents, legs, reverses or "")
        yield place, number, hash((draft, Stamp(number, f"{posted_at:%Y-%m-%dT%H:%M:%SZ}", posted_by)))


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
