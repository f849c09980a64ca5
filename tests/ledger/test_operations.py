import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection

from ledger import operations, queries
from ledger.chain import GENESIS
from ledger.entries import Draft
from ledger.errors import (
    AccountInvalid,
    AlreadyReversed,
    EntryInvalid,
    EntryUnknown,
    Refused,
    UnknownCurrency,
    YearInvalid,
    YearNotOpen,
)
from ledger.models import DayBalance, Entry, Posting
from ledger.queries import Scope
from tests.ledger.drafts import BANK, GIFTS, as_row, make_draft, make_foreign_draft, make_leg, open_books


def post(**fields: Any) -> Entry:
    return operations.post_entry(make_draft(**fields), by="officer")


def test_entry_gets_the_next_number_of_its_year(books: None):
    days = [date(2026, 1, 15), date(2025, 3, 1), date(2026, 1, 2), date(2025, 3, 1)]
    numbers = [post(on=on).number for on in days]
    assert numbers == ["JE-2026-000001", "JE-2025-000001", "JE-2026-000002", "JE-2025-000002"]


def test_entries_of_one_batch_are_numbered_in_their_order(books: None):
    wanted = [make_draft(on=on) for on in (date(2026, 2, 1), date(2025, 1, 1), date(2026, 1, 1))]
    numbers = [entry.number for entry in operations.post_entries(wanted, by="officer")]
    assert numbers == ["JE-2026-000001", "JE-2025-000001", "JE-2026-000002"]


def test_entry_covers_the_one_before_with_its_hash(books: None):
    first, second = post(), post()
    assert (first.previous_sha256, second.previous_sha256) == (GENESIS, first.sha256)
    covered = f"{first.sha256}\n{second.text}".encode()
    assert second.sha256 == hashlib.sha256(covered).hexdigest()


def test_draft_comes_back_out_of_the_books(books: None):
    legs = (make_leg(BANK, 5, project="CYB-01", instalment="A/1"), make_leg(GIFTS, -5))
    for draft in (make_draft(legs=legs, links=("B", "A"), payee="", narration=""), make_foreign_draft()):
        entry = operations.post_entry(draft, by="officer")
        assert queries.get_draft(queries.get_entry(entry.number)) == draft


