"""What the books must have after a crash: all that was acknowledged, and nothing by halves."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from fund import checks as fund_checks
from fund.models import Document, NumberSeries, OpenedBook, OpeningMode, Receipt
from ledger import checks as ledger_checks
from ledger.operations import writing
from ledger.queries import entries
from tests.crash.acts import BOOK_YEAR, YEAR, Act, read_book_hashes


@dataclass(frozen=True, slots=True)
class Books:
    """What is counted after each crash.

    `references` maps a receipt's number to its bank reference, and what an opened book says of the place of each of
    its entries to a name for this one. `hashes` maps the same, as the entries say it, to the hash of the entry.
    `counts` are, by name, how many there are and what the last one's number is.
    """

    references: Mapping[str, str]
    hashes: Mapping[str, str]
    counts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of the acknowledged is `lost`, what is `broken`, and what is `whole` though nobody acknowledged it."""

    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    whole: dict[str, str] = field(default_factory=dict)


def read_books() -> Books:
    """The books, when whoever was writing is gone: a dead worker's backend may still be at work."""
    with writing():
        references = dict(Receipt.objects.values_list("number", "reference"))
        caused = entries().filter(links__position=0, kind="receipt").values_list("links__document", "sha256")
        hashes, opened = dict(caused), entries().filter(links__position=0, kind=OpeningMode.HISTORY)
        for book in OpenedBook.objects.all():
            places = range(1, book.entries + 1)
            references |= {f"{book.number}/{place}": f"{book.file_name}-{place}" for place in places}
        for number in opened.values_list("links__document", flat=True).distinct():
            hashes |= read_book_hashes(number)
        all_entries = entries()
        return Books(
            references,
            hashes,
            {
                "places": (all_entries.count(), all_entries.aggregate(last=Max("id"))["last"] or 0),
                **{f"entries of {year}": _count_entries(year) for year in (BOOK_YEAR, YEAR)},
                "receipts": (Receipt.objects.count(), _find_last(Receipt, YEAR)),
                "opened books": (OpenedBook.objects.count(), _find_last(OpenedBook, BOOK_YEAR)),
            },
        )


def _count_entries(year: int) -> tuple[int, int]:
    found = entries().filter(year=year)
    return found.count(), found.aggregate(last=Max("sequence"))["last"] or 0


def _find_last(document: type[Document], year: int) -> int:
    """The last number that was taken in a series."""
    return NumberSeries.objects.get_or_create(prefix=document.PREFIX, year=year)[0].last


def judge(books: Books, acknowledged: Mapping[str, str], attempted: Act | None) -> Verdict:
    """Compares the books with what was acknowledged; `attempted` is what was under way at the crash.

    It may stand, wholly, or not at all; nothing else may stand that was not acknowledged.
    """
    lost = [number for number, sha256 in acknowledged.items() if books.hashes.get(number) != sha256]
    whole = {number: books.hashes.get(number, "") for number in books.references if number not in acknowledged}
    return Verdict(
        [f"{number} was acknowledged and is gone, or is another one now." for number in lost],
        [*_check_attempt([books.references[number] for number in whole], attempted), *_check_step(books)],
        whole,
    )


def _check_attempt(references: Sequence[str], attempted: Act | None) -> Iterator[str]:
    allowed = attempted.references if attempted else ()
    if references and Counter(references) != Counter(allowed):
        begun = f"{attempted.key} has {attempted.size}" if attempted else "nothing was under way"
        yield f"Without acknowledgement there are {', '.join(sorted(references))}: {begun}."


def _check_step(books: Books) -> Iterator[str]:
    for number in sorted(books.references.keys() ^ books.hashes.keys()):
        yield f"{number} has no entry, or no document."
    for name, (count, last) in books.counts.items():
        if count != last:
            yield f"There are {count} {name}, and the last number is {last}."


def check_everything(report: Callable[[str], None]) -> list[str]:
    """What `check_ledger` finds."""
    return [*ledger_checks.run_checks(report), *fund_checks.run_checks(report)]
