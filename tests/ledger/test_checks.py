from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from ledger import checks, triggers
from ledger.checks import book, chain, columns, texts
from ledger.models import Entry
from ledger.operations import post_entries
from tests.ledger.drafts import GIFTS, make_draft, make_leg


@contextmanager
def broken(*statements: str) -> Iterator[None]:
    """The books after statements that the triggers would refuse; whole again at the end."""
    with transaction.atomic():
        # PostgreSQL lets go of a trigger only when nothing waits for the commit.
        connection.check_constraints()
        triggers.remove(connection)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def run(check: checks.Check) -> list[str]:
    return list(check(print))


def test_sound_books_have_no_problem(entries: None):
    reported: list[str] = []
    assert checks.run_checks(reported.append) == []
    assert reported[0] == "The database's triggers are in place."
    assert "4 entries written out" in reported


def test_empty_books_have_no_problem(db: None):
    assert checks.run_checks(print) == []


ENTRY, POSTING, TOTAL = "UPDATE ledger_entry SET", "UPDATE ledger_posting SET", "UPDATE ledger_daybalance SET"
FIRST = "WHERE id = 1"
FIRST_LEG = "WHERE entry_id = 1 AND line = 1"


@pytest.mark.parametrize(
    ("check", "statement", "problem"),
    [
        (
            checks.check_chain,
            f"{ENTRY} text = replace(text, 'Gift', 'Loan') {FIRST}",
            "JE-2026-000001: its text is not the one that its hash covers.",
        ),
        (
            checks.check_chain,
            f"{ENTRY} sha256 = 'x' {FIRST}",
            "JE-2026-000002 does not carry the hash of the entry before it.",
        ),
        (
            checks.check_chain,
            "UPDATE ledger_fiscalyear SET year = 2024 WHERE year = 2025",
            "JE-2025-000001 is of the fiscal year 2025, which was never opened.",
        ),
        (
            checks.check_chain,
            "DELETE FROM ledger_entry WHERE id = 2",
            "JE-2025-000001 stands in place 3 of the chain, where place 2 is due.",
        ),
        (
            checks.check_chain,
            f"{ENTRY} sequence = 9 WHERE id = 2",
            "JE-2026-000002 is missing: the next entry of 2026 is JE-2026-000002.",
        ),
        (
            checks.check_chain,
            "DELETE FROM ledger_entry WHERE id = 2",
            "JE-2026-000002 is missing: the next entry of 2026 is JE-2026-000003.",
        ),
        (
            checks.check_chain,
            f"{ENTRY} number = 'JE-2026-000009' {FIRST}",
            "JE-2026-000009 has the number of another entry: it is number 1 of 2026.",
        ),
        (
            checks.check_chain,
            f"{ENTRY} dated_on = '2025-06-01' {FIRST}",
            "JE-2026-000001 is dated 2025-06-01, outside its fiscal year 2026.",
        ),
        (
            checks.check_zero,
            f"{POSTING} functional = functional + 1 {FIRST_LEG}",
            "JE-2026-000001: the postings of sub-fund POOL add up to USD 0.01, not to zero.",
        ),
        (
            checks.check_zero,
            f"DELETE FROM ledger_posting {FIRST_LEG}",
            "JE-2026-000001 has 1 postings, where an entry has at least two.",
        ),
        (
            checks.check_zero,
            "DELETE FROM ledger_entry WHERE id = 2",
            "There are postings of an entry in place 2, and no such entry.",
        ),
        (
            checks.check_accounts,
            f"{POSTING} currency = 'CAD' {FIRST_LEG}",
            "JE-2026-000001 has CAD in Assets:Bank:CITI-USD, which does not take it.",
        ),
        (
            checks.check_accounts,
            "UPDATE ledger_account SET name = 'Cash' WHERE name = 'Equity:Unallocated'",
            "Cash is not an account: write a type and names, such as Assets:Bank:CITI-USD.",
        ),
        (
            checks.check_balances,
            f"{TOTAL} debit = debit + 1 WHERE debit = 150",
            "Expenses:BankCharges POOL charge USD: the balance of 2026-01-15 is not the sum of its postings.",
        ),
        (
            checks.check_balances,
            "DELETE FROM ledger_daybalance WHERE debit = 150",
            "Expenses:BankCharges POOL charge USD: the balance of 2026-01-15 is not the sum of its postings.",
        ),
        (
            checks.check_balances,
            f"{TOTAL} day = '2026-03-15' WHERE debit = 150",
            "Expenses:BankCharges POOL charge USD: the balance of 2026-03-15 is not the sum of its postings.",
        ),
        (
            checks.check_book,
            f"{POSTING} amount = 1 {FIRST_LEG}",
            "Assets:Bank:CITI-USD of sub-fund POOL: the books hold USD 23.51 (USD 123.50), "
            "Beancount finds USD 123.50 (USD 123.50).",
        ),
        (
            checks.check_book,
            f"{ENTRY} text = replace(text, '-100.00 USD', '-100.01 USD') {FIRST}",
            "Beancount: 2026.beancount:5: Transaction does not balance: (-0.01 USD)",
        ),
    ],
)
def test_check_names_what_is_broken(entries: None, check: checks.Check, statement: str, problem: str):
    assert run(check) == []
    with broken(statement):
        assert problem in run(check)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"{ENTRY} payee = 'Chile' {FIRST}", "payee"),
        (f"{ENTRY} narration = 'Loan' {FIRST}", "narration"),
        (f"{ENTRY} kind = 'loan' {FIRST}", "kind"),
        (f"{ENTRY} dated_on = '2026-01-16' {FIRST}", "date"),
        (f"{ENTRY} posted_by = 'nobody' {FIRST}", "who posted it"),
        (f"{ENTRY} reverses_id = 2 {FIRST}", "reversed entry"),
        ("UPDATE ledger_link SET document = 'RCT-2026-0009' WHERE entry_id = 1", "links"),
        ("DELETE FROM ledger_link WHERE entry_id = 1", "links"),
        (f"{POSTING} fund = 'GENERAL' {FIRST_LEG}", "postings"),
        (f"{POSTING} amount = 1 {FIRST_LEG}", "postings"),
        (f"{POSTING} dated_on = '2026-01-16' {FIRST_LEG}", "the date of a posting"),
        (f"{POSTING} line = 3 {FIRST_LEG}", "the lines of the postings"),
    ],
)
def test_tables_must_say_what_the_text_says(entries: None, statement: str, what: str):
    assert run(checks.check_texts) == []
    with broken(statement):
        assert f"JE-2026-000001: the tables and the text differ in {what}." in run(checks.check_texts)


