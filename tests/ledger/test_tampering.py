"""Somebody changes the journal behind the software's back: lifts the triggers, puts them back, and is found.

The first bad entry is named. Where the chain is as it was, by what Beancount's loader reads in the whole book.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F

from ledger import checks, triggers
from ledger.book import write_book
from ledger.chain import GENESIS, chain_hash
from ledger.errors import BookNotWritten
from ledger.models import DayBalance, Entry, Link, Posting
from tests.ledger.drafts import post_samples
from tests.ledger.test_checks import broken

NEW_ENTRY = (
    "INSERT INTO ledger_entry (id, number, year_id, sequence, dated_on, kind, payee, narration, text, "
    "previous_sha256, sha256, posted_at, posted_by) SELECT 5, 'JE-2026-000004', year_id, 4, dated_on, kind, payee, "
    "narration, text, 'p', 's', posted_at, posted_by FROM ledger_entry WHERE id = 1"
)
ENTRY, POSTING = "UPDATE ledger_entry SET", "UPDATE ledger_posting SET"

# What is done, and the place of the first entry that is bad after it.
TAMPERED: dict[str, tuple[int, list[str]]] = {
    "amount": (2, [f"{POSTING} amount = amount * 2, functional = functional * 2 WHERE entry_id = 2"]),
    "amount in the text": (1, [f"{ENTRY} text = replace(text, '100.00', '900.00') WHERE id = 1"]),
    "date": (4, [f"{ENTRY} dated_on = '2026-02-20' WHERE id = 4"]),
    "date of the postings": (4, [f"{POSTING} dated_on = '2026-01-20' WHERE entry_id = 4"]),
    "text": (3, [f"{ENTRY} narration = 'Loan' WHERE id = 3"]),
    "when": (2, [f"{ENTRY} posted_at = '2026-11-26 10:00:00.5' WHERE id = 2"]),
    "who": (2, [f"{ENTRY} posted_by = 'nobody' WHERE id = 2"]),
    "document": (2, ["UPDATE ledger_link SET document = 'RCT-2026-0009' WHERE entry_id = 2"]),
    "order of the documents": (1, ["UPDATE ledger_link SET position = 5 WHERE entry_id = 1"]),
    "lines": (3, [f"{POSTING} line = line + 7 WHERE entry_id = 3"]),
    "sub-fund": (1, [f"{POSTING} fund = 'GENERAL' WHERE entry_id = 1"]),
    "delete": (2, ["DELETE FROM ledger_posting WHERE entry_id = 2", "DELETE FROM ledger_entry WHERE id = 2"]),
    "swap": (2, [f"{ENTRY} id = {new} WHERE id = {old}" for old, new in ((2, 20), (3, 2), (20, 3))]),
    "re-order": (1, [f"{ENTRY} id = 11 WHERE id = 1"]),
    "insert": (5, [NEW_ENTRY]),
}


@pytest.fixture(autouse=True)
def _put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if they were: PostgreSQL would first ask whether the foreign keys hold."""
    monkeypatch.setattr(triggers, "find_missing", lambda _: set())


def find_first() -> checks.EntryProblem:
    first = checks.find_first(checks.run_checks(print))
    assert first
    return first


@pytest.mark.parametrize("what", TAMPERED)
def test_first_bad_entry_is_named(entries: None, what: str):
    place, statements = TAMPERED[what]
    with broken(*statements):
        assert find_first().place == place


def insert_soundly(place: int) -> None:
    """The first entry once more, as a new one of its year in a place of the chain, which is sound again after it."""
    for pk in range(4, place - 1, -1):
        for rows in (Entry.objects.filter(pk=pk), Posting.objects.filter(entry=pk), Link.objects.filter(entry=pk)):
            rows.update(**{"id" if rows.model is Entry else "entry_id": pk + 1})
    new = Entry.objects.get(pk=1)
    beside: list[Posting | Link] = [*new.postings.all(), *new.links.all()]
    new.pk, new.number, new.sequence = place, "JE-2026-000004", 4
    new.text = new.text.replace("JE-2026-000001", new.number)
    new.previous_sha256, new.sha256 = "p", "s"
    new.save(force_insert=True)
    for row in beside:
        row.pk, row.entry_id = None, place
        row.save(force_insert=True)
    chain_anew()


def chain_anew() -> None:
    """Every hash is right again, as somebody makes it who knows this software."""
    # No two entries may have one hash, on the way there neither.
    Entry.objects.update(previous_sha256=F("number"))
    previous = GENESIS
    for entry in Entry.objects.order_by("id"):
        sha256 = chain_hash(previous, entry.text)
        Entry.objects.filter(pk=entry.pk).update(previous_sha256=previous, sha256=sha256)
        previous = sha256


def write_anew(change: Callable[[Entry], str]) -> None:
    """The texts with a change, under a chain that is sound again."""
    for entry in Entry.objects.all():
        Entry.objects.filter(pk=entry.pk).update(text=change(entry))
    chain_anew()


@pytest.mark.parametrize("place", [2, 3, 4])
def test_entry_inserted_in_the_middle_of_a_chain_made_sound_is_named_by_its_number(entries: None, place: int):
    with broken():
        insert_soundly(place)
        first = find_first()
    assert first.place == place
    assert first.endswith("is missing: the next entry of 2026 is JE-2026-000004.")


def test_entry_inserted_at_the_end_of_a_chain_made_sound_is_named_by_the_balances(entries: None):
    with broken():
        insert_soundly(5)
        for check in (checks.check_chain, checks.check_zero, checks.check_texts):
            assert list(check(print)) == []
        first = find_first()
    assert (first.place, first) == (5, "JE-2026-000004: the running balances are the sums of the entries before it.")


