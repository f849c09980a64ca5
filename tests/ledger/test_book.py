import csv
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger import book, queries
from ledger.book import write_book
from ledger.documents import Attached
from ledger.errors import BookNotWritten, FolderOccupied
from ledger.folder import open_folder
from ledger.models import Entry
from ledger.money import to_exact_minor
from ledger.named_queries import NamedQuery
from ledger.operations import open_account, post_entries, post_entry, reverse_entry
from ledger.queries import Scope
from tests.ledger.drafts import BANK, GIFTS, make_draft, make_leg

ENCLOSED = ["README.txt", "verify_chain.py"]
QUERIES = (
    "trial-balance",
    "zero-per-sub-fund",
    "sub-fund-trial-balances",
    "trial-balance-of-one",
    "entries-of-one-document",
    "debits-by-month",
)


def run(command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A command of the environment that the tests run in."""
    program = str(Path(sys.executable).with_name(command))
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def assert_sound(main: Path) -> None:
    """Stock bean-check finds nothing."""
    checked = run("bean-check", main)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def read(path: Path) -> str:
    return path.read_bytes().decode()


@pytest.fixture
def written(entries: None, tmp_path: Path) -> book.Book:
    return write_book(
        tmp_path / "book",
        title='The "Fund"',
        prices=[(date(2026, 1, 1), "CAD", Decimal("0.7500"))],
        budgets=[
            (date(2024, 1, 1), "Expenses:Projects:CYB-01", "yearly", 5000_00),
            (date(2026, 6, 1), BANK, "monthly", 1),
        ],
    )


def test_stock_beancount_finds_nothing_in_the_book(written: book.Book):
    assert_sound(written.main)


def test_book_has_a_file_for_each_year_and_every_text_byte_for_byte(written: book.Book):
    years = ["2025.beancount", "2026.beancount"]
    assert [path.name for path in written.files] == [*years, *ENCLOSED, "main.beancount", "SHA256SUMS"]
    assert (written.entries, written.head) == (4, Entry.objects.get(pk=4).sha256)
    for entry in Entry.objects.all():
        sealed = f"\n; {entry.number} sha256 {entry.sha256} after {entry.previous_sha256}\n{entry.text}"
        assert sealed in read(written.main.with_name(f"{entry.year_id}.beancount"))


@pytest.mark.parametrize(
    "line",
    [
        'option "title" "The \\"Fund\\""',
        'option "operating_currency" "USD"',
        'option "tolerance_multiplier" "0.001"',
        "2025-01-01 commodity CAD",
        "2025-01-01 open Assets:Advances:UNODC",
        "2025-01-01 open Expenses:Projects:CYB-01 USD",
        "2026-01-01 price CAD 0.7500 USD",
        '2025-01-01 custom "budget" Expenses:Projects:CYB-01 "yearly" 5000.00 USD',
        "2026-01-01 balance Assets:Bank:CITI-USD                         25.00 USD",
        "2026-02-02 balance Assets:Bank:CITI-USD                         123.50 USD",
        "2026-02-02 balance Assets:Bank:RBC-CAD                          10000.00 CAD",
        'include "2026.beancount"',
    ],
)
def test_main_file_says_what_the_books_say(written: book.Book, line: str):
    assert line in read(written.main).splitlines()


def test_balance_that_is_not_met_is_found_by_beancount(written: book.Book):
    year = written.main.with_name("2026.beancount")
    year.write_text(read(year).replace("10000.00 CAD", "10001.00 CAD"), encoding="utf-8")
    assert "Balance failed for 'Assets:Bank:RBC-CAD'" in run("bean-check", written.main).stderr


def test_every_query_of_the_book_runs(written: book.Book):
    assert set(QUERIES) == set(re.findall(r' query "([^"]+)"', read(written.main)))
    for name in QUERIES:
        answer = run("bean-query", written.main, f".run {name}")
        assert (answer.returncode, answer.stderr) == (0, ""), name
        assert len(answer.stdout.splitlines()) > 2, name


def test_beancount_adds_up_to_the_figures_of_the_ledger(written: book.Book):
    query = "SELECT account, currency, sum(number) AS number, number(only('USD', sum(weight))) AS carried GROUP BY 1, 2"
    answer = run("bean-query", "-f", "csv", written.main, query)
    found = {
        (row["account"], row["currency"]): tuple(Decimal(row[name].strip() or 0) for name in ("number", "carried"))
        for row in csv.DictReader(answer.stdout.splitlines())
    }
    totals = queries.totals(Scope(), by=("account", "currency"))
    assert len(found) == len(totals) > 3
    for total in totals:
        number, carried = found[total.account, total.currency]
        assert (to_exact_minor(number, total.currency), to_exact_minor(carried, "USD")) == (
            total.amount,
            total.functional,
        )


def test_fava_opens_the_book_and_reads_its_budgets(written: book.Book):
    from fava.core import FavaLedger

    ledger = FavaLedger(str(written.main))
    assert ledger.errors == []
    year = ledger.budgets.calculate("Expenses:Projects:CYB-01", date(2026, 1, 1), date(2027, 1, 1))
    assert round(year["USD"], 2) == 5000


def verify_chain(directory: Path) -> subprocess.CompletedProcess[str]:
    """What the program that goes with the book says, run from elsewhere."""
    program = [sys.executable, "-I", str(directory / "verify_chain.py")]
    return subprocess.run(program, cwd=directory.parent, capture_output=True, text=True, check=False)


def test_auditor_verifies_the_chain_from_the_files_alone(written: book.Book):
    assert verify_chain(written.main.parent).stdout == f"4 {written.head}\n"
    assert f"; 4 entries, the last of the chain with the hash {written.head}\n" in read(written.main)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Citibank"', '"Another"', "entry 4 was changed"),
        (r"\Z", '\n2026-01-01 txn "a" "b"\n  Assets:Bank:CITI-USD  1 USD\n', "an entry without its hash"),
        ("; JE-2026-000002 sha256", "; JE-2026-000002 sha", "an entry without its hash"),
        (r"\n; JE-2026-000002 .*?\n\n", "\n", "no entry follows number 1"),
    ],
)
def test_auditor_sees_what_was_changed(written: book.Book, old: str, new: str, said: str):
    year = written.main.with_name("2026.beancount")
    changed = re.sub(old, new, read(year), flags=re.S)
    assert changed != read(year)
    year.write_text(changed, encoding="utf-8")
    assert said in verify_chain(written.main.parent).stderr


def test_book_cut_at_a_date_leaves_out_what_is_later(entries: None, tmp_path: Path):
    prices = [(date(2026, 1, day), "CAD", Decimal("0.75")) for day in (15, 16)]
    cut = write_book(tmp_path, title="Fund", prices=prices, until=date(2026, 1, 15))
    assert cut.entries == 3
    assert "JE-2026-000002" not in read(tmp_path / "2026.beancount")
    assert read(cut.main).count(" price ") == 1
    assert_sound(cut.main)


def test_empty_book_is_sound(db: None, tmp_path: Path):
    assert_sound(write_book(tmp_path, title="Fund").main)


def test_account_above_others_is_asserted_with_them(books: None, tmp_path: Path):
    open_account("Assets:Bank")
    above = make_draft(legs=(make_leg("Assets:Bank", 7), make_leg(GIFTS, -7)))
    post_entries([above, make_draft(100)], by="officer")
    written = write_book(tmp_path, title="Fund")
    assert re.search(r"balance Assets:Bank +1\.07 USD", read(written.main))
    assert_sound(written.main)


def test_account_that_came_back_to_zero_is_asserted_as_zero(books: None, tmp_path: Path):
    reverse_entry(post_entry(make_draft(), by="officer").number, on=date(2026, 3, 1), reason="wrong", by="officer")
    written = write_book(tmp_path, title="Fund")
    assert re.search(r"2026-03-02 balance Assets:Bank:CITI-USD +0\.00 USD", read(written.main))


def test_queries_of_the_caller_join_those_of_the_book(entries: None, tmp_path: Path):
    written = write_book(tmp_path, title="Fund", named_queries=[NamedQuery("all", "everything", "SELECT account")])
    assert '2025-01-01 query "all" "SELECT account"' in read(written.main)
    assert "    all: everything\n" in read(tmp_path / "README.txt")


def test_book_takes_the_place_of_a_book_written_before(entries: None, tmp_path: Path):
    write_book(tmp_path, title="Fund")
    for name in (".main.beancount.picklecache", "2026.beancount.cut0ff.part"):
        (tmp_path / name).touch()
    write_book(tmp_path, title="Another", until=date(2025, 12, 31))
    assert {path.name for path in tmp_path.iterdir()} == {"main.beancount", "2025.beancount", "SHA256SUMS", *ENCLOSED}
    assert 'option "title" "Another"' in read(tmp_path / "main.beancount")


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "main.beancount",
        "2026.beancount",
        ".hidden",
        "2026.beancount.bak",
        "README.txt",
        "verify_chain.py",
        "SHA256SUMS",
    ],
)
def test_folder_with_other_things_is_left_alone(entries: None, tmp_path: Path, name: str):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(FolderOccupied, match=re.escape(name)):
        write_book(tmp_path, title="Fund")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert read(tmp_path / name) == "mine"


def test_file_is_no_folder(entries: None, tmp_path: Path):
    path = tmp_path / "book"
    path.touch()
    with pytest.raises(FolderOccupied, match="is a file"):
        write_book(path, title="Fund")
    with pytest.raises(BookNotWritten, match="cannot be written"):
        write_book(path / "below", title="Fund")


def test_second_who_writes_at_once_is_refused(entries: None, tmp_path: Path):
    with open_folder(tmp_path), pytest.raises(FolderOccupied, match="A book is being written to"):
        write_book(tmp_path, title="Fund")
    assert list(tmp_path.iterdir()) == []


def test_failure_half_way_leaves_the_book_before_as_it_was(entries: None, tmp_path: Path, monkeypatch):
    write_book(tmp_path, title="Fund")
    before = {path.name: read(path) for path in tmp_path.iterdir()}
    post_entry(make_draft(), by="officer")

    def fail(_: int) -> Iterator[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BookNotWritten, match="No space left on device"):
        write_book(tmp_path, title="Fund")
    assert {path.name: read(path) for path in tmp_path.iterdir()} == before


def test_entries_pass_through_in_chunks(books: None, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(book, "_CHUNK", 3)
    post_entries([make_draft()] * 10, by="officer")
    written = write_book(tmp_path, title="Fund")
    assert (written.entries, read(tmp_path / "2026.beancount").count(" sha256 ")) == (10, 10)


def attach(content: bytes, document: str = "RCT-2026-0001", **facts: str) -> Attached:
    return Attached(document, hashlib.sha256(content).hexdigest(), "pdf", facts, lambda: content)


def test_attached_files_are_in_the_book_once_each(entries: None, tmp_path: Path):
    twice = [attach(b"advice", description='A "bank" advice'), attach(b"advice", "RCT-2025-0001")]
    written = write_book(tmp_path, title="Fund", documents=[*twice, attach(b"never posted", "DSB-2026-0009")])
    name = f"documents/{hashlib.sha256(b'advice').hexdigest()}.pdf"
    assert [path.name for path in (tmp_path / "documents").iterdir()] == [Path(name).name]
    assert f'2026-01-15 document Assets:Bank:CITI-USD "{name}" ^RCT-2026-0001\n' in read(written.main)
    assert '  description: "A \\"bank\\" advice"\n' in read(written.main)
    assert f'2025-12-31 document Assets:Bank:CITI-USD "{name}" ^RCT-2025-0001\n' in read(written.main)
    assert_sound(written.main)


def test_files_of_later_entries_are_left_out_of_a_book_cut_before(entries: None, tmp_path: Path):
    documents = [attach(b"a"), attach(b"b", "RCT-2025-0001")]
    write_book(tmp_path, title="Fund", documents=documents, until=date(2025, 12, 31))
    assert [path.read_bytes() for path in (tmp_path / "documents").iterdir()] == [b"b"]


def test_manifest_has_the_sum_of_every_other_file(entries: None, tmp_path: Path):
    written = write_book(tmp_path, title="Fund", documents=[attach(b"a")])
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert checked.returncode == 0
    assert {line.removesuffix(": OK") for line in checked.stdout.splitlines()} == found - {"SHA256SUMS"}
    assert hashlib.sha256((tmp_path / "SHA256SUMS").read_bytes()).hexdigest() == written.manifest


def test_documents_of_a_book_before_are_replaced(entries: None, tmp_path: Path):
    write_book(tmp_path, title="Fund", documents=[attach(b"a"), attach(b"b")])
    (tmp_path / "documents" / f"{'0' * 64}.pdf.cut0ff.part").touch()
    write_book(tmp_path, title="Fund", documents=[attach(b"b")])
    assert [path.read_bytes() for path in (tmp_path / "documents").iterdir()] == [b"b"]
    write_book(tmp_path, title="Fund")
    assert not (tmp_path / "documents").exists()


@pytest.mark.parametrize("name", ["documents/notes.txt", "documents/more/a.pdf", f"documents/{'0' * 64}.pdf"])
def test_folder_with_documents_of_others_is_left_alone(entries: None, tmp_path: Path, name: str):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FolderOccupied, match="holds other things"):
        write_book(tmp_path, title="Fund", documents=[attach(b"a")])
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]
    assert read(path) == "mine"


def test_link_in_place_of_the_documents_is_left_alone(entries: None, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "documents").symlink_to(elsewhere)
    with pytest.raises(FolderOccupied, match="documents"):
        write_book(tmp_path / "book", title="Fund", documents=[attach(b"a")])
    assert list(elsewhere.iterdir()) == []


def test_failure_at_a_document_leaves_nothing_behind(entries: None, tmp_path: Path):
    def fail() -> bytes:
        raise OSError(5, "Input/output error")

    broken = Attached("RCT-2026-0001", "0" * 64, "pdf", {}, fail)
    astray = Attached("RCT-2026-0001", "../../astray", "pdf", {}, lambda: b"a")
    for file, said in ((broken, "Input/output error"), (astray, "is not the name of a file of a book")):
        with pytest.raises(BookNotWritten, match=said):
            write_book(tmp_path / "book", title="Fund", documents=[attach(b"a"), file])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_days_are_said_where_an_account_is_opened(entries: None, tmp_path: Path):
    days = {"Assets:Receivable:CAN": {"agr-2026-0001-1": date(2026, 3, 1)}}
    written = write_book(tmp_path, title="Fund", days_of=lambda account: days.get(account, {}))
    assert "open Assets:Receivable:CAN CAD\n  agr-2026-0001-1: 2026-03-01\n" in read(written.main)
    assert_sound(written.main)


def test_explanation_is_one_page_with_the_figures_of_the_book(written: book.Book):
    page = read(written.main.with_name("README.txt"))
    assert len(page.splitlines()) < 66
    for said in (
        "4 entries.\n",
        f"\n   4 {written.head}\n",
        "debit 7626.50 USD, credit 7626.50 USD",
        "\n      Assets:Bank:CITI-USD | 123.50 USD | 123.50 USD\n",
    ):
        assert said in page
