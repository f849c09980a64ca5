"""The balances that a book asserts: at month ends, of what moved; at year ends and after the last entry, of all."""

import re
from datetime import date

from ledger.assertions import balance_lines
from ledger.operations import open_account, post_entries
from tests.ledger.drafts import BANK, GIFTS, make_draft, make_foreign_draft, make_leg


def read_lines(until: date | None = None) -> list[str]:
    return [re.sub(r" +", " ", line.replace(" balance ", " ")) for line in balance_lines(until)]


def test_a_month_asserts_what_moved_in_it_on_the_next_day(books: None):
    post_entries([make_draft(on=date(2025, 2, 3)), make_foreign_draft(on=date(2025, 3, 31))], by="officer")
    post_entries([make_draft(5, on=date(2025, 6, 30)), make_draft(1, on=date(2025, 8, 9))], by="officer")
    assert read_lines() == [
        "2025-03-01 Assets:Bank:CITI-USD 100.00 USD",
        "2025-04-01 Assets:Bank:RBC-CAD 10000.00 CAD",
        "2025-07-01 Assets:Bank:CITI-USD 100.05 USD",
        "2025-08-10 Assets:Bank:CITI-USD 100.06 USD",
        "2025-08-10 Assets:Bank:RBC-CAD 10000.00 CAD",
    ]


def test_the_end_of_a_year_asserts_all_even_where_nothing_moved(books: None):
    post_entries([make_draft(on=date(2025, 2, 3)), make_foreign_draft(on=date(2026, 1, 5))], by="officer")
    assert read_lines()[1:] == [
        "2026-01-01 Assets:Bank:CITI-USD 100.00 USD",
        "2026-01-06 Assets:Bank:CITI-USD 100.00 USD",
        "2026-01-06 Assets:Bank:RBC-CAD 10000.00 CAD",
    ]


def test_what_came_back_to_zero_in_its_month_is_asserted(books: None):
    post_entries([make_draft(on=date(2025, 2, 3)), make_draft(-100_00, on=date(2025, 2, 4))], by="officer")
    assert read_lines() == ["2025-02-05 Assets:Bank:CITI-USD 0.00 USD"]


def test_an_account_above_others_changes_with_them(books: None):
    open_account("Assets:Bank")
    above = make_draft(legs=(make_leg("Assets:Bank", 7), make_leg(GIFTS, -7)), on=date(2025, 1, 1))
    post_entries([above, make_draft(on=date(2025, 2, 3)), make_draft(on=date(2025, 3, 3))], by="officer")
    assert read_lines()[:3] == [
        "2025-02-01 Assets:Bank 0.07 USD",
        "2025-03-01 Assets:Bank 100.07 USD",
        "2025-03-01 Assets:Bank:CITI-USD 100.00 USD",
    ]


def test_a_book_cut_inside_a_month_asserts_up_to_its_last_entry(books: None):
    post_entries([make_draft(on=date(2025, 2, day)) for day in (3, 5, 9)], by="officer")
    assert read_lines(date(2025, 2, 7)) == ["2025-02-06 Assets:Bank:CITI-USD 200.00 USD"]


def test_equity_is_asserted_and_income_is_not(books: None):
    legs = (make_leg("Equity:Unallocated", 5), make_leg(BANK, -5))
    post_entries([make_draft(legs=legs)], by="officer")
    assert [line.split()[1] for line in read_lines()] == ["Assets:Bank:CITI-USD", "Equity:Unallocated"]
    post_entries([make_draft()], by="officer")
    assert len(read_lines()) == 2


def test_empty_books_assert_nothing(books: None):
    assert read_lines() == []