def test_posting_says_who_and_when(books: None, time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-01-20T08:30:15.5+00:00"))
    entry = operations.post_entry(make_draft(), by='O"Neil')
    assert entry.posted_at == datetime.fromisoformat("2026-01-20T08:30:15+00:00")
    assert '  posted_at: "2026-01-20T08:30:15Z"\n  posted_by: "O\\"Neil"\n' in entry.text


def test_nothing_is_written_where_one_entry_of_a_batch_is_wrong(books: None):
    for wrong in (make_draft(0), make_draft(on=date(2027, 1, 1)), make_draft(reverses="JE-2026-000009")):
        with pytest.raises(Refused):
            operations.post_entries([make_draft(), wrong], by="officer")
    assert (Entry.objects.count(), Posting.objects.count(), DayBalance.objects.count()) == (0, 0, 0)


def test_empty_batch_posts_nothing(books: None):
    assert operations.post_entries([], by="officer") == []


@pytest.mark.parametrize(
    ("draft", "error", "words"),
    [
        (make_draft(on=date(2027, 1, 1)), YearNotOpen, "Open: 2025, 2026"),
        (make_draft(legs=(make_leg("Assets:New", 1), make_leg(BANK, -1))), AccountInvalid, "Assets:New"),
        (make_draft(payee="p" * 201), EntryInvalid, "201 characters"),
        (make_draft(payee="\ud800"), EntryInvalid, "cannot be printed"),
        (make_foreign_draft(kind="k" * 21), EntryInvalid, "the books take 20"),
    ],
)
def test_refusal_says_why(books: None, draft: Draft, error: type[Refused], words: str):
    with pytest.raises(error, match=words):
        operations.post_entry(draft, by="officer")


@pytest.mark.parametrize("others", [0, 60], ids=["alone", "written while Beancount reads"])
def test_account_of_one_currency_takes_no_other(books: None, others: int):
    money, gift = make_foreign_draft().legs
    wrong = make_draft(legs=(replace(money, account=BANK), gift))
    with pytest.raises(EntryInvalid, match="Invalid currency CAD"):
        operations.post_entries([make_draft()] * others + [wrong], by="officer")
    assert (Entry.objects.count(), Posting.objects.count(), DayBalance.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("by", ["", "a\nb", "n" * 151])
def test_who_posts_has_a_name_that_fits(books: None, by: str):
    with pytest.raises(EntryInvalid):
        operations.post_entry(make_draft(), by=by)
    with pytest.raises(EntryInvalid):
        operations.open_year(2027, by=by)


def test_largest_amount_is_kept_to_the_cent(books: None):
    largest = 10**15 - 1
    for _ in range(3):
        post(amount=largest)
    assert queries.get_total(Scope(accounts=(BANK,))).functional == 3 * largest


def test_total_never_grows_past_what_the_database_keeps_exactly(books: None):
    for size in (500, 500):
        operations.post_entries([make_draft(10**15 - 1)] * size, by="officer")
    with pytest.raises(EntryInvalid, match="A balance would pass"):
        operations.post_entries([make_draft(10**15 - 1)] * 10, by="officer")
    assert Entry.objects.count() == 1000


def test_year_opens_once(books: None):
    operations.open_year(2026, by="somebody else")
    years = [(year.year, year.opened_by) for year in queries.years_with_counts()]
    assert years == [(2026, "officer"), (2025, "officer")]


@pytest.mark.parametrize("year", [-1, 999, 1899, 2200, 99999])
def test_year_outside_the_books_is_refused(db: None, year: int):
    with pytest.raises(YearInvalid, match="1900 to 2199"):
        operations.open_year(year, by="officer")


def test_entry_needs_an_open_year(db: None):
    with pytest.raises(YearNotOpen, match="open one first"):
        post()


def test_account_opens_once_and_keeps_its_currency(books: None):
    assert operations.open_account(BANK, currency="USD").pk == operations.open_account(BANK, currency="USD").pk
    with pytest.raises(AccountInvalid, match="open already, in USD"):
        operations.open_account(BANK, currency="CAD")


def test_account_needs_a_name_and_a_currency_that_exist(db: None):
    with pytest.raises(AccountInvalid):
        operations.open_account("Assets:bank")
    with pytest.raises(UnknownCurrency):
        operations.open_account("Assets:Bank", currency="XXX")


def test_reversal_brings_every_balance_back(books: None):
    entry = operations.post_entry(make_foreign_draft(), by="officer")
    reversal = operations.reverse_entry(entry.number, on=date(2026, 2, 1), reason="paid twice", by="approver")
    assert reversal.narration == "Reversal of RCT-2026-0001: paid twice"
    assert (reversal.reverses, reversal.kind) == (entry, entry.kind)
    assert f'  reverses: "{entry.number}"\n' in reversal.text
    assert {as_row(total)[3:] for total in queries.totals(Scope(), by=("account", "currency"))} == {(0, 0)}


def test_entry_is_reversed_once(books: None):
    entry = post()
    reversal = operations.reverse_entry(entry.number, on=entry.dated_on, reason="wrong", by="officer")
    for number in (entry.number, reversal.number):
        with pytest.raises(AlreadyReversed, match=number):
            operations.reverse_entry(number, on=entry.dated_on, reason="again", by="officer")
    with pytest.raises(AlreadyReversed, match=entry.number):
        post(reverses=entry.number)


def test_two_drafts_of_one_batch_cannot_reverse_the_same_entry(books: None):
    number = post().number
    with pytest.raises(AlreadyReversed):
        operations.post_entries([make_draft(reverses=number)] * 2, by="officer")


def test_reversal_is_dated_on_the_day_or_later(books: None):
    with pytest.raises(EntryInvalid, match="dated 2026-01-15 or later"):
        operations.reverse_entry(post().number, on=date(2026, 1, 14), reason="wrong", by="officer")


def test_reversal_needs_an_entry_and_a_reason_that_fits(books: None):
    with pytest.raises(EntryUnknown, match="JE-2026-000009"):
        operations.reverse_entry("JE-2026-000009", on=date(2026, 1, 15), reason="wrong", by="officer")
    with pytest.raises(EntryInvalid, match="the books take 500"):
        operations.reverse_entry(post().number, on=date(2026, 1, 15), reason="r" * 500, by="officer")


@pytest.mark.django_db(transaction=True)
def test_officers_who_post_at_once_make_one_chain_without_gaps():
    open_books()
    barrier = threading.Barrier(4)

    def work(_: int) -> None:
        barrier.wait()
        try:
            for _ in range(5):
                post()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as officers:
        list(officers.map(work, range(4)))
    entries = list(Entry.objects.order_by("id"))
    assert [entry.sequence for entry in entries] == list(range(1, 21))
    assert [entry.previous_sha256 for entry in entries[1:]] == [entry.sha256 for entry in entries[:-1]]
    assert queries.get_total(Scope(accounts=(BANK,))).functional == 20 * 100_00
