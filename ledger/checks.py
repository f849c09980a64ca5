"""Proves the books: what the tables say against one another, against the texts, and against Beancount.

A check is a function that yields its problems, one sentence each, and reports how far it has come.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from ledger import accounts, beans, queries, triggers
from ledger.book import write_book
from ledger.chain import GENESIS, chain_hash, entry_number
from ledger.entries import Draft
from ledger.errors import AccountInvalid, Refused
from ledger.models import Account, Entry, MonthTotal, Posting
from ledger.money import Amount
from ledger.snapshot import reading
from ledger.syntax import Stamp

Report = Callable[[str], None]
Check = Callable[[Report], Iterator[str]]

_CHUNK = 1_000
_MOST_PROBLEMS = 50


def check_triggers(report: Report) -> Iterator[str]:
    """The database's triggers are in place."""
    for name in sorted(triggers.find_missing(connection)):
        yield f"The database lacks the trigger {name}, which keeps the journal from being changed."


def check_chain(report: Report) -> Iterator[str]:
    """Every entry has its place in the chain and the hash of its text."""
    place, previous = 0, GENESIS
    rows = Entry.objects.order_by("id").values_list("id", "number", "previous_sha256", "sha256", "text")
    for found, number, before, sha256, text in rows.iterator(chunk_size=_CHUNK):
        place += 1
        if found != place:
            yield f"{number} stands in place {found} of the chain, where place {place} is due."
            place = found
        if before != previous:
            yield f"{number} does not carry the hash of the entry before it."
        if sha256 != chain_hash(before, text):
            yield f"{number}: its text is not the one that its hash covers."
        previous = sha256
        _report_progress(report, place)


def _report_progress(report: Report, count: int) -> None:
    if count % 10_000 == 0:
        report(f"{count:,} entries")


def check_numbers(report: Report) -> Iterator[str]:
    """Entries are numbered without gaps within their fiscal year."""
    due: dict[int, int] = {}
    rows = Entry.objects.order_by("year", "sequence").values_list("year_id", "sequence", "number", "dated_on")
    for year, sequence, number, dated_on in rows.iterator(chunk_size=_CHUNK):
        wanted = due.get(year, 1)
        if sequence != wanted:
            yield f"{entry_number(year, wanted)} is missing: the next entry of {year} is {number}."
        if number != entry_number(year, sequence):
            yield f"{number} has the number of another entry: it is number {sequence} of {year}."
        if dated_on.year != year:
            yield f"{number} is dated {dated_on}, outside its fiscal year {year}."
        due[year] = sequence + 1


def check_zero(report: Report) -> Iterator[str]:
    """The postings of every entry add up to zero in each sub-fund, and none is without its entry."""
    sums = Posting.objects.order_by().values_list("entry__number", "fund").annotate(total=Sum("functional"))
    for number, fund, total in sums.exclude(total=0).iterator():
        yield f"{number}: the postings of sub-fund {fund} add up to {_functional(total)}, not to zero."
    few = Entry.objects.annotate(count=Count("postings")).filter(count__lt=2).values_list("number", "count")
    for number, count in few.iterator():
        yield f"{number} has {count} postings, where an entry has at least two."
    lost = Posting.objects.filter(~Exists(Entry.objects.filter(pk=OuterRef("entry_id"))))
    for place in lost.order_by("entry_id").values_list("entry_id", flat=True).distinct():
        yield f"There are postings of an entry in place {place}, and no such entry."


def check_accounts(report: Report) -> Iterator[str]:
    """Every account has a sound name, and takes no currency but its own."""
    for name in Account.objects.values_list("name", flat=True):
        try:
            accounts.check_name(name)
        except AccountInvalid as problem:
            yield problem.message
    names = Q()
    for kind in accounts.FUNCTIONAL_TYPES:
        names |= Q(account__name__startswith=f"{kind}:")
    wrong = Q(names, ~Q(currency=queries.functional_currency()))
    wrong |= ~Q(account__currency="") & ~Q(currency=F("account__currency"))
    rows = Posting.objects.filter(wrong).values_list("entry__number", "account__name", "currency")
    for number, account, currency in rows.iterator():
        yield f"{number} has {currency} in {account}, which does not take it."


def check_texts(report: Report) -> Iterator[str]:
    """Beancount reads in every entry's text what the tables hold."""
    found = Entry.objects.order_by("id").select_related("reverses").prefetch_related("postings__account", "links")
    for chunk in _chunks(found.iterator(chunk_size=_CHUNK)):
        yield from _compare_texts(chunk)
        report(f"{chunk[-1].pk:,} entries")


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(islice(entries, _CHUNK)):
        yield chunk


def _compare_texts(entries: list[Entry]) -> Iterator[str]:
    try:
        read = beans.read_entries([entry.text for entry in entries], queries.functional_currency())
    except Refused as problem:
        if len(entries) == 1:
            yield f"{entries[0].number}: its text is not sound. {problem.message}"
            return
        # Which one it is shows when they are read one by one.
        for entry in entries:
            yield from _compare_texts([entry])
        return
    for entry, (draft, stamp) in zip(entries, read, strict=True):
        for what in _find_differences(entry, draft, stamp):
            yield f"{entry.number}: the tables and the text differ in {what}."


