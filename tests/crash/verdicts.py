"""What the books must have after a crash: all that was acknowledged, and nothing by halves."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max

from fund import checks as fund_checks
from fund.models import NumberSeries, Receipt
from ledger import checks as ledger_checks
from ledger.operations import writing
from ledger.queries import entries
from tests.crash.acts import YEAR, Act


@dataclass(frozen=True, slots=True)
class Books:
    """What is counted after each crash.

    `receipts` maps a receipt's number to its bank reference, `hashes` the document of a receipt's entry to that
    entry's hash. `counts` are, by name, how many there are and what the last one's number is.
    """

    receipts: Mapping[str, str]
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
        caused = entries().filter(links__position=0, kind="receipt").values_list("links__document", "sha256")
        all_entries, years = entries(), entries().filter(year=YEAR)
        series = NumberSeries.objects.get_or_create(prefix=Receipt.PREFIX, year=YEAR)[0].last
        return Books(
            dict(Receipt.objects.values_list("number", "reference")),
            dict(caused),
            {
                "places": (all_entries.count(), all_entries.aggregate(last=Max("id"))["last"] or 0),
                "entries": (years.count(), years.aggregate(last=Max("sequence"))["last"] or 0),
                "receipts": (Receipt.objects.count(), series),
            },
        )


def judge(books: Books, acknowledged: Mapping[str, str], attempted: Act | None) -> Verdict:
    """Compares the books with what was acknowledged; `attempted` is what was under way at the crash.

    It may stand, wholly, or not at all; nothing else may stand that was not acknowledged.
    """
    lost = [number for number, sha256 in acknowledged.items() if books.hashes.get(number) != sha256]
    whole = {number: books.hashes.get(number, "") for number in books.receipts if number not in acknowledged}
    return Verdict(
        [f"{number} was acknowledged and is gone, or is another one now." for number in lost],
        [*_check_attempt([books.receipts[number] for number in whole], attempted), *_check_step(books)],
        whole,
    )


def _check_attempt(references: Sequence[str], attempted: Act | None) -> Iterator[str]:
    allowed = attempted.references if attempted else ()
    if references and Counter(references) != Counter(allowed):
        begun = f"{attempted.key} has {attempted.size}" if attempted else "nothing was under way"
        yield f"Without acknowledgement there are {', '.join(sorted(references))}: {begun}."


def _check_step(books: Books) -> Iterator[str]:
    for number in sorted(books.receipts.keys() ^ books.hashes.keys()):
        yield f"{number} has no entry, or no receipt."
    for name, (count, last) in books.counts.items():
        if count != last:
            yield f"There are {count} {name}, and the last number is {last}."


def check_everything(report: Callable[[str], None]) -> list[str]:
    """What `check_ledger` finds."""
    return [*ledger_checks.run_checks(report), *fund_checks.run_checks(report)]
