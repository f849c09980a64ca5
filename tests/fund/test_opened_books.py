"""Opened books: the operation, what check_ledger says of them, and their pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.checks import run_checks
from fund.errors import BalancesDiffer, BookOpened, FundsFirst, NotPermitted, ValueInvalid
from fund.models import AuditRecord, OpenedBook, OpeningMode
from fund.operations.opened_books import BookFile, Key, open_book
from fund.policy import CarriedEntry, open_balances
from ledger.entries import Leg
from ledger.errors import YearNotOpen
from ledger.queries import entries

FILE = BookFile("book.beancount", "a" * 64, OpeningMode.HISTORY)
CASH = ("Assets:Cash", "POOL", "USD")
GIFTS = ("Income:Gifts", "POOL", "USD")


def make_entry(line: int = 1, amount: int = 500, account: str = "Assets:Cash", fund: str = "POOL") -> CarriedEntry:
    legs = (Leg(account, amount, "USD", amount, fund), Leg("Income:Gifts", -amount, "USD", -amount, fund))
    return CarriedEntry(line, date(2026, 2, line), "Peru", "Gift", legs)


def keep_quiet(*_: object) -> None:
    """Progress that nobody watches."""


def take_over(
    by: User, *found: CarriedEntry, file: BookFile = FILE, balances: Mapping[Key, int] | None = None, **options: Any
) -> OpenedBook:
    wanted = balances if balances is not None else {CASH: 500 * len(found), GIFTS: -500 * len(found)}
    options.setdefault("progress", keep_quiet)
    return open_book(file, entries=found, currencies={}, balances=wanted, by=by, **options)


@pytest.fixture
def book(fund_year: int, officer: User) -> OpenedBook:
    """OPB-2026-0001: twelve gifts of 5.00."""
    return take_over(officer, *map(make_entry, range(1, 13)))


def test_a_book_is_recorded_with_its_entries_and_its_act(book: OpenedBook, officer: User):
    assert (book.number, book.entries, book.begins_on) == ("OPB-2026-0001", 12, date(2026, 2, 1))
    act = AuditRecord.objects.get(act="open book")
    assert (act.subject, act.user, act.detail) == ("OPB-2026-0001", officer, "book.beancount, Full history: 12")


def test_progress_counts_the_entries(fund_year: int, officer: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fund.operations.opened_books._CHUNK", 2)
    seen: list[tuple[int, int]] = []
    take_over(officer, *map(make_entry, (1, 2, 3)), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(2, 3), (3, 3)]


def test_the_same_file_is_refused(book: OpenedBook, officer: User):
    with pytest.raises(BookOpened, match="This file was opened already, as OPB-2026-0001 of 2026-06-15"):
        take_over(officer, make_entry())


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], "There is nothing in the book to open"),
        ([make_entry(account="Assets:Receivable:PER")], "Assets:Receivable:PER belongs to the fund's own documents"),
        ([make_entry(account="Liabilities:Refundable:PER")], "Liabilities:Refundable:PER belongs to the fund's own"),
        ([make_entry(account="Income:InKind:PER")], "Income:InKind:PER belongs to the fund's own documents"),
        ([make_entry(account="Equity:Unallocated")], "Equity:Unallocated belongs to the fund's own documents"),
        ([make_entry(fund="PERU")], "“PERU” is not a sub-fund. There are: POOL, GENERAL"),
    ],
)
def test_what_has_no_place_in_the_fund_is_refused(
    found: Sequence[CarriedEntry], message: str, fund_year: int, officer: User
):
    with pytest.raises(ValueInvalid, match=message):
        take_over(officer, *found)
    assert entries().count() == 0


@pytest.mark.parametrize(
    ("balances", "message"),
    [
        ({CASH: 501, GIFTS: -500}, r"Assets:Cash of POOL: USD 5\.00 here, USD 5\.01 there"),
        ({CASH: 500}, r"Income:Gifts of POOL: USD -5\.00 here, USD 0\.00 there"),
        ({CASH: 500, GIFTS: -500, ("Assets:X", "POOL", "USD"): 1}, "Assets:X of POOL"),
    ],
)
def test_other_balances_take_everything_back(balances: Mapping[Key, int], message: str, fund_year: int, officer: User):
    with pytest.raises(BalancesDiffer, match=message):
        take_over(officer, make_entry(), balances=balances)
    assert (entries().count(), OpenedBook.objects.count()) == (0, 0)


def test_balances_are_those_of_the_book_alone(book: OpenedBook, officer: User):
    other = BookFile("other.beancount", "b" * 64, OpeningMode.HISTORY)
    assert take_over(officer, make_entry(), file=other).number == "OPB-2026-0002"
    assert run_checks(lambda _: None) == []


def test_a_bank_account_below_zero_is_refused(fund_year: int, officer: User):
    key = ("Assets:Bank:X", "POOL", "USD")
    with pytest.raises(FundsFirst, match=r"POOL has USD -5\.00 in Assets:Bank:X at the end of 2026-02"):
        take_over(officer, make_entry(1, -500, "Assets:Bank:X"), balances={key: -500, GIFTS: 500})


def test_a_year_that_is_not_open_is_refused(officer: User):
    with pytest.raises(YearNotOpen):
        take_over(officer, make_entry())


def test_an_auditor_opens_no_book(fund_year: int, auditor: User):
    with pytest.raises(NotPermitted):
        take_over(auditor, make_entry())


def test_opening_balances_leave_what_is_open_in_equity_for_each_sub_fund():
    legs = (Leg("Assets:A", 5, "USD", 5, "POOL"), Leg("Assets:B", 2, "EUR", 3, "GENERAL"))
    added = open_balances(legs, equity="Equity:X", currency="USD")[2:]
    assert added == (Leg("Equity:X", -5, "USD", -5, "POOL"), Leg("Equity:X", -3, "USD", -3, "GENERAL"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"entries": 11}, "OPB-2026-0001: It must have caused 11 entries, and caused 12."),
        ({"begins_on": date(2026, 1, 31)}, "OPB-2026-0001 is dated 2026-01-31, its entry JE-2026-000001 2026-02-01."),
    ],
)
def test_what_was_changed_in_an_opened_book_is_found(change: dict[str, Any], problem: str, book: OpenedBook):
    assert run_checks(lambda _: None) == []
    OpenedBook.objects.update(**change)
    assert run_checks(lambda _: None) == [problem]


def test_an_opened_book_that_vanished_is_found(book: OpenedBook):
    OpenedBook.objects.all().delete()
    assert "JE-2026-000001 is caused by OPB-2026-0001, which is no document." in run_checks(lambda _: None)


def test_the_list_leads_to_the_book_and_this_to_its_entries(book: OpenedBook, auditor_client: Client):
    page = auditor_client.get("/opened-books/?q=BOOK&mode=history").content.decode()
    assert f'href="{book.get_absolute_url()}"' in page
    page = auditor_client.get(book.get_absolute_url()).content.decode()
    assert page.count('<details class="entry"') == 10
    assert f'href="/journal/?q={book.number}&amp;ordering=number"' in page
    assert book.sha256 in page
    found = auditor_client.get(f"/journal/?q={book.number}&ordering=number").context["page_obj"]
    assert found.paginator.count == 12


def test_a_list_without_books_says_what_opens_one(auditor_client: Client):
    assert "The command import_book opens one." in auditor_client.get("/opened-books/").content.decode()
    assert "No opened book is like that" in auditor_client.get("/opened-books/?q=x").content.decode()


def test_the_journal_leads_to_the_book(book: OpenedBook, auditor_client: Client):
    page = auditor_client.get("/journal/JE-2026-000001/").content.decode()
    assert f'href="{book.get_absolute_url()}"' in page
    assert "OPB-2026-0001/1" in page


def test_a_donor_sees_no_opened_books(book: OpenedBook, donor_client: Client):
    assert donor_client.get(book.get_absolute_url()).status_code == 403
