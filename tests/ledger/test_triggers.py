from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import RequestFactory

from ledger import triggers
from ledger.models import Closing, Entry
from ledger.operations import close_period, post_entry, writing
from ledger.periods import Period
from tests.ledger.drafts import make_draft
from tests.settings import ENGINE

TABLES = ("ledger_entry", "ledger_posting", "ledger_link", "ledger_account")
ALL_TABLES = (*TABLES, "ledger_closing", "ledger_fiscalyear")
NEW_ENTRY = """
    INSERT INTO ledger_entry (id, number, year_id, sequence, dated_on, kind, payee, narration, text,
                              previous_sha256, sha256, posted_at, posted_by)
    SELECT 99, 'JE-2026-000099', year_id, 99, dated_on, kind, payee, narration, text, 'p', 's', posted_at, posted_by
    FROM ledger_entry WHERE id = 1
"""
NEW_POSTING = """
    INSERT INTO ledger_posting (entry_id, line, dated_on, account_id, fund, project, instalment, party, currency,
                                amount, functional)
    SELECT {entry}, {line}, dated_on, account_id, fund, project, instalment, party, currency, {amount}, {amount}
    FROM ledger_posting WHERE entry_id = 1 AND line = 1
"""
# Of the month that is due, so that only the row in its way is a reason to refuse it.
NEW_CLOSING = """
    INSERT INTO ledger_closing (id, period, begins_on, ends_on, entries, debit, credit, place, head, sha256, closed_at,
                                closed_by)
    SELECT {}, {}, '2025-02-01', '2025-02-28', 0, 0, 0, 0, head, sha256, closed_at, 'x' FROM ledger_closing
"""


def execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def new_posting(entry: int, line: int, amount: int) -> str:
    return NEW_POSTING.format(entry=entry, line=line, amount=amount)


@pytest.fixture
def entry(books: None) -> Entry:
    return post_entry(make_draft(), by="officer")


@pytest.fixture
def closing(entry: Entry) -> Closing:
    return close_period(Period(2025, 1), by="maria")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_database_refuses_to_change_the_journal(entry: Entry, table: str, statement: str):
    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement.format(table))


def test_database_refuses_to_change_the_journal_through_the_models(entry: Entry):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Entry.objects.update(payee="Chile")
    entry.payee = "Chile"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.save()


@pytest.mark.parametrize("act", ["save_model", "delete_model", "delete_queryset"])
def test_database_refuses_an_admin_too(entry: Entry, rf: RequestFactory, act: str):
    admin, request = ModelAdmin(Entry, AdminSite()), rf.post("/")
    entry.payee = "Chile"
    acts = {
        "save_model": lambda: admin.save_model(request, entry, form=None, change=True),
        "delete_model": lambda: admin.delete_model(request, entry),
        "delete_queryset": lambda: admin.delete_queryset(request, Entry.objects.all()),
    }
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        acts[act]()
    assert Entry.objects.get().payee == "Canada"


def test_no_admin_is_mounted():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_database_refuses_a_late_posting(entry: Entry):
    with pytest.raises(IntegrityError, match="sealed"):
        execute(new_posting(entry.pk, 3, 1))


def test_database_refuses_a_late_link(entry: Entry):
    with pytest.raises(IntegrityError, match="sealed"):
        execute("INSERT INTO ledger_link (entry_id, position, document) VALUES (1, 9, 'X')")


@pytest.mark.parametrize("amounts", [(), (0,), (5,), (5, -4)])
def test_database_refuses_an_entry_that_is_not_zero(entry: Entry, amounts: tuple[int, ...]):
    postings = [new_posting(99, line, amount) for line, amount in enumerate(amounts, 1)]
    with pytest.raises(IntegrityError, match="zero in each sub-fund"):
        execute(*postings, NEW_ENTRY)


def test_database_takes_an_entry_that_is_zero(entry: Entry):
    execute(new_posting(99, 1, 5), new_posting(99, 2, -5), NEW_ENTRY)
    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_database_refuses_a_posting_whose_entry_never_comes(entry: Entry):
    with pytest.raises(IntegrityError):
        execute(new_posting(99, 1, 5))
    assert entry.postings.model.objects.count() == 2


