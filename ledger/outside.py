"""Reads a book of somebody else with Beancount: the program of a process of its own.

`ledger/quarantine.py` starts it as a file, isolated and without this project on its path, gives it the text on its
standard input and reads one line of JSON for each thing found, as `_read` yields them.
"""

import io
import json
import resource
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import beanquery
from beancount import loader
from beancount.core import data
from beancount.core.interpolate import AUTOMATIC_META
from beancount.core.number import MISSING
from beancount.ops import validation
from beancount.parser import _parser, booking, grammar  # type: ignore[attr-defined]  # a module in C

_MOST_FILES = 32
_MOST_ERRORS = 51
_LONGEST_ERROR = 300
# Names with two underscores are Beancount's own, which it never prints.
_PRICE_META = "__written_price__"


class _Builder(grammar.Builder):
    """Beancount's own builder, which obeys no program line and keeps how a price was written."""

    def __init__(self, allowed: Container[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._allowed = allowed
        self.programs: list[tuple[int, str, str]] = []
        self.documents: list[tuple[int, str]] = []

    def option(self, filename: str, lineno: int, key: str, value: str) -> None:
        if key in self._allowed:
            super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]
        else:
            self.programs.append((lineno, "option", key))

    def plugin(self, filename: str, lineno: int, plugin_name: str, plugin_config: str | None) -> None:
        self.programs.append((lineno, "plugin", ""))

    def include(self, filename: str, lineno: int, include_filename: str) -> None:
        self.programs.append((lineno, "include", ""))

    def key_value(self, filename: str, lineno: int, key: str, value: Any) -> Any:
        # Beancount keeps a line's own place under these names, and a book could say another one.
        kept = f"{key}-written" if key in ("lineno", "filename") else key
        return super().key_value(filename, lineno, kept, value)  # type: ignore[no-untyped-call]

    def document(self, filename: str, lineno: int, date: date, account: str, document: str, *rest: Any) -> None:
        # Beancount would look for the file on this machine: it is named, and left out.
        self.documents.append((lineno, document))

    def posting(
        self, filename: str, lineno: int, account: str, units: Any, cost: Any, price: Any, istotal: bool, flag: Any
    ) -> Any:
        # Beancount divides a total price by the units, and computes one that is missing: both lose what was written.
        made = super().posting(  # type: ignore[no-untyped-call]
            filename, lineno, account, units, cost, price, istotal, flag
        )
        if price is not None:
            written = "" if price.number is MISSING else str(price.number)
            made.meta[_PRICE_META] = ("@@" if istotal else "@", written)
        return made


def _read(text: bytes, allowed: Container[str], until: date | None) -> Iterator[list[Any]]:
    """Everything that is asked of the text. Where there are program lines or errors, nothing else.

    `["program", line, word, option]`, `["error", line, message]`, `["book", facts]`, `["document", line, file]`,
    `["open", account, line, currencies]`, `["price", day, currency, number, currency]`, `["transaction", …]` with the
    fields of `_describe`, and `["balance", account, sub-fund, currency, number]` at the beginning of the day `until`.
    """
    builder = _Builder(allowed)
    _parser.Parser(builder).parse(io.BytesIO(text), filename="book", lineno=1)
    parsed, errors, options = builder.finalize()  # type: ignore[no-untyped-call]
    if builder.programs:
        yield from (["program", *found] for found in builder.programs)
        return
    entries, errors = _load(parsed, errors, options)
    if errors:
        yield from _describe_errors(errors)
        return
    yield ["book", _describe_book(parsed, options)]
    yield from (["document", *found] for found in builder.documents)
    for entry in entries:
        line = entry.meta["lineno"]
        if isinstance(entry, data.Open):
            yield ["open", entry.account, line, entry.currencies or []]
        elif isinstance(entry, data.Price):
            yield ["price", str(entry.date), entry.currency, str(entry.amount.number), entry.amount.currency]
        elif isinstance(entry, data.Transaction):
            yield ["transaction", line, *_describe(entry)]
    yield from _ask_balances(entries, options, until)


def _load(entries: list[Any], errors: list[Any], options: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """What Beancount's loader does after parsing: books, pads, checks balances and validates."""
    entries, more = booking.book(entries, options)
    entries, errors = loader.run_transformations(entries, [*errors, *more], options, None)
    return entries, [*errors, *validation.validate(entries, options)]


def _describe_errors(errors: Iterable[Any]) -> Iterator[list[Any]]:
    found = {((error.source or {}).get("lineno", 0), " ".join(error.message.split())) for error in errors}
    for line, message in sorted(found)[:_MOST_ERRORS]:
        yield ["error", line, message[:_LONGEST_ERROR]]


def _describe_book(parsed: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
    roots = [options[f"name_{name}"] for name in ("assets", "liabilities", "equity", "income", "expenses")]
    counts = Counter(type(entry).__name__ for entry in parsed)
    return {"currencies": options["operating_currency"], "roots": roots, "counts": counts}


def _describe(entry: Any) -> tuple[Any, ...]:
    """Day, flag, payee, narration and postings."""
    postings = [_describe_posting(posting) for posting in entry.postings]
    return str(entry.date), entry.flag, entry.payee or "", entry.narration or "", postings


def _describe_posting(posting: Any) -> tuple[Any, ...]:
    """Line, account, number, currency, sub-fund, whether Beancount computed some of it, price and cost.

    A price is `@` or `@@`, the number as it was written (empty where Beancount computed it) and the currency.
    """
    meta, price, cost = posting.meta or {}, posting.price, posting.cost
    return (
        meta.get("lineno", 0),
        posting.account,
        str(posting.units.number),
        posting.units.currency,
        _to_text(meta.get("fund")),
        bool(meta.get(AUTOMATIC_META)),
        None if price is None else (*meta[_PRICE_META], price.currency),
        None if cost is None else (str(cost.number), cost.currency),
    )


def _to_text(value: object) -> str:
    return "" if value is None else str(value)


def _ask_balances(entries: list[Any], options: dict[str, Any], until: date | None) -> Iterator[list[Any]]:
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)
    query = "SELECT account, meta('fund') AS fund, currency, sum(number) AS total"
    query += f" WHERE date < {until}" if until else ""
    found = connection.execute(f"{query} GROUP BY account, fund, currency")
    for account, fund, currency, total in found.fetchall():
        yield ["balance", account, _to_text(fund), currency, str(total)]


def _limit(*, memory: int, seconds: int) -> None:
    """The system stops this process beyond so many bytes of memory and seconds of work; it writes no file at all."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Reads the text on the standard input as the first argument says."""
    asked = json.loads(sys.argv[1])
    _limit(memory=asked["memory"], seconds=asked["seconds"])
    until = date.fromisoformat(asked["until"]) if asked["until"] else None
    for found in _read(sys.stdin.buffer.read(), asked["options"], until):
        sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main()
