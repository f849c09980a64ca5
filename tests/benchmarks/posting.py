"""Posting one entry durably, beside the least that it could cost; and posting in batches."""

import statistics
import time
from collections.abc import Callable
from itertools import islice

from beancount.ops import validation
from beancount.parser import booking, parser
from django.db import connection, transaction

from ledger.models import Entry
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


def compare_single(times: int = 400) -> dict[str, float]:
    """Milliseconds of one entry, of Beancount's own work on it and of a bare insert and commit, taken in turn."""
    drafts = list(islice(traffic.make_drafts(10 * times, seed=2), 10 * times - times - 20, None))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    post_entry(drafts.pop(), by="benchmark")
    ours, beans, bare = [], [], []
    for place, draft in enumerate(drafts):
        ours.append(take(lambda draft=draft: post_entry(draft, by="benchmark")))  # type: ignore[misc]
        text = Entry.objects.order_by("-id")[0].text
        beans.append(take(_read_with_beancount(text, {leg.account for leg in draft.legs})))
        bare.append(take(lambda text=text, place=place: _insert_bare(place, text)))  # type: ignore[misc]
    return {"ours": statistics.median(ours), "beancount": statistics.median(beans), "bare": statistics.median(bare)}


def _read_with_beancount(text: str, accounts: set[str]) -> Callable[[], None]:
    source = "\n".join(OPTIONS) + "\n" + "".join(map(_OPENS.format, sorted(accounts))) + text

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


def count_per_second(count: int = 20_000) -> float:
    """Entries a second in batches, each batch a transaction, through the full path."""
    drafts = traffic.make_drafts(count, seed=3)
    began = time.perf_counter()
    while batch := list(islice(drafts, 1_000)):
        post_entries(batch, by="benchmark")
    return count / (time.perf_counter() - began)