def test_open_item_is_the_sum_of_its_postings(books: None):
    claim = make_leg("Assets:Receivable:CAN", 100_00, currency="CAD", functional=73_00, instalment="AGR-1/1")
    post_entries([make_draft(legs=(claim, make_leg(GIFTS, -73_00)))], by="officer")
    assert run(checks.check_balances) == []
    with broken("UPDATE ledger_openitem SET amount = amount + 1"):
        assert run(checks.check_balances) == [
            "AGR-1/1 Assets:Receivable:CAN CAD: the open item is not the sum of its postings."
        ]


def test_text_that_is_no_entry_is_never_loaded(entries: None):
    with broken(f"""{ENTRY} text = 'plugin "os"' {FIRST}"""):
        assert run(checks.check_texts) == ["JE-2026-000001: its text is not sound. The text is not that of one entry."]
        found = checks.run_checks(print)
    assert found[-1] == "The book was not loaded with Beancount: the problems above come first."
    assert not any(problem.startswith("Beancount:") for problem in found)


def test_missing_trigger_is_named(entries: None):
    with broken():
        assert any("the trigger ledger_entry_balanced" in problem for problem in run(checks.check_triggers))


def test_trigger_that_never_runs_is_named(entries: None):
    with broken():
        triggers.install(connection)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DROP TRIGGER ledger_entry_no_update")
                cursor.execute(
                    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry WHEN 0 "
                    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
                )
            else:
                cursor.execute("DROP TRIGGER ledger_entry_frozen ON ledger_entry")
                cursor.execute(
                    "CREATE TRIGGER ledger_entry_frozen BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW "
                    "WHEN (false) EXECUTE FUNCTION ledger_frozen()"
                )
        (problem,) = run(checks.check_triggers)
    assert "the trigger ledger_entry_" in problem


