"""Writes the whole book as Beancount text: `main.beancount`, one file per fiscal year, and what an auditor needs.

Stock bean-check, bean-query and Fava open it; `enclosures/README.txt` goes with it and says how.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ledger import accounts, queries, syntax
from ledger.assertions import balance_lines
from ledger.chain import GENESIS
from ledger.documents import Attached, write_documents
from ledger.errors import BookNotWritten
from ledger.explanation import explain, read_chain_program
from ledger.folder import CHAIN, EXPLANATION, MAIN, open_folder
from ledger.models import Account, Entry
from ledger.money import Amount
from ledger.named_queries import NamedQuery, make_queries
from ledger.queries import Scope
from ledger.snapshot import reading
from ledger.syntax import OpenAccount

# Date, currency, units of the functional currency per unit.
Price = tuple[date, str, Decimal]
# Date, account, interval (one of syntax.BUDGET_INTERVALS), minor units of the functional currency.
Budget = tuple[date, str, str, int]
# The days that are said of an account where it is opened, by a key that a query can look up.
DaysOf = Callable[[str], Mapping[str, date]]

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Book:
    """What was written: the folder's main file, every file, the number of entries and the hash of the last one.

    `manifest` is the SHA-256 of the file of sums, which covers all the others.
    """

    main: Path
    files: tuple[Path, ...]
    entries: int
    head: str
    manifest: str


def write_book(
    directory: Path,
    *,
    title: str,
    prices: Iterable[Price] = (),
    budgets: Iterable[Budget] = (),
    named_queries: Iterable[NamedQuery] = (),
    documents: Iterable[Attached] = (),
    days_of: DaysOf | None = None,
    until: date | None = None,
) -> Book:
    """Writes the book into `directory`, in place of a book written there before.

    `until` leaves out what is dated later. `named_queries` are added to those that every book carries. All of it is
    one state of the books; entries pass through in chunks and documents one by one, however many there are. Raises
    FolderOccupied or BookNotWritten.
    """
    kept = [budget for budget in budgets if until is None or budget[0] <= until]
    with open_folder(directory) as folder, reading():
        written = _Written()
        years = [year for year in queries.open_years() if until is None or year <= until.year]
        for year in years:
            folder.write_beancount(f"{year}.beancount", _year_pieces(year, until, written))
        named = [*make_queries(), *named_queries]
        sections = (
            _head_lines(title, written, until),
            _commodity_lines(),
            _open_lines({budget[1] for budget in kept}, days_of),
            _price_lines(prices, until),
            _budget_lines(kept),
            balance_lines(until),
            write_documents(folder, documents, until),
            _query_lines(named),
            [f'include "{year}.beancount"' for year in years],
        )
        folder.write_beancount(MAIN, (f"{line}\n" for section in sections for line in ("", *section)))
        page = explain(title=title, entries=written.entries, head=written.head, named=named, until=until)
        folder.write_text(EXPLANATION, [page])
        folder.write_text(CHAIN, [read_chain_program()])
        files, manifest = folder.publish()
    return Book(directory / MAIN, files, written.entries, written.head, manifest)


@dataclass(slots=True)
class _Written:
    """How many entries went by, and the last of the chain among them."""

    entries: int = 0
    place: int = 0
    head: str = GENESIS

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Counts entries in the order of their places, each with its place first and its hash third."""
        self.entries += len(rows)
        place, _, sha256, *_ = rows[-1]
        if place > self.place:
            self.place, self.head = place, sha256


def _year_pieces(year: int, until: date | None, written: _Written) -> Iterator[str]:
    yield f"; Fiscal year {year}, in the order of the chain. Above each entry stands the hash that covers it.\n"
    found = Entry.objects.filter(year=year).order_by("id")
    if until:
        found = found.filter(dated_on__lte=until)
    rows = found.values_list("id", "number", "sha256", "previous_sha256", "text")
    remaining = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(remaining, _CHUNK)):
        _check_texts(chunk)
        written.add(chunk)
        yield "".join(
            f"\n; {number} sha256 {sha256} after {before}\n{text}" for _, number, sha256, before, text in chunk
        )


def _check_texts(rows: Iterable[tuple[Any, ...]]) -> None:
    """Whoever opens the book would run what somebody put into a text past the software. Raises BookNotWritten."""
    for _, number, *_, text in rows:
        if not syntax.is_entry(text):
            raise BookNotWritten(f"The text of {number} is not that of one entry. Run check_ledger.")


def _head_lines(title: str, written: _Written, until: date | None) -> Iterator[str]:
    extent = f"entries dated up to {until}" if until else "entries"
    yield f"; {written.entries} {extent}, the last of the chain with the hash {written.head}"
    yield ""
    yield f"option {syntax.quote('title')} {syntax.quote(' '.join(title.split()))}"
    yield f"option {syntax.quote('operating_currency')} {syntax.quote(queries.functional_currency())}"
    yield from syntax.OPTIONS


def _commodity_lines() -> Iterator[str]:
    used = {total.currency for total in queries.totals(Scope(), by=("currency",))}
    used |= set(Account.objects.values_list("currency", flat=True).distinct()) - {""}
    on = queries.get_begins_on()
    for currency in sorted(used | {queries.functional_currency()}):
        yield syntax.render_commodity(currency, on)


def _open_lines(budgeted: set[str], days_of: DaysOf | None) -> Iterator[str]:
    """Every account, and those that have a budget and no entry yet."""
    on = queries.get_begins_on()
    opened = {account.name: account.currency for account in queries.all_accounts()}
    wanted = {accounts.check_name(name): queries.functional_currency() for name in budgeted} | opened
    for name in sorted(wanted, key=accounts.sort_key):
        yield syntax.render_open(OpenAccount(name, wanted[name]), on, days_of(name) if days_of else {})


def _price_lines(prices: Iterable[Price], until: date | None) -> Iterator[str]:
    for on, currency, rate in prices:
        if until is None or on <= until:
            yield syntax.render_price(on, currency, rate, queries.functional_currency())


def _budget_lines(budgets: Iterable[Budget]) -> Iterator[str]:
    currency, begins_on = queries.functional_currency(), queries.get_begins_on()
    for on, account, interval, minor in budgets:
        # Beancount takes no account before it is open.
        yield syntax.render_budget(account, interval, Amount(minor, currency), max(on, begins_on))


def _query_lines(named: Iterable[NamedQuery]) -> Iterator[str]:
    on = queries.get_begins_on()
    yield "; Run one with: bean-query main.beancount '.run NAME'"
    for query in named:
        yield syntax.render_query(query.name, query.text, on)