def test_database_refuses_an_entry_out_of_its_year(entry: Entry):
    day = {"sqlite": "2101-01-01", "postgresql": "infinity"}[ENGINE]
    postings = [new_posting(99, line, amount) for line, amount in ((1, 5), (2, -5))]
    dated = [f"'{day}'".join(text.rsplit("dated_on", 1)) for text in (*postings, NEW_ENTRY)]
    with pytest.raises(IntegrityError, match="in its year"):
        execute(*dated)
    with pytest.raises(IntegrityError, match="a year is 1900 to 2199"):
        execute("INSERT INTO ledger_fiscalyear (year, opened_at, opened_by) VALUES (9999, CURRENT_TIMESTAMP, 'x')")


if ENGINE == "postgresql":

    def test_temporary_table_of_the_same_name_opens_nothing(entry: Entry):
        late = new_posting(1, 3, 1).replace("FROM ", "FROM public.")
        with pytest.raises(IntegrityError, match="sealed"):
            execute("CREATE TEMPORARY TABLE ledger_entry (id bigint)", late)

    def test_postings_of_an_entry_are_looked_up_by_their_index_without_statistics(entry: Entry):
        many = NEW_POSTING.format(entry="n", line="1", amount="5").replace("posting WHERE", "posting, {} n WHERE")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(many.format("generate_series(100, 30000)"))
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'ledger_posting'::regclass")
            cursor.execute("UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid = 'ledger_posting'::regclass")
            cursor.execute(f"EXPLAIN SELECT id FROM ledger_entry AS new WHERE {triggers._UNBALANCED}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            transaction.set_rollback(True)
        assert "posting_by_fund" not in plan, plan


def test_no_trigger_is_missing(db: None):
    assert triggers.find_missing(connection) == set()


def test_triggers_go_and_come_back(db: None):
    triggers.remove(connection)
    assert triggers.find_missing(connection) == triggers.names(connection.vendor)
    triggers.install(connection)
    assert triggers.find_missing(connection) == set()


@pytest.mark.parametrize("table", ALL_TABLES)
def test_postgresql_refuses_to_empty_the_journal_by_the_trigger_of_the_table_itself(closing: Closing, table: str):
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        # CASCADE empties the tables that refer to this one too: none of theirs is left to refuse in its place.
        for other in set(ALL_TABLES) - {table}:
            execute(f"DROP TRIGGER IF EXISTS {other}_no_truncate ON {other}")
        with pytest.raises(IntegrityError, match="append-only"):
            execute(f"TRUNCATE {table} CASCADE")
        execute(f"DROP TRIGGER {table}_no_truncate ON {table}", f"TRUNCATE {table} CASCADE")


REPLACED = (
    NEW_ENTRY.replace("99,", "1,").replace("'JE-2026-000099'", "number"),
    NEW_ENTRY.replace("'p'", "previous_sha256"),
    NEW_POSTING.format(entry=99, line=1, amount=5).replace("(entry_id", "(id, entry_id").replace("99,", "id, 99,"),
    "INSERT INTO ledger_account (name, currency, opened_at) SELECT name, 'EUR', opened_at FROM ledger_account",
    "INSERT INTO ledger_link (id, entry_id, position, document) SELECT id, 99, 0, 'X' FROM ledger_link",
    "INSERT INTO ledger_fiscalyear (year, opened_at, opened_by) SELECT 2026, closed_at, 'x' FROM ledger_closing",
    NEW_CLOSING.format("1", "'x'"),
    NEW_CLOSING.format("2", "period"),
)


@pytest.mark.parametrize("statement", REPLACED)
def test_sqlite_refuses_to_replace_a_row(closing: Closing, statement: str):
    if connection.vendor == "sqlite":
        replacing = statement.replace("INSERT", "INSERT OR REPLACE")
        with pytest.raises(IntegrityError, match="append-only"):
            execute(new_posting(99, 1, 5), new_posting(99, 2, -5), replacing)


@pytest.mark.django_db(transaction=True)
def test_posting_slipped_in_while_the_entry_is_written_comes_too_late(entry: Entry):
    def slip_in() -> None:
        try:
            execute(new_posting(entry.pk + 1, 3, 5))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with writing():
            second = post_entry(make_draft(), by="officer")
            late = other.submit(slip_in)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.3)
        with pytest.raises(IntegrityError, match="sealed"):
            late.result(timeout=30)
    assert second.postings.count() == 2


@pytest.mark.django_db(transaction=True)
def test_writer_that_keeps_to_what_it_saw_before_is_refused(entry: Entry):
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="READ COMMITTED"):
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", new_posting(99, 1, 5))
