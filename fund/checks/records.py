"""Documents against their entries, entries against their documents, numbers and audit records."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import DatabaseError

from fund.checks.documents import Kind
from fund.checks.instants import Done, read_instants
from fund.checks.kinds import KINDS
from fund.checks.people import check_people
from fund.checks.posted import Expected, Sums, negate, sum_legs
from fund.checks.told import Told, find_changed, find_changed_lines
from fund.models import Document, NumberSeries
from fund.money import read_amount
from ledger.causes import Caused, causes, find_caused
from ledger.checks import Report, describe_error
from ledger.errors import Refused
from ledger.money import Amount
from ledger.queries import entries
from ledger.questions import ask, one_of

_RUN = re.compile(r"([A-Z]{3})-([0-9]{4}-(?:0[1-9]|1[0-2]))(?:-([2-9]|[1-9][0-9]+))?", re.ASCII)
_NUMBER = re.compile(r"([A-Z]{3})-([0-9]{4})-([0-9]{4,9})", re.ASCII)

# Plain SQL: they are as many as the documents. An instant is compared up to its minute, see `to_minute`.
_ACTS = """
    SELECT subject, act, user_id, SUBSTR(CAST(at AS VARCHAR), 1, 16), before, after
    FROM fund_auditrecord WHERE subject {} ORDER BY id
