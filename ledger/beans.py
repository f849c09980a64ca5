"""The one module that runs Beancount: parses, books and validates entries, and loads a book.

`ledger/syntax.py` writes what this module has read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.ops import validation
from beancount.parser import booking, parser

from ledger.entries import Draft, Leg
from ledger.errors import EntryInvalid, Refused
from ledger.garbage import collecting_nothing
from ledger.money import round_half_up, to_exact_minor
from ledger.syntax import OPTIONS, OpenAccount, PlainLeg, Stamp, fingerprint, is_entry, render_open

# Otherwise the loader may write a pickle beside the book, and read it back.
loader.initialize(use_cache=False)

# One by one and not through validation.validate(), which also reads documents from disk.
_VALIDATORS: tuple[Callable[..., Any], ...] = (
    validation.validate_open_close,
    validation.validate_active_accounts,
    validation.validate_currency_constraints,
    validation.validate_data_types,
    validation.validate_check_transaction_balances,
)


def check_entries(
    texts: Sequence[str],
    drafts: Sequence[Draft],
    *,
    opens: Iterable[OpenAccount],
    begins_on: date,
    functional: str,
) -> None:
    """Parses, books and validates `texts` with Beancount and compares what it read with the drafts.

    One call of Beancount's parser for all of them: parsing many together costs a fraction of parsing each. Raises
    EntryInvalid with Beancount's own words.
    """
    lines = [*OPTIONS, *(render_open(account, begins_on) for account in opens)]
    with collecting_nothing():
        entries, options = _parse("\n".join(lines) + "\n\n" + "\n".join(texts))
        for validate in _VALIDATORS:
            _refuse(validate(entries, options))
        read = [draft for draft, _ in _read(entries, functional)]
    wanted = [replace(draft, links=tuple(sorted(draft.links))) for draft in drafts]
    if read != wanted:
        raise EntryInvalid("Beancount reads the entry differently from what was to be posted.")


def read_entries(texts: Sequence[str], functional: str) -> list[tuple[Draft, Stamp]]:
    """What Beancount reads in texts that were posted, in their order; the links of each sorted. Raises Refused."""
    if not all(map(is_entry, texts)):
        raise EntryInvalid("The text is not that of one entry.")
    entries, _ = _parse("\n".join((*OPTIONS, *texts)))
    read = _read(entries, functional)
    if len(read) != len(texts):
        raise EntryInvalid(f"Beancount reads {len(read)} entries in {len(texts)} texts.")
    return read


def _parse(text: str) -> tuple[list[Any], dict[str, Any]]:
    entries, errors, options = parser.parse_string(text)
    _refuse(errors)
    entries, errors = booking.book(entries, options)
    _refuse(errors)
    return entries, options


def _refuse(errors: Sequence[Any]) -> None:
    if errors:
        raise EntryInvalid("Beancount refuses the entry: " + " ".join(error.message for error in errors))


def _read(entries: Iterable[Any], functional: str) -> list[tuple[Draft, Stamp]]:
    # The parser sorts by date; the line puts the entries back into the order of the texts.
    found = sorted(_transactions(entries), key=lambda entry: entry.meta["lineno"])
    return [(_to_draft(entry, functional), _to_stamp(entry)) for entry in found]


def _transactions(entries: Iterable[Any]) -> Iterator[Any]:
    return (entry for entry in entries if isinstance(entry, data.Transaction))


def _to_draft(entry: Any, functional: str) -> Draft:
    legs = tuple(Leg(*_read_leg(posting, functional)) for posting in entry.postings)
    links, reverses = tuple(sorted(entry.links)), entry.meta.get("reverses", "")
    return Draft(entry.date, _get_kind(entry), entry.payee or "", entry.narration, links, legs, reverses)


def _get_kind(entry: Any) -> str:
    if len(entry.tags) != 1:
        raise EntryInvalid("An entry has one tag, its kind.")
    (kind,) = entry.tags
    return str(kind)


_STAMP = ("number", "posted_at", "posted_by")


def _to_stamp(entry: Any) -> Stamp:
    return Stamp(*(entry.meta.get(key, "") for key in _STAMP))


def _read_leg(posting: Any, functional: str) -> PlainLeg:
    (number, currency), price, told = posting.units, posting.price, posting.meta.get
    if posting.cost or (price and price.currency != functional):
        raise EntryInvalid(f"{posting.account}: a posting has no cost, and its price is in {functional}.")
    amount = to_exact_minor(number, currency)
    carried = amount if price is None and currency == functional else round_half_up(_weight(posting), functional)
    codes = told("fund", ""), told("project", ""), told("instalment", ""), told("party", "")
    return posting.account, amount, currency, carried, *codes


def _weight(posting: Any) -> Decimal:
    """The functional amount. Beancount keeps a total price as the price of one unit, so the product is rounded."""
    number: Decimal = posting.units.number
    return number if posting.price is None else number * posting.price.number


@dataclass(frozen=True, slots=True)
class LoadedBook:
    """What Beancount's own loader found in a book.

    `balances` maps (account, sub-fund, currency) to (amount, functional amount) in minor units; `count` is the number
    of transactions; `prints` maps the number of each to its fingerprint; `errors` holds the loader's messages.
    """

    balances: dict[tuple[str, str, str], tuple[int, int]]
    count: int
    prints: dict[str, bytes]
    errors: list[str]


def load_book(path: Path, functional: str) -> LoadedBook:
    """Loads a book that this software wrote with Beancount's loader, without its cache file."""
    with collecting_nothing():
        entries, errors, _ = loader.load_file(str(path))
    messages = [_describe(error) for error in errors]
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    prints: dict[str, bytes] = {}
    count = 0
    for entry in _transactions(entries):
        count += 1
        try:
            kind, legs = _get_kind(entry), [_read_leg(posting, functional) for posting in entry.postings]
        except Refused as problem:
            messages.append(f"{_place(entry.meta)}: {problem.message}")
            continue
        stamp = [entry.meta.get(key, "") for key in _STAMP]
        words = (str(entry.date), kind, entry.payee or "", entry.narration, entry.meta.get("reverses", ""))
        prints[stamp[0]] = fingerprint(words, entry.links, stamp, legs)
        for account, amount, currency, carried, fund, *_ in legs:
            cell = sums[account, fund, currency]
            cell[0] += amount
            cell[1] += carried
    balances = {key: (amount, carried) for key, (amount, carried) in sums.items()}
    return LoadedBook(balances, count, prints, messages)


def _describe(error: Any) -> str:
    return f"{_place(error.source or {})}: {error.message}"


def _place(source: Any) -> str:
    return f"{Path(source.get('filename', '')).name}:{source.get('lineno', 0)}"
