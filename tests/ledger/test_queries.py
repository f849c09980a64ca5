from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import causes, document_sums, queries
from ledger.document_sums import OpenInstalment
from ledger.entries import Draft
from ledger.errors import EntryUnknown
from ledger.operations import open_account, post_entries, post_entry, reverse_entry
from ledger.queries import DIMENSIONS, Scope
from tests.ledger.drafts import ACCOUNTS, BANK, CHARGES, DAYS, GIFTS, as_row, drafts, make_draft, make_leg
from tests.settings import ENGINE

Sums = dict[tuple[Any, ...], tuple[int, ...]]


def sum_drafts(posted: Iterable[Draft], scope: Scope, by: Sequence[str]) -> Sums:
    """What `totals` should say, added up leg by leg."""
    cells: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for draft in posted:
        for leg in draft.legs:
            row = {
                "account": leg.account,
                "fund": leg.fund,
                "kind": draft.kind,
                "party": leg.party,
                "currency": leg.currency,
                "month": draft.on.replace(day=1),
            }
            if is_in(scope, draft.on, row):
                added = (leg.amount, leg.functional, max(leg.functional, 0), max(-leg.functional, 0))
                key = tuple(row[name] for name in by)
                cells[key] = [old + new for old, new in zip(cells[key], added, strict=True)]
    kept = {key: sums for key, sums in cells.items() if any(sums)}
    return {key: (sums[0] if "currency" in by else 0, *sums[1:]) for key, sums in kept.items()}


def is_in(scope: Scope, on: date, row: dict[str, Any]) -> bool:
    beginnings = tuple(name for name in scope.accounts if name.endswith(":"))
    account = row["account"]
    return (
        (scope.since or date.min) <= on <= (scope.until or date.max)
        and (not scope.accounts or account in scope.accounts or account.startswith(beginnings))
        and account not in scope.without
        and (not scope.funds or row["fund"] in scope.funds)
        and (not scope.kinds or row["kind"] in scope.kinds)
        and (not scope.parties or row["party"] in scope.parties)
    )


def read_totals(scope: Scope, by: Sequence[str]) -> Sums:
    found = queries.totals(scope, by=by)
    rows = {tuple(getattr(total, name) for name in by): total for total in found}
    assert len(rows) == len(found)
    return {key: (total.amount, total.functional, total.debit, total.credit) for key, total in rows.items()}