def test_first_of_several_entries_that_no_balance_counts_is_named(entries: None):
    days = list(DayBalance.objects.all())
    post_samples()
    with broken():
        DayBalance.objects.all().delete()
        DayBalance.objects.bulk_create(days)
        assert find_first().place == 5


@pytest.mark.parametrize("change", ["debit = debit - 150", "amount = amount - 150", "debit = 0", "debit = debit + 1"])
def test_balance_that_is_wrong_by_itself_makes_no_entry_bad(entries: None, change: str):
    with broken(f"UPDATE ledger_daybalance SET {change} WHERE debit = 150"):
        problems = list(checks.check_balances(print))
    assert problems
    assert checks.find_first(problems) is None


def test_entry_changed_in_table_and_text_with_a_chain_made_sound_is_found_by_its_postings(entries: None):
    with broken():
        write_anew(lambda entry: entry.text.replace("100.00", "900.00"))
        assert list(checks.check_chain(print)) == []
        assert find_first() == "JE-2026-000001: the tables and the text differ in postings."


# Beancount finds a fault in each, goes on behind it and would open the file.
FOREIGN = (
    '  include "{}"\n',
    '    party: "a" include "{}"\n',
    '    party: "a"\rinclude "{}"\n',
    '  Assets:Bank 1.00 USD include "{}"\n',
    "    party: 5\n",
)


@pytest.mark.parametrize("line", FOREIGN)
def test_a_text_with_more_than_an_entry_is_named_and_no_other_file_is_read(entries: None, tmp_path: Path, line: str):
    foreign = tmp_path / "foreign.beancount"
    foreign.write_text("2026-01-01 open Assets:Foreign\n2026-01-02 open Assets:Foreign\n")
    with broken(f"{ENTRY} narration = 'Loan' WHERE id = 2"):
        write_anew(lambda entry: entry.text + line.format(foreign) * (entry.pk == 3))
        found = checks.run_checks(print)
        with pytest.raises(BookNotWritten, match=r"The text of JE-2025-000001 is not that of one entry\."):
            write_book(tmp_path / "book", title="T")
    assert "JE-2025-000001: its text is not sound. The text is not that of one entry." in found
    assert "JE-2026-000002: the tables and the text differ in narration." in found
    assert not any("Foreign" in problem for problem in found)


def test_what_cannot_be_written_out_hides_no_entry(entries: None):
    if connection.vendor == "sqlite":
        # PostgreSQL takes nothing but a day.
        with broken(
            "UPDATE ledger_daybalance SET day = '0garbage' WHERE id = 1", f"{ENTRY} narration = 'Loan' WHERE id = 2"
        ):
            found = checks.run_checks(print)
        assert "JE-2026-000002: the tables and the text differ in narration." in found
        assert any("has something else than a value as its day" in problem for problem in found)
        assert found[-1].startswith("The book cannot be written out")


def test_reversal_of_an_entry_that_is_not_there_is_named(entries: None):
    with broken(f"{ENTRY} reverses_id = 99 WHERE id = 2"):
        assert find_first() == "JE-2026-000002 reverses an entry that is not there."


def test_posting_of_another_day_is_found_though_the_balances_were_made_to_fit(entries: None):
    moved = "WHERE balance_id IN (SELECT id FROM ledger_balance WHERE kind = 'charge')"
    days = (
        f"{POSTING} dated_on = '2026-01-14' WHERE entry_id = 4",
        f"UPDATE ledger_daybalance SET day = '2026-01-14' {moved}",
    )
    with broken(*days):
        assert list(checks.check_balances(print)) == []
        assert find_first() == "JE-2026-000003: the tables and the text differ in the date of a posting."


def test_what_the_database_cannot_read_ends_its_check_alone(entries: None):
    with broken("ALTER TABLE ledger_openitem RENAME TO mislaid", f"{ENTRY} narration = 'Loan' WHERE id = 3"):
        found = checks.run_checks(print)
    assert any("not be checked to its end" in problem and "ledger_openitem" in problem for problem in found)
    first = checks.find_first(found)
    assert first
    assert first.place == 3


NO_VALUES = {
    "sqlite": (
        "entry SET dated_on = '2026-02-30'",
        "entry SET posted_at = 'x'",
        *(f"entry SET {text} = CAST(x'ff' AS TEXT)" for text in ("number", "payee", "narration", "text", "sha256")),
        "entry SET narration = 'a' || char(0)",
        "entry SET posted_by = x'41'",
        "posting SET instalment = CAST(x'c3' AS TEXT), party = CAST(x'a9' AS TEXT)",
        "posting SET amount = 1.5",
        "link SET document = x'41'",
    ),
    "postgresql": ("entry SET dated_on = 'infinity'", "entry SET posted_at = 'infinity'"),
}


@pytest.mark.parametrize("change", NO_VALUES[connection.vendor])
def test_what_is_no_value_is_named(entries: None, change: str):
    with broken(f"UPDATE ledger_{change} WHERE {'id' if change.startswith('entry') else 'entry_id'} = 3"):
        assert find_first().place == 3


def test_balance_of_no_account_is_found(entries: None):
    if connection.vendor == "sqlite":
        # PostgreSQL knows the account by its foreign key at once.
        with broken("UPDATE ledger_balance SET account_id = 99 WHERE id = 1"):
            assert any(found.startswith("99 POOL") for found in checks.check_balances(print))


def test_sound_books_have_no_bad_entry(entries: None):
    assert checks.find_first(checks.run_checks(print)) is None
