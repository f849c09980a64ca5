"""Periods that are closed: what takes no entry any more, and what their certificates find."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, connection

from ledger import checks, queries
from ledger.certificates import parse_certificate, render_certificate
from ledger.chain import chain_hash
from ledger.errors import CertificateInvalid, PeriodClosed, PeriodNotDue, PeriodUnknown, YearInvalid
from ledger.models import Closing, Entry
from ledger.operations import check_open, close_period, open_year, post_entry, reverse_entry
from ledger.periods import Period, parse_period
from tests.ledger.drafts import make_draft
from tests.ledger.test_checks import broken
from tests.ledger.test_triggers import NEW_ENTRY, execute, new_posting


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 3, 15, 12, tzinfo=UTC)):
        yield


def close_up_to(last: str) -> list[Closing]:
    """Closes what is due, up to and with a period."""
    made: list[Closing] = []
    while not made or made[-1].period != last:
        due = queries.next_period()
        assert due
        made.append(close_period(due, by="maria"))
    return made


def certify(period: str) -> str:
    return render_certificate(queries.make_certificate(queries.get_closing(period)))


def test_closing_says_what_was_in_the_period(entries: None):
    closing = close_up_to("2026-01")[-1]
    head = queries.head()
    assert head
    assert (closing.entries, closing.debit, closing.credit) == (2, 101_50, 101_50)
    assert (closing.place, closing.head, closing.sha256) == (4, head.number, head.sha256)
    assert (closing.closed_by, closing.closed_at) == ("maria", datetime(2026, 3, 15, 12, tzinfo=UTC))


def test_certificate_says_when_the_period_was_closed_whenever_it_is_rendered(entries: None):
    instants = [datetime(2026, 4, 2, 9, 30, 15, tzinfo=UTC), datetime(2026, 4, 7, 16, 5, 59, tzinfo=UTC)]
    for period, instant in zip((Period(2025, 1), Period(2025, 2)), instants, strict=True):
        with time_machine.travel(instant, tick=False):
            close_period(period, by="maria")
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        said = [parse_certificate(certify(period)).closed_at for period in ("2025-01", "2025-02")]
    assert said == ["2026-04-02T09:30:15Z", "2026-04-07T16:05:59Z"]


def test_year_closes_after_its_last_month(entries: None):
    closings = close_up_to("2026-01")
    assert [closing.period for closing in closings[-3:]] == ["2025-12", "2025", "2026-01"]
    assert (closings[-2].entries, closings[-2].debit) == (1, 25_00)


@pytest.mark.parametrize(
    ("period", "message"),
    [
        ("2025-02", "Periods close in order: 2025-01 is next, not 2025-02."),
        ("2025", "Periods close in order: 2025-01 is next, not 2025."),
        ("2024-12", "2025-01 is next"),
    ],
)
def test_period_out_of_its_order_is_not_closed(books: None, period: str, message: str):
    with pytest.raises(PeriodNotDue, match=message):
        close_period(parse_period(period), by="maria")


def test_period_is_closed_once(books: None):
    close_period(Period(2025, 1), by="maria")
    with pytest.raises(PeriodNotDue, match="2025-02 is next, not 2025-01"):
        close_period(Period(2025, 1), by="maria")


def test_period_that_runs_is_not_closed(books: None):
    close_up_to("2026-02")
    with pytest.raises(PeriodNotDue, match="2026-03 is not over: it can be closed after 2026-03-31"):
        close_period(Period(2026, 3), by="maria")


def test_nothing_is_due_where_every_year_is_closed(db: None):
    with pytest.raises(PeriodNotDue, match="open the next one first"):
        close_period(Period(2025, 1), by="maria")


def test_closed_period_takes_no_entry_and_no_reversal(entries: None):
    close_up_to("2026-01")
    with pytest.raises(PeriodClosed, match=r"2026-01 is closed.*Date it 2026-02-01 or later"):
        post_entry(make_draft(), by="officer")
    with pytest.raises(PeriodClosed):
        reverse_entry("JE-2026-000001", on=date(2026, 1, 31), reason="wrong", by="officer")
    with pytest.raises(PeriodClosed):
        check_open(date(2025, 6, 1))
    reverse_entry("JE-2026-000001", on=date(2026, 2, 1), reason="wrong", by="officer")


def test_database_takes_no_entry_of_a_closed_period(entries: None):
    close_up_to("2026-01")
    with pytest.raises(IntegrityError, match="the period is closed"):
        execute(new_posting(99, 1, 5), new_posting(99, 2, -5), NEW_ENTRY)


def test_database_takes_no_posting_of_another_day_than_its_entry(entries: None):
    other = new_posting(99, 1, 5).replace("dated_on, account_id, fund, project, instalment, party, currency, 5", "x")
    late = other.replace("99, 1, x", "99, 1, '2025-01-01', account_id, fund, project, instalment, party, currency, 5")
    with pytest.raises(IntegrityError, match="zero in each sub-fund"):
        execute(late, new_posting(99, 2, -2), new_posting(99, 3, -3), NEW_ENTRY)


@pytest.mark.parametrize("table", ["ledger_closing", "ledger_fiscalyear"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_database_refuses_to_change_closings_and_years(books: None, table: str, statement: str):
    close_period(Period(2025, 1), by="maria")
    column = "period" if table == "ledger_closing" else "year"
    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement.format(table, column, column))


def test_database_refuses_a_closing_before_one_that_stands(books: None):
    close_up_to("2025-02")
    with pytest.raises(IntegrityError, match="periods close in order"):
        execute(
            "INSERT INTO ledger_closing (period, begins_on, ends_on, entries, debit, credit, place, head, sha256, "
            "closed_at, closed_by) SELECT 'x', begins_on, begins_on, 0, 0, 0, 0, head, sha256, closed_at, closed_by "
            "FROM ledger_closing WHERE period = '2025-02'"
        )


NEW_CLOSING = (
    "INSERT INTO ledger_closing (period, begins_on, ends_on, entries, debit, credit, place, head, sha256, closed_at, "
    "closed_by) SELECT 'x', '{}', '{}', 0, 0, 0, 0, head, sha256, closed_at, closed_by FROM ledger_closing "
    "WHERE period = '2025-02'"
)


@pytest.mark.parametrize(
    ("closed", "days"),
    [
        ("2025-02", ("2025-04-01", "2025-04-30")),
        ("2025-02", ("2025-02-01", "2025-02-28")),
        ("2025-02", ("2026-01-01", "2026-01-31")),
        ("2025-12", ("2026-01-01", "2026-01-31")),
        ("2025", ("2025-01-01", "2025-12-31")),
    ],
)
def test_database_takes_no_closing_that_skips_a_period(books: None, closed: str, days: tuple[str, str]):
    close_up_to(closed)
    with pytest.raises(IntegrityError, match="periods close in order"):
        execute(NEW_CLOSING.format(*days))


def test_database_opens_no_year_before_a_closed_one(books: None):
    close_up_to("2025-02")
    with pytest.raises(IntegrityError, match="the period is closed"):
        execute(
            "INSERT INTO ledger_fiscalyear (year, opened_at, opened_by) SELECT 2024, opened_at, opened_by "
            "FROM ledger_fiscalyear WHERE year = 2025"
        )


def test_next_open_year_closes_after_years_that_were_never_opened(books: None):
    with time_machine.travel(datetime(2029, 3, 15, 12, tzinfo=UTC)):
        open_year(2028, by="officer")
        assert close_up_to("2028-01")[-2].period == "2026"
    assert list(checks.check_closings(print)) == []


def test_day_that_is_written_otherwise_is_refused_where_days_are_texts(entries: None):
    if connection.vendor == "sqlite":
        close_up_to("2026-01")
        for day in ("2026-1-5", "2026-02-30"):
            late = NEW_ENTRY.replace("99, dated_on", f"99, '{day}'")
            assert late != NEW_ENTRY
            with pytest.raises(IntegrityError, match="a day is written like 2026-12-31"):
                execute(new_posting(99, 1, 5), new_posting(99, 2, -5), late)
        with broken("UPDATE ledger_entry SET dated_on = '2026-1-5' WHERE id = 2"):
            said = "entry JE-2026-000002 has something else than a value as its dated on."
            assert list(checks.check_values(print)) == [said]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM ledger_closing WHERE period = '2025-01'", "2025-02 was closed where 2025-01 was due."),
        ("UPDATE ledger_closing SET ends_on = '2025-02-27' WHERE period = '2025-02'", "to 2025-02-27."),
        ("UPDATE ledger_closing SET period = '2025-12' WHERE period = '2025-02'", "2025-12 was closed where 2025-02"),
        ("UPDATE ledger_closing SET period = 'soon' WHERE period = '2025-02'", "“soon” is not a period"),
    ],
)
def test_closings_that_were_tampered_with_are_found(entries: None, statement: str, problem: str):
    close_up_to("2025-02")
    with broken(statement):
        assert any(problem in found for found in checks.check_closings(print))


def test_period_whose_balances_are_not_its_postings_is_not_closed(entries: None):
    close_up_to("2025")
    wrong = "UPDATE ledger_daybalance SET debit = debit + 1 WHERE debit = 150"
    with broken(wrong), pytest.raises(PeriodNotDue, match=r"its balances are not its postings\. Run check_ledger"):
        close_period(Period(2026, 1), by="maria")


@pytest.mark.parametrize(
    ("old", "new"), [("2026-01-01", "yesterday"), ("chain_entries: 4", f"chain_entries: {'9' * 4_000}")]
)
def test_certificate_that_makes_no_sense_is_refused_whatever_its_sum(entries: None, old: str, new: str):
    close_up_to("2026-01")
    *lines, _ = certify("2026-01").replace(old, new).splitlines()
    body = "".join(f"{line}\n" for line in lines)
    with pytest.raises(CertificateInvalid, match="not a certificate"):
        checks.check_certificate(f"{body}sha256: {hashlib.sha256(body.encode()).hexdigest()}\n")


def test_year_before_a_closed_one_is_not_opened(books: None):
    close_period(Period(2025, 1), by="maria")
    with pytest.raises(YearInvalid, match="closed up to 2025-01-31: open a year after 2025"):
        open_year(2024, by="officer")
    assert open_year(2025, by="officer").opened_by == "officer"


def test_closing_of_a_period_that_is_open_is_unknown(books: None):
    with pytest.raises(PeriodUnknown, match="2025-01 is not closed"):
        queries.get_closing("2025-01")


def test_certificate_agrees_with_books_that_went_on(entries: None):
    close_up_to("2026-01")
    kept = certify("2026-01")
    post_entry(make_draft(on=date(2026, 2, 3)), by="officer")
    assert checks.check_certificate(kept) == []
    assert checks.run_checks(print) == []


CUT = (
    "DELETE FROM ledger_posting WHERE entry_id = 4",
    "DELETE FROM ledger_link WHERE entry_id = 4",
    "DELETE FROM ledger_entry WHERE id = 4",
)


def test_certificate_finds_a_cut_tail(entries: None):
    close_up_to("2026-01")
    kept = certify("2026-01")
    with broken(*CUT, "DELETE FROM ledger_closing"):
        problems = checks.check_certificate(kept)
    assert problems[0] == "The certificate of 2026-01 saw 4 entries, up to JE-2026-000003: 3 are left."
    first = checks.find_first(problems)
    assert first
    assert first.place == 4


def write_anew(old: str, new: str) -> None:
    """Changes a text everywhere and makes the chain sound again, as somebody would who knows this software."""
    previous = "0" * 64
    for entry in Entry.objects.order_by("id"):
        text = entry.text.replace(old, new)
        sha256 = chain_hash(previous, text)
        payee = entry.payee.replace(old, new)
        found = Entry.objects.filter(pk=entry.pk)
        found.update(text=text, payee=payee, previous_sha256=previous, sha256=sha256)
        previous = sha256


def test_certificate_finds_a_chain_that_was_written_anew(entries: None):
    close_up_to("2026-01")
    kept = certify("2026-01")
    with broken():
        write_anew("Citibank", "Nobody")
        head = queries.head()
        assert head
        Closing.objects.update(sha256=head.sha256)
        assert list(checks.check_closings(print)) == []
        assert not [problem for check in checks.CHECKS[1:] for problem in check(print)]
        problems = checks.check_certificate(kept)
    assert problems == [
        "The certificate of 2026-01 saw another hash of entry 4, JE-2026-000003: it or one before was changed since.",
        "The books hold another certificate of 2026-01 than this one.",
    ]


def test_closing_itself_finds_a_chain_that_was_written_anew(entries: None):
    close_up_to("2026-01")
    with broken():
        write_anew("Citibank", "Nobody")
        problems = list(checks.check_closings(print))
    assert "The certificate of 2026-01 saw another hash of entry 4" in problems[-1]


def test_certificate_finds_an_entry_slipped_into_its_period(entries: None):
    close_up_to("2026-01")
    kept = certify("2026-01")
    with broken(new_posting(99, 1, 5), new_posting(99, 2, -5), NEW_ENTRY):
        assert checks.check_certificate(kept) == [
            "The certificate of 2026-01 states entries: 2: there are 3 now.",
            "The certificate of 2026-01 states a debit total of USD 101.50: there are 101.55 now.",
            "The certificate of 2026-01 states a credit total of USD 101.50: there are 101.55 now.",
        ]


def test_certificate_finds_that_the_closing_is_gone(entries: None):
    close_up_to("2026-01")
    kept = certify("2026-01")
    with broken("DELETE FROM ledger_closing WHERE period = '2026-01'"):
        assert checks.check_certificate(kept) == ["2026-01 is not closed in these books, though a certificate says so."]


def test_books_without_an_entry_are_certified_too(books: None):
    close_period(Period(2025, 1), by="maria")
    assert checks.check_certificate(certify("2025-01")) == []
    post_entry(make_draft(), by="officer")
    assert checks.check_certificate(certify("2025-01")) == []
