"""Beancount's syntax, written: the lines of an entry and of a book. Pure: no Django, no clock.

`ledger/beans.py` has Beancount itself read what this module writes.
"""

import marshal
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b

from ledger.entries import Draft, Leg
from ledger.money import Amount, currency_name

# Beancount alone accepts half a unit of the last decimal written; the books accept nothing. A total price divided by
# the units and multiplied again leaves dust 20 digits below the cent: the default covers it in a currency without
# decimals, and in an entry that has no leg in the functional currency.
OPTIONS = (
    'option "tolerance_multiplier" "0.001"',
    'option "inferred_tolerance_default" "*:0.00001"',
)

# The lines that `render_entry` writes and no other: where Beancount finds a fault in a line, it goes on behind it, and
# follows an `include` there, indented or not.
_QUOTED = r'"[^"\\\x00-\x1f\x7f]*(?:\\["\\][^"\\\x00-\x1f\x7f]*)*"'
_NAME = r"[A-Za-z0-9/._-]+"
_UNITS = r"-?[0-9]+(?:\.[0-9]+)? [A-Z]{3}"
_ENTRY = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} \* {_QUOTED} {_QUOTED} #{_NAME} (?:\^{_NAME}(?: \^{_NAME})*)?\n"
    rf"(?:  [a-z_]+: {_QUOTED}\n)+"
    rf"(?:  [A-Z][A-Za-z0-9:-]* +{_UNITS}(?: @@ {_UNITS})?\n(?:    [a-z_]+: {_QUOTED}\n)*)+"
)

BUDGET_INTERVALS = ("daily", "weekly", "monthly", "quarterly", "yearly")


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


# What a Leg has, in its order, as a plain tuple: made a hundred thousand times, it takes a third of the time.
PlainLeg = tuple[str, int, str, int, str, str, str, str]


def fingerprint(words: Sequence[str], links: Iterable[str], stamp: Sequence[str], legs: Sequence[PlainLeg]) -> bytes:
    """16 bytes that tell one entry with its stamp from every other; the order of the links makes no difference.

    `words` are the day, the kind, the payee, the narration and the number of what it reverses.
    """
    # As of version 2: later ones write the same text in several ways.
    told = marshal.dumps(((*words, *sorted(links)), tuple(stamp), list(legs)), 2)
    return blake2b(told, digest_size=16).digest()


def quote(text: str) -> str:
    """`text` as a Beancount string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def render_instant(at: datetime) -> str:
    """An instant in UTC, to the second; a fraction, which no entry has, shows."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def render_entry(draft: Draft, stamp: Stamp, functional: str) -> str:
    """The Beancount text of an entry, ending in a line feed. It is what the books keep, byte for byte."""
    links = " ".join(f"^{link}" for link in draft.links)
    lines = [f"{draft.on} * {quote(draft.payee)} {quote(draft.narration)} #{draft.kind} {links}"]
    facts = {"number": stamp.number, "posted_at": stamp.posted_at, "posted_by": stamp.posted_by}
    lines += _meta("  ", facts | {"reverses": draft.reverses})
    for leg in draft.legs:
        lines.append(_render_leg(leg, functional))
        codes = {"fund": leg.fund, "project": leg.project, "instalment": leg.instalment, "party": leg.party}
        lines += _meta("    ", codes)
    return "\n".join(lines) + "\n"


def _meta(indent: str, facts: Mapping[str, str]) -> Iterator[str]:
    return (f"{indent}{key}: {quote(value)}" for key, value in facts.items() if value)


def _render_leg(leg: Leg, functional: str) -> str:
    amount = render_amount(Amount(leg.amount, leg.currency))
    if leg.currency != functional:
        amount += f" @@ {render_amount(Amount(abs(leg.functional), functional))}"
    return f"  {leg.account:<44} {amount}"


def render_amount(amount: Amount) -> str:
    """An amount as Beancount and its queries write it: 1234.50 USD."""
    return f"{amount.decimal:f} {amount.currency}"


def read_links(text: str) -> list[str]:
    """The documents that an entry's text is linked to, in their order: the one that caused it first."""
    # A quotation mark inside a text has a backslash before it, so the last one ends the narration.
    return re.findall(r"\^(\S+)", text.partition("\n")[0].rpartition('"')[2])


def is_entry(text: str) -> bool:
    """True where `text` has the lines of one entry, and so holds no other directive, such as a plugin or an include."""
    return _ENTRY.fullmatch(text) is not None


def render_commodity(currency: str, on: date) -> str:
    """The lines that name a currency."""
    return f"{on} commodity {currency}\n  name: {quote(currency_name(currency))}"


def render_open(account: OpenAccount, on: date, days: Mapping[str, date] | None = None) -> str:
    """The lines that open an account, with `days` that a query can look up by their keys."""
    lines = [f"{on} open {account.name} {account.currency}".rstrip()]
    return "\n".join([*lines, *(f"  {key}: {day}" for key, day in (days or {}).items())])


def render_price(on: date, currency: str, rate: Decimal, functional: str) -> str:
    """The line that gives a rate: units of the functional currency per unit of `currency`."""
    return f"{on} price {currency} {rate:f} {functional}"


def render_budget(account: str, interval: str, amount: Amount, on: date) -> str:
    """The line that gives an account a budget from a day on, as Fava reads it."""
    assert interval in BUDGET_INTERVALS
    return f"{on} custom {quote('budget')} {account} {quote(interval)} {render_amount(amount)}"


def render_balance(account: str, amount: Amount, on: date) -> str:
    """The line that asserts a balance at the beginning of a day."""
    return f"{on} balance {account:<44} {render_amount(amount)}"


def render_document(account: str, file: str, link: str, facts: Mapping[str, str], on: date) -> str:
    """The lines that attach a file to an account; `facts` are said of it, but for empty ones."""
    return "\n".join([f"{on} document {account} {quote(file)} ^{link}", *_meta("  ", facts)])


def render_query(name: str, query: str, on: date) -> str:
    """The line that keeps a query of bean-query under a name."""
    return f"{on} query {quote(name)} {quote(query)}"
