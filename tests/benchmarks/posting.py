"""Posting one entry durably, beside the least that it could cost; and posting in batches."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from beancount.ops import validation
from beancount.parser import booking, parser
from django.db import connection, transaction

from ledger.entries import Draft
from ledger.models import Account, Entry
from ledger.operations import post_entries, post_entry
from ledger.syntax import OPTIONS
from tests.benchmarks import traffic
from tests.benchmarks.timing import take

_VALIDATORS = (
    validation.validate_open_close,
    validation.validate_active_accounts,
    validation.validate_currency_constraints,
    validation.validate_data_types,
    validation.validate_check_transaction_balances,
)
_OPENS = "2016-01-01 open {} \n"
_AT_ONCE = 1_000
_NEXT_YEAR = traffic.FIRST_DAY + timedelta(days=traffic.DAYS)


def compare_single(times: int = 400) -> dict[str, float]:
    """Milliseconds of one entry, of Beancount's own work on it and of a bare insert and commit, taken in turn.

    The entries are of the year after all that is posted, in the order of their days. Beancount's work is taken once
    more in a loop that does nothing else: what the processor keeps at hand, it does in less time.
    """
    drafts = [_of_next_year(draft) for draft in traffic.make_drafts(times + 20, seed=2)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    post_entry(drafts.pop(), by="benchmark")
    ours, beans, bare, works = [], [], [], []
    for place, draft in enumerate(drafts):
        ours.append(take(lambda draft=draft: post_entry(draft, by="benchmark")))  # type: ignore[misc]
        text = Entry.objects.order_by("-id")[0].text
        works.append(_read_with_beancount(text, {leg.account for leg in draft.legs}))
        beans.append(take(works[-1]))
        bare.append(take(lambda text=text, place=place: _insert_bare(place, text)))  # type: ignore[misc]
    found = {"ours": ours, "beancount": beans, "bare": bare, "beancount in a loop": [take(work) for work in works]}
    return {name: statistics.median(times) for name, times in found.items()}


def _of_next_year(draft: Draft) -> Draft:
    # A tenth of ten years.
    return replace(draft, on=_NEXT_YEAR + (draft.on - traffic.FIRST_DAY) // 10)


def _read_with_beancount(texts: str, accounts: Iterable[str]) -> Callable[[], None]:
    source = "\n".join(OPTIONS) + "\n" + "".join(map(_OPENS.format, sorted(accounts))) + texts

    def read() -> None:
        entries, _, options = parser.parse_string(source)
        booked, errors = booking.book(entries, options)
        for validate in _VALIDATORS:
            errors += validate(booked, options)
        assert not errors

    return read


def _insert_bare(place: int, text: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (id, text) VALUES (%s, %s)", [place, text])


def compare_batches(count: int) -> dict[str, float]:
    """Entries a second in batches, each batch a transaction: in the order of their days, dated back, Beancount alone.

    On a new book: what is dated back goes through the same ten years once more.
    """
    in_order, back = _post(count, seed=1), _post(count, seed=3)
    texts = "\n".join(Entry.objects.order_by("id").values_list("text", flat=True)[:_AT_ONCE])
    alone = take(_read_with_beancount(texts, Account.objects.values_list("name", flat=True)))
    return {"per second": in_order, "dated back": back, "Beancount alone": _AT_ONCE / alone * 1e3}


def _post(count: int, *, seed: int) -> float:
    drafts = traffic.make_drafts(count, seed=seed)
    began = time.perf_counter()
    while batch := list(islice(drafts, _AT_ONCE)):
        post_entries(batch, by="benchmark")
    return count / (time.perf_counter() - began)
