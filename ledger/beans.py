"""The one module that speaks Beancount: renders, parses, books and validates entries, and loads a book.

`ledger/book.py` writes a whole book with the pieces of this module.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from ledger.errors import EntryInvalid
from ledger.money import round_half_up, to_decimal, to_minor

# Otherwise the loader may write a pickle beside the book, and read it back.
loader.initialize(use_cache=False)

# Beancount alone accepts half a unit of the last decimal written; the books accept nothing.
TOLERANCE = 'option "tolerance_multiplier" "0.001"'

# One by one and not through validation.validate(), which also reads documents from disk.
_VALIDATORS = (
    validation.validate_open_close,
    validation.validate_active_accounts,
    validation.validate_currency_constraints,
    validation.validate_data_types,
    validation.validate_check_transaction_balances,
)


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account that a book may use: its name and its currency, empty where it takes any."""

    name: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who posted an entry and when (ISO 8601, UTC), and the number that it got."""

    number: str
    posted_at: str
    posted_by: str


def quote(text: str) -> str:
    """`text` as a Beancount string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def render_open(account: OpenAccount, on: date) -> str:
    """The line that opens an account."""
    return f"{on} open {account.name} {account.currency}".rstrip()


def render_entry(draft: Draft, stamp: Stamp, functional: str) -> str:
    """The Beancount text of an entry, ending in a line feed. It is what the books keep, byte for byte."""
    links = " ".join(f"^{link}" for link in draft.links)
    lines = [
        f"{draft.on} * {quote(draft.payee)} {quote(draft.narration)} #{draft.kind} {links}"
    ]
    facts = {
        "number": stamp.number,
        "posted_at": stamp.posted_at,
        "posted_by": stamp.posted_by,
    }
    lines += _meta("  ", facts | {"reverses": draft.reverses})
    for leg in draft.legs:
        lines.append(_render_leg(leg, functional))
        lines += _meta(
            "    ",
            {"fund": leg.fund, "project": leg.project, "instalment": leg.instalment},
        )
    return "\n".join(lines) + "\n"


def _meta(indent: str, facts: Mapping[str, str]) -> list[str]:
    return [f"{indent}{key}: {quote(value)}" for key, value in facts.items() if value]


def _render_leg(leg: Leg, functional: str) -> str:
    amount = f"{to_decimal(leg.amount, leg.currency):f} {leg.currency}"
    if leg.currency != functional:
        amount += f" @@ {abs(to_decimal(leg.functional, functional)):f} {functional}"
    return f"  {leg.account:<44} {amount}"


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
    lines = [TOLERANCE, *(render_open(account, begins_on) for account in opens)]
    entries, errors, options = parser.parse_string(
        "\n".join(lines) + "\n\n" + "\n".join(texts)
    )
    _refuse(errors)
    entries, errors = booking.book(entries, options)
    _refuse(errors)
    for validate in _VALIDATORS:
        _refuse(validate(entries, options))
    read = [
        _to_draft(entry, functional)
        for entry in entries
        if isinstance(entry, data.Transaction)
    ]
    # The parser sorts by date, and equal dates by line, so the order of one day is kept.
    wanted = [replace(draft, links=tuple(sorted(draft.links))) for draft in drafts]
    if read != sorted(wanted, key=lambda draft: draft.on):
        raise EntryInvalid(
            "Beancount reads the entry differently from what was to be posted."
        )


def _refuse(errors: Sequence[Any]) -> None:
    if errors:
        raise EntryInvalid(
            "Beancount refuses the entry: "
            + " ".join(error.message for error in errors)
        )


def _to_draft(entry: data.Transaction, functional: str) -> Draft:
    kind, *_ = entry.tags
    links = tuple(sorted(entry.links))
    legs = tuple(_to_leg(posting, functional) for posting in entry.postings)
    reverses = entry.meta.get("reverses", "")
    return Draft(
        entry.date, kind, entry.payee or "", entry.narration, links, legs, reverses
    )


def _to_leg(posting: data.Posting, functional: str) -> Leg:
    assert posting.units is not None
    assert posting.meta is not None
    meta = posting.meta
    return Leg(
        account=posting.account,
        amount=to_minor(posting.units.number, posting.units.currency),
        currency=posting.units.currency,
        functional=round_half_up(_weight(posting), functional),
        fund=meta["fund"],
        project=meta.get("project", ""),
        instalment=meta.get("instalment", ""),
    )


def _weight(posting: data.Posting) -> Decimal:
    """The functional amount. Beancount keeps a total price as the price of one unit, so the product is rounded."""
    assert posting.units is not None
    number: Decimal = posting.units.number
    return number if posting.price is None else number * posting.price.number


@dataclass(frozen=True, slots=True)
class LoadedBook:
    """What Beancount's own loader found in a book.

    `balances` maps (account, sub-fund, currency) to (amount, functional amount) in minor units; `entries` counts
    the transactions; `errors` holds the loader's messages.
    """

    balances: dict[tuple[str, str, str], tuple[int, int]]
    entries: int
    errors: list[str]


def load_book(path: Path, functional: str) -> LoadedBook:
    """Loads a book that this software wrote with Beancount's loader, without its cache file."""
    entries, errors, _ = loader.load_file(str(path))
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    count = 0
    for entry in data.filter_txns(entries):
        count += 1
        for posting in entry.postings:
            leg = _to_leg(posting, functional)
            cell = sums[leg.account, leg.fund, leg.currency]
            cell[0] += leg.amount
            cell[1] += leg.functional
    balances = {key: (amount, carried) for key, (amount, carried) in sums.items()}
    return LoadedBook(balances, count, [_describe(error) for error in errors])


def _describe(error: Any) -> str:
    where = f"{Path(error.source['filename']).name}:{error.source['lineno']}"
    return f"{where}: {error.message}"