def _find_differences(entry: Entry, draft: Draft, stamp: Stamp) -> Iterator[str]:
    stored = queries.get_draft(entry)
    stored = replace(stored, links=tuple(sorted(stored.links)))
    yield from (field.name for field in fields(Draft) if getattr(stored, field.name) != getattr(draft, field.name))
    if stamp != Stamp(entry.number, f"{entry.posted_at:%Y-%m-%dT%H:%M:%SZ}", entry.posted_by):
        yield "number, posted_at or posted_by"
    postings = entry.postings.all()
    if any(posting.dated_on != entry.dated_on for posting in postings):
        yield "the date of a posting"
    if [posting.line for posting in postings] != list(range(1, len(postings) + 1)):
        yield "the lines of the postings"


def check_totals(report: Report) -> Iterator[str]:
    """The month totals are the sums of their postings."""
    months = {*Posting.objects.dates("dated_on", "month"), *MonthTotal.objects.values_list("month", flat=True)}
    for month in sorted(months):
        stored, summed = _read_month(month), _sum_month(month)
        for key in sorted(stored.keys() | summed.keys()):
            if stored.get(key) != summed.get(key):
                what = " ".join(key)
                yield f"{month:%Y-%m} {what}: the month's total is not the sum of its postings."
        report(f"{month:%Y-%m}")


_Sums = dict[tuple[str, ...], tuple[int, ...]]


def _read_month(month: date) -> _Sums:
    rows = MonthTotal.objects.filter(month=month).order_by()
    names = ("account__name", "fund", "kind", "currency")
    return {row[:4]: row[4:] for row in rows.values_list(*names, "amount", "functional", "debit", "credit")}


def _sum_month(month: date) -> _Sums:
    within = Posting.objects.filter(dated_on__year=month.year, dated_on__month=month.month).order_by()
    if month.day != 1:
        return {}
    rows = within.values_list("account__name", "fund", "entry__kind", "currency").annotate(
        Sum("amount"),
        Sum("functional"),
        debit=Sum("functional", filter=Q(functional__gt=0), default=0),
        credit=-Sum("functional", filter=Q(functional__lt=0), default=0),
    )
    return {row[:4]: tuple(map(int, row[4:])) for row in rows}


CHECKS: list[Check] = [
    check_triggers,
    check_chain,
    check_numbers,
    check_zero,
    check_accounts,
    check_texts,
    check_totals,
]


def check_book(report: Report) -> Iterator[str]:
    """Beancount's own loader finds nothing in the whole book, and the balances that we have."""
    functional = queries.functional_currency()
    with TemporaryDirectory(prefix="book-") as folder:
        written = write_book(Path(folder), title="Check")
        report(f"{written.entries:,} entries written out")
        loaded = beans.load_book(written.main, functional)
    yield from (f"Beancount: {message}" for message in loaded.errors)
    if loaded.entries != written.entries:
        yield f"Beancount reads {loaded.entries} entries, the journal has {written.entries}."
    ours = _sum_postings()
    for account, fund, currency in sorted(ours.keys() | loaded.balances.keys()):
        key = (account, fund, currency)
        amounts = [
            f"{Amount(amount, currency)} ({_functional(carried)})"
            for amount, carried in (ours.get(key, (0, 0)), loaded.balances.get(key, (0, 0)))
        ]
        if len(set(amounts)) > 1:
            yield f"{account} of sub-fund {fund}: the books hold {amounts[0]}, Beancount finds {amounts[1]}."


def _sum_postings() -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = Posting.objects.order_by().values_list("account__name", "fund", "currency")
    return {
        (account, fund, currency): (int(amount), int(carried))
        for account, fund, currency, amount, carried in rows.annotate(Sum("amount"), Sum("functional"))
    }


def _functional(minor: Any) -> Amount:
    return Amount(int(minor), queries.functional_currency())


def run_checks(report: Report) -> list[str]:
    """Runs every check on one state of the books and returns the problems found, at most 50 of each check.

    `report` is told which check runs and how far it is. The book goes through Beancount's loader only where the rest
    is sound: a text that somebody changed may hold more than an entry, and a Beancount file can run code.
    """
    found: list[str] = []
    with reading():
        for check in CHECKS:
            found += run_check(check, report)
        if found:
            return [*found, "The book was not loaded with Beancount: the problems above come first."]
        return run_check(check_book, report)


def run_check(check: Check, report: Report) -> list[str]:
    """The problems that a check finds, at most 50 of them. `report` is told which check it is."""
    report((check.__doc__ or "").strip())
    problems = list(islice(check(report), _MOST_PROBLEMS + 1))
    if len(problems) > _MOST_PROBLEMS:
        problems[-1] = f"There are more of the same; the first {_MOST_PROBLEMS} are listed."
    return problems