"""


def check_documents(report: Report) -> Iterator[str]:
    """Every document has caused the entries that it must have; its people, acts and words are those of the audit."""
    for kind in KINDS:
        for documents in kind.chunks(report):
            numbers = [document.number for document in documents]
            caused, told = find_caused(numbers), _find_acts(numbers)
            words = {number: words for number, (_, words) in told.items()}
            changed, lines = find_changed(documents, words), find_changed_lines(documents, words)
            instants = read_instants(documents)
            for document in documents:
                done = told[document.number][0]
                found = _check_document(kind, document, caused[document.number], done, instants[document.pk])
                # What an entry or a missing record says is said once.
                number = document.number
                yield from found or [*changed.get(number, []), *lines.get(number, [])]


def _check_document(
    kind: Kind, document: Any, caused: list[Caused], done: Mapping[str, Done], instants: Sequence[str]
) -> list[str]:
    """What a row names may be gone, and what is in it anything: that is a problem of this document alone."""
    try:
        people = check_people(document, kind.acts(document), done, instants)
        return [*check_entries(kind, document, caused), *people]
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - as said above
        return [f"{document.number} cannot be read ({describe_error(error)})."]


def _find_acts(numbers: Sequence[str]) -> dict[str, tuple[dict[str, Done], Told]]:
    """Who did what to each document and when, and what it was after all of it, as the audit records have it."""
    found: dict[str, tuple[dict[str, Done], Told]] = {number: ({}, Told()) for number in numbers}
    named, wanted = one_of(numbers)
    for number, act, person, at, before, after in ask(_ACTS.format(named), [wanted]):
        done, told = found[number]
        done[act] = person, at
        # Terms are beside what they are of, and compared by `check_terms`.
        if act != "set recovery terms":
            told.add(before, after)
    return found


def check_entries(kind: Kind, document: Any, caused: list[Caused]) -> Iterator[str]:
    """A document has caused the entries that it must have, with its own days and amounts, and no other."""
    originals = [entry for entry in caused if not entry.is_reversal]
    reversals = [entry for entry in caused if entry.is_reversal]
    try:
        expected = kind.expect(document, originals)
        if kind.parts:
            yield from _check_parts(kind, document)
    except Refused as refusal:
        yield f"{document}: {refusal.message}"
        return
    yield from _check_number(kind, document)
    yield from _check_entries(document, kind, expected, originals, "entry")
    # What rests on the first entry ends before it.
    last_first = (*expected[1:], *expected[:1])
    ended = [Expected(item.ended_on, negate(item.sums)) for item in last_first if item.ended_on]
    if ended or reversals:
        yield from _check_entries(document, kind, ended, reversals, "reversal")


def _check_parts(kind: Kind, document: Any) -> Iterator[str]:
    amount = read_amount(document, "amount")
    parts = [read_amount(part, "amount") for part in document.rows]
    total = Amount(sum(part.minor for part in parts), amount.currency)
    if total != amount or any(part.currency != amount.currency for part in parts):
        yield f"{document} is of {amount}, its {kind.parts} add up to {total}."


def _check_number(kind: Kind, document: Any) -> Iterator[str]:
    if kind.letter:
        whole = getattr(document, kind.whole)
        if document.number != f"{whole}/{kind.letter}{document.position}":
            yield f"{document} is not numbered as a part of {whole}."
        return
    day = getattr(document, kind.day)
    period = f"{day:%Y-%m}" if kind.by_month else str(day.year)
    number = document.number
    if not number.startswith(f"{kind.model.PREFIX}-{period}-") and not (kind.by_month and number.endswith(period)):
        what = "month" if kind.by_month else "year"
        yield f"{document} is dated in {period}: its number is of another {what}."


def _check_entries(
    document: Document, kind: Kind, expected: Sequence[Expected], found: Sequence[Caused], what: str
) -> Iterator[str]:
    if len(expected) != len(found):
        numbers = ", ".join(entry.number for entry in found) or "none"
        yield f"{document} must have caused {len(expected)} {what if len(expected) == 1 else _plural(what)}: {numbers}."
        return
    for item, entry in zip(expected, found, strict=True):
        if item.on != entry.on:
            yield f"{document} is dated {item.on}, its {what} {entry.number} {entry.on}."
        posted = sum_legs([entry], kind.accounts)
        if item.sums != posted:
            yield from _compare(document, item.sums, posted)


def _plural(what: str) -> str:
    return "entries" if what == "entry" else f"{what}s"


def _compare(document: Document, stated: Sums, posted: Sums) -> Iterator[str]:
    for key in sorted(stated.keys() | posted.keys()):
        account, fund, detail, currency = key
        has, books = (Amount(sums.get(key, 0), currency) for sums in (stated, posted))
        if has != books:
            where = f"{account} in {fund}{f' for {detail}' if detail else ''}"
            yield f"{document}: {where} is {has} on the document, {books} in the books (debit positive)."


def check_numbers(report: Report) -> Iterator[str]:
    """Documents are numbered without gaps within their kind and year, as far as the series says."""
    for kind in KINDS:
        if kind.letter:
            yield from _check_positions(kind)
            continue
        if kind.by_month:
            yield from _check_run_numbers(kind)
            continue
        prefix = kind.model.PREFIX
        last = dict(NumberSeries.objects.filter(prefix=prefix).values_list("year", "last"))
        numbers: defaultdict[int, set[int]] = defaultdict(set)
        for number in kind.model._default_manager.order_by().values_list("number", flat=True).iterator():
            match = _NUMBER.fullmatch(number)
            if match is None or match[1] != prefix:
                yield f"{number} is not a number of its kind, such as {prefix}-2026-0001."
                continue
            numbers[int(match[2])].add(int(match[3]))
        for year in sorted(last.keys() | numbers.keys()):
            given = set(range(1, last.get(year, 0) + 1))
            for gap in sorted(given - numbers[year]):
                yield f"{prefix}-{year}-{gap:04d} is missing."
            for extra in sorted(numbers[year] - given):
                yield f"{prefix}-{year}-{extra:04d} was never given out."


def _check_positions(kind: Kind) -> Iterator[str]:
    """What is numbered within another document is so without gaps; the last shows in the audit records alone."""
    places: defaultdict[str, int] = defaultdict(int)
    parts: Any = kind.model._default_manager.order_by(kind.whole_number, "position")
    for whole, position in parts.values_list(kind.whole_number, "position").iterator():
        places[whole] += 1
        if position != places[whole]:
            yield f"{whole}/{kind.letter}{places[whole]} is missing."
            places[whole] = position


def _check_run_numbers(kind: Kind) -> Iterator[str]:
    """The runs of a month are counted without gaps. The last one, if taken away, leaves its entry behind."""
    prefix = kind.model.PREFIX
    counts: defaultdict[str, set[int]] = defaultdict(set)
    for number in kind.model._default_manager.order_by("pk").values_list("number", flat=True).iterator():
        match = _RUN.fullmatch(number)
        if match is None or match[1] != prefix:
            yield f"{number} is not a number of its kind, such as {prefix}-2026-06."
            continue
        counts[match[2]].add(int(match[3] or 1))
    for month, found in sorted(counts.items()):
        for gap in sorted(set(range(1, max(found))) - found):
            yield f"{prefix}-{month}{f'-{gap}' if gap > 1 else ''} is missing."


def check_causes(report: Report) -> Iterator[str]:
    """Every entry names a document that exists as its cause."""
    for number in entries().exclude(links__position=0).values_list("number", flat=True):
        yield f"{number} names no document as its cause."
    unknown = causes()
    for kind in KINDS:
        unknown = unknown.exclude(document__in=kind.model._default_manager.order_by().values("number"))
    for number, document in unknown.values_list("entry__number", "document"):
        yield f"{number} is caused by {document}, which is no document."