def test_trigger_with_another_body_is_named(entries: None):
    empty = {
        "sqlite": "CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry BEGIN SELECT 1; END",
        "postgresql": "CREATE OR REPLACE FUNCTION ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NEW; END $$",
    }
    with broken():
        triggers.install(connection)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DROP TRIGGER ledger_entry_balanced")
            cursor.execute(empty[connection.vendor])
        (problem,) = run(checks.check_triggers)
    assert "the trigger ledger_entry_balanced, or has another one" in problem


def lookalikes() -> list[tuple[str, tuple[str, ...]]]:
    """The names of triggers, and what makes each only look as it was."""
    if connection.vendor == "sqlite":
        body = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        entry, posting = "ledger_entry_no_update", "ledger_posting_no_update"
        elsewhere = ("CREATE TABLE child (id)", f"CREATE TRIGGER {entry} BEFORE UPDATE ON child {body}")
        of_one_column = f"CREATE TRIGGER {posting} BEFORE UPDATE OF line ON ledger_posting {body}"
        return [
            (entry, (f"DROP TRIGGER {entry}", *elsewhere)),
            (posting, (f"DROP TRIGGER {posting}", of_one_column)),
        ]
    frozen = triggers.JOURNAL._functions("public")["ledger_frozen"].split("$$")[1]
    hollow = "AS 'BEGIN RETURN NEW; END'"
    return [
        (
            "ledger_entry_frozen",
            (
                f"CREATE OR REPLACE FUNCTION ledger_frozen() RETURNS trigger LANGUAGE plpgsql {hollow}",
                f"CREATE FUNCTION ledger_frozen(integer) RETURNS integer LANGUAGE plpgsql AS $${frozen}$$",
            ),
        ),
        ("ledger_entry_not_closed", ("ALTER FUNCTION ledger_entry_not_closed() SET search_path = pg_temp",)),
        ("ledger_posting_frozen", ("CREATE TABLE child () INHERITS (ledger_posting)",)),
    ]


@pytest.mark.parametrize(("name", "statements"), lookalikes())
def test_trigger_that_only_looks_as_it_was_is_named(entries: None, name: str, statements: tuple[str, ...]):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        found = run(checks.check_triggers)
        transaction.set_rollback(True)
    assert any(f"the trigger {name}" in problem for problem in found)


def test_what_is_posted_together_is_stored_as_what_is_posted_alone(books: None):
    odd = make_draft(10**15 - 1, payee="“Ca'na\"da”", narration='\\u0041 \\n 100% {"a": [null]} 😀 $[0] 07')
    post_entries([odd] * 60, by="officer")
    post_entries([odd], by="officer")
    assert checks.run_checks(print) == []
    assert Entry.objects.filter(narration=odd.narration, payee=odd.payee).count() == 61


def test_problems_of_one_check_are_cut_at_fifty(books: None):
    post_entries([make_draft()] * 60, by="officer")
    with broken(f"{ENTRY} text = 'x'"):
        found = checks.run_checks(print)
    unsound = [problem for problem in found if "not sound" in problem]
    assert len(unsound) == 50
    assert "There are more of the same; the first 50 are listed." in found


def test_books_of_many_chunks_are_checked_to_the_end(books: None, monkeypatch):
    for module in (book, chain, columns, texts):
        monkeypatch.setattr(module, "CHUNK", 3)
    post_entries([make_draft()] * 10, by="officer")
    assert checks.run_checks(print) == []
    with broken(f"{ENTRY} payee = 'Chile' WHERE id = 10"):
        assert run(checks.check_texts) == ["JE-2026-000010: the tables and the text differ in payee."]
    if connection.vendor == "sqlite":
        with broken(f"{ENTRY} payee = CAST(x'ff' AS TEXT) WHERE id IN (2, 10)"):
            assert [problem.partition(" has ")[0] for problem in run(checks.check_values)] == [
                "entry JE-2026-000002",
                "entry JE-2026-000010",
            ]
    assert Entry.objects.count() == 10


def test_where_no_process_can_be_started_the_book_is_loaded_here(entries: None, monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError

    monkeypatch.setattr(book, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(book, "ProcessPoolExecutor", refuse)
    assert run(checks.check_book) == []
