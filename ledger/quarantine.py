"""Reads a book of somebody else in a process of its own, with limits on time, memory and answer.

A Beancount file is a program: its plugins run, its includes and documents read files. `program_lines` refuses what
could, before Beancount sees any of it; what Beancount then reads comes back as plain data.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from ledger.errors import BookUnfit, Finding
from ledger.program_lines import HARMLESS_OPTIONS, SHORTEN, check_book_text, describe_program_line

_PROGRAM = Path(__file__).with_name("outside.py")
_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may take: bytes of memory, seconds of work, bytes of answer."""

    memory: int
    seconds: int
    answer: int

    @classmethod
    def of(cls, size: int) -> "Limits":
        """Three times what a book of `size` bytes has been seen to take."""
        return cls(memory=256 * _MB + 100 * size, seconds=10 + 6 * size // _MB, answer=_MB + 10 * size)


@dataclass(frozen=True, slots=True)
class Price:
    """A price or a cost as it was written: `is_total` of the whole line (`@@`), otherwise of one unit.

    `number` is None where Beancount computed it.
    """

    number: Decimal | None
    currency: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """One posting. `number` is in major units, debit positive; `fund` is its metadata of that name, or empty.

    `is_computed` where Beancount found some of its numbers by what the other lines left.
    """

    line: int
    account: str
    number: Decimal
    currency: str
    fund: str
    is_computed: bool
    price: Price | None
    cost: Price | None


@dataclass(frozen=True, slots=True)
class OutsideEntry:
    """One transaction, also one that `pad` made, with the line that it begins in."""

    line: int
    on: date
    flag: str
    payee: str
    narration: str
    lines: tuple[OutsideLine, ...]


# Account, sub-fund (as the posting's metadata has it), currency.
Key = tuple[str, str, str]


@dataclass(slots=True)
class OutsideBook:
    """What Beancount found in a book, in its own words.

    `roots` are its names of the five types; `opened` maps accounts to the line and the currencies of their `open`;
    `prices` are (day, currency, number, other currency); `documents` are (line, file); `counts` says how many
    directives there are of each type; `balances` is what beanquery adds up, in major units.
    """

    currencies: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    entries: list[OutsideEntry] = field(default_factory=list)
    opened: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    prices: list[tuple[date, str, Decimal, str]] = field(default_factory=list)
    documents: list[tuple[int, str]] = field(default_factory=list)
    balances: dict[Key, Decimal] = field(default_factory=dict)

    def add(self, kind: str, *facts: Any) -> None:
        """Takes in one line of the answer of outside.py."""
        if kind == "book":
            found = facts[0]
            self.currencies, self.roots = tuple(found["currencies"]), tuple(found["roots"])
            self.counts = found["counts"]
        elif kind == "transaction":
            line, on, flag, payee, narration, lines = facts
            parts = tuple(_to_line(*part) for part in lines)
            self.entries.append(OutsideEntry(line, date.fromisoformat(on), flag, payee, narration, parts))
        elif kind == "open":
            self.opened[facts[0]] = (facts[1], tuple(facts[2]))
        elif kind == "price":
            self.prices.append((date.fromisoformat(facts[0]), facts[1], Decimal(facts[2]), facts[3]))
        elif kind == "document":
            self.documents.append((facts[0], facts[1]))
        else:
            account, fund, currency, number = facts
            self.balances[account, fund, currency] = Decimal(number)


def _to_line(
    line: int, account: str, number: str, currency: str, fund: str, is_computed: bool, price: Any, cost: Any
) -> OutsideLine:
    return OutsideLine(
        line,
        account,
        Decimal(number),
        currency,
        fund,
        is_computed,
        price and Price(Decimal(price[1]) if price[1] else None, price[2], is_total=price[0] == "@@"),
        cost and Price(Decimal(cost[0]), cost[1]),
    )


def read_book(text: bytes, *, until: date | None = None, limits: Limits | None = None) -> OutsideBook:
    """What Beancount finds in a book of somebody else; balances are those at the beginning of the day `until`.

    Raises BookUnfit with every line that is a program, or else with everything that Beancount refuses.
    """
    findings = list(check_book_text(text))
    if findings:
        raise BookUnfit(findings)
    book = OutsideBook()
    for kind, *facts in _ask(text, until, limits or Limits.of(len(text))):
        if kind == "program":
            findings.append(describe_program_line(*facts))
        elif kind == "error":
            findings.append(Finding(facts[0], f"Beancount refuses it: {facts[1]}"))
        else:
            book.add(kind, *facts)
    if findings:
        raise BookUnfit(findings)
    return book


def _ask(text: bytes, until: date | None, limits: Limits) -> Iterator[list[Any]]:
    asked = {
        "memory": limits.memory,
        "seconds": limits.seconds,
        "options": HARMLESS_OPTIONS,
        "until": str(until or ""),
    }
    with TemporaryFile() as book:
        book.write(text)
        book.seek(0)
        answer = _run([sys.executable, "-I", "-B", str(_PROGRAM), json.dumps(asked)], book, limits)
    return map(json.loads, answer.splitlines())


def _run(command: list[str], book: IO[bytes], limits: Limits) -> bytes:
    """What the program answers. Raises BookUnfit where it went beyond its limits or failed."""
    process = subprocess.Popen(
        command,
        stdin=book,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1"},
        start_new_session=True,
    )
    # The system counts the seconds of work; this one also ends a process that only waits.
    timer = Timer(3 * limits.seconds, process.kill)
    timer.start()
    try:
        assert process.stdout
        answer = process.stdout.read(limits.answer + 1)
        if len(answer) > limits.answer:
            raise _stopped(f"what is found in it is larger than {limits.answer // _MB} MB")
        code = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.communicate()
    _check_code(code, limits)
    return answer


def _check_code(code: int, limits: Limits) -> None:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _stopped(f"it takes more than {limits.seconds} seconds")
    if code:
        raise _stopped(f"Beancount fails on it, or it takes more than {limits.memory // _MB} MB of memory")


def _stopped(why: str) -> BookUnfit:
    return BookUnfit([Finding(0, f"Reading the book was stopped: {why}. {SHORTEN}")])