FUNDS = ("POOL", "GENERAL", "AGR-2026-0001")
SCOPES = st.builds(
    Scope,
    since=st.none() | DAYS,
    until=st.none() | DAYS,
    accounts=st.sampled_from([(), ("Assets:",), ("Assets:Bank:", GIFTS), (BANK,), ("Assets:Bank",)]),
    funds=st.sampled_from([(), ("POOL",), ("POOL", "GENERAL")]),
    kinds=st.sampled_from([(), ("receipt",), ("receipt", "charge")]),
    parties=st.sampled_from([(), ("CAN",), ("CAN", "USA")]),
    without=st.sampled_from([(), (BANK,), (BANK, GIFTS)]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(drafts(st.sampled_from(FUNDS)), max_size=8), st.lists(SCOPES, min_size=3, max_size=3))
def test_totals_are_the_sums_of_the_postings(books: None, posted: list[Draft], scopes: list[Scope]):
    with transaction.atomic():
        # What comes second is dated back, or on the same days.
        for batch in (posted[::2], posted[1::2]):
            post_entries(batch, by="officer")
        for scope in scopes:
            for size in range(len(DIMENSIONS) + 1):
                for by in combinations(DIMENSIONS, size):
                    assert read_totals(scope, by) == sum_drafts(posted, scope, by)
            days, scope = [date(2026, 2, 1), scope.until or date(2026, 1, 1)], replace(scope, since=None, until=None)
            expected = {day: queries.totals(replace(scope, until=day), by=("account", "currency")) for day in days}
            assert queries.totals_at(scope, days, by=("account", "currency")) == expected
        transaction.set_rollback(True)


def test_trial_balance_lists_accounts_by_type(entries: None):
    found = queries.totals(Scope(until=date(2026, 1, 31)), by=("account", "currency"))
    assert [as_row(total) for total in found] == [
        (BANK, "", "USD", 123_50, 123_50),
        (GIFTS, "", "USD", -125_00, -125_00),
        (CHARGES, "", "USD", 1_50, 1_50),
    ]


def test_account_that_came_back_to_zero_keeps_its_movement(books: None):
    entry = post_entry(make_draft(), by="officer")
    reverse_entry(entry.number, on=date(2026, 3, 1), reason="wrong", by="officer")
    (total,) = queries.totals(Scope(accounts=(BANK,)), by=("account",))
    assert (total.functional, total.debit, total.credit) == (0, 100_00, 100_00)


def test_range_that_ends_before_it_begins_is_empty(books: None):
    post_entries([make_draft(on=date(2026, month, 1)) for month in (1, 3)], by="officer")
    assert queries.totals(Scope(since=date(2026, 4, 1), until=date(2026, 2, 1)), by=("account",)) == []


def test_beginning_of_a_name_is_taken_to_the_letter(books: None):
    open_account("Assets:BANK:Other", currency="USD")
    legs = (make_leg("Assets:BANK:Other", 7), make_leg(GIFTS, -7))
    post_entries([make_draft(legs=legs), make_draft(5)], by="officer")
    assert queries.get_total(Scope(accounts=("Assets:Bank:",))).functional == 5


def test_dimension_that_does_not_exist_is_a_mistake(db: None):
    with pytest.raises(AssertionError):
        queries.totals(Scope(), by=("payee",))


def test_instalment_adds_up_by_account_and_kind(books: None):
    claim = make_leg("Assets:Receivable:CAN", 100_00, currency="CAD", functional=73_00, instalment="A/1")
    signed = make_draft(legs=(claim, make_leg(GIFTS, -73_00)), kind="agreement")
    paid = make_draft(legs=(make_leg(BANK, 73_00), claim.opposite()), on=date(2026, 5, 1))
    post_entries([signed, paid], by="officer")
    found = document_sums.instalment_totals(["A/1", "A/2"])
    assert [(total.kind, total.amount, total.functional) for total in found] == [
        ("agreement", 100_00, 73_00),
        ("receipt", -100_00, -73_00),
    ]
    assert len(document_sums.instalment_totals(["A/1"], until=date(2026, 4, 30))) == 1


def test_instalment_that_came_back_to_zero_is_not_open(books: None):
    claim = make_leg("Assets:Receivable:CAN", 100_00, currency="CAD", functional=73_00, instalment="A/1")
    signed = make_draft(legs=(claim, make_leg(GIFTS, -73_00)))
    other = make_draft(legs=(replace(claim, instalment="A/2"), make_leg(GIFTS, -73_00)))
    paid = make_draft(legs=(claim.opposite(), make_leg(GIFTS, 73_00)))
    post_entries([signed, other, paid], by="officer")
    assert document_sums.open_instalments(("Assets:Receivable:",)) == [OpenInstalment("A/2", "CAD", 100_00, 73_00)]
    assert document_sums.open_instalments((BANK,)) == []
    assert [item.instalment for item in document_sums.items_at(("Assets:Receivable:",))] == ["A/2"]


def test_document_adds_up_over_its_entries(entries: None):
    found = document_sums.document_totals(["RCT-2026-0001"], accounts=(BANK,))
    assert found == {
        ("RCT-2026-0001", BANK, "receipt", "USD"): (100_00, 100_00),
        ("RCT-2026-0001", BANK, "charge", "USD"): (-1_50, -1_50),
    }


if ENGINE == "sqlite":

    def test_balances_of_a_posting_are_looked_up_by_their_index(entries: None):
        with CaptureQueriesContext(connection) as captured:
            post_entry(make_draft(), by="officer")
        (found,) = [query["sql"] for query in captured.captured_queries if "WITH k" in query["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {found}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert any(step.startswith("SEARCH b USING") for step in plan), plan

    def find_plan(ask: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            ask()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {captured.captured_queries[-1]['sql']}")
            return [str(row[-1]) for row in cursor.fetchall()]

    def test_documents_are_looked_up_before_postings(entries: None):
        (first, *_) = find_plan(lambda: document_sums.document_totals(["RCT-2026-0001"], accounts=("Assets:",)))
        assert first == "SEARCH l USING COVERING INDEX link_by_document (document=?)"

    def test_postings_of_an_instalment_are_looked_up_by_their_index(entries: None):
        by_index = "SEARCH p USING INDEX posting_by_instalment (instalment=?)"
        (first, *_) = find_plan(lambda: document_sums.instalment_totals(["A/1", "A/2"]))
        assert first == by_index
        assert by_index in find_plan(lambda: document_sums.items_at((BANK,), until=date(2026, 1, 31)))


def test_entries_of_a_document_come_in_the_order_of_the_chain(entries: None):
    assert [entry.pk for entry in queries.entries_of("RCT-2026-0001")] == [1, 2, 4]
    assert [entry.pk for entry in causes.entries_caused_by("RCT-2025-0001")] == [3]
    assert [entry.pk for entry in queries.entries()] == [1, 2, 3, 4]


def test_entry_that_only_mentions_a_document_was_not_caused_by_it(books: None):
    post_entry(make_draft(links=("RCT-2026-0001", "AGR-2026-0001")), by="officer")
    assert queries.entries_of("AGR-2026-0001").count() == 1
    assert causes.entries_caused_by("AGR-2026-0001").count() == 0


def test_register_begins_with_the_newest(entries: None):
    days = [posting.dated_on for posting in queries.register(BANK)]
    assert days == [date(2026, 1, 15), date(2026, 1, 15), date(2025, 12, 31)]


def test_head_is_the_newest_entry(books: None):
    assert queries.head() is None
    entry = post_entry(make_draft(), by="officer")
    assert queries.head() == entry


def test_books_begin_with_the_first_open_year(books: None):
    assert queries.get_begins_on() == date(2025, 1, 1)
    assert queries.open_years() == [2025, 2026]
    assert {account.name for account in queries.all_accounts()} == set(ACCOUNTS)


def test_unknown_entry_is_named(db: None):
    with pytest.raises(EntryUnknown, match="JE-2026-000001"):
        queries.get_entry("JE-2026-000001")


def test_journal_comes_posting_by_posting(entries: None):
    found = [(posting.entry.number, posting.line, posting.account.name) for posting in queries.postings()]
    assert found[:2] == [("JE-2026-000001", 1, BANK), ("JE-2026-000001", 2, GIFTS)]
    assert len(found) == 8
