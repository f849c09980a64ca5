"""Books of somebody else in a process of its own."""

import time
from datetime import date
from decimal import Decimal

import pytest

from ledger import quarantine
from ledger.errors import BookUnfit
from ledger.program_lines import SHORTEN
from ledger.quarantine import Limits, Price, read_book

SMALL = """
option "operating_currency" "USD"
option "name_assets" "Vermögen"
2026-01-01 open Vermögen:Bank USD, EUR
2026-01-01 open Equity:Opening
2026-01-02 * "Payee" "Narration"
  lineno: "one\\n2026-01-05 * two"
  Vermögen:Bank  3.00 EUR @@ 10.00 USD
    fund: "POOL"
  Equity:Opening
    lineno: "99"
2026-01-03 document Vermögen:Bank "/etc/passwd"
2026-01-04 price EUR 1.1 USD
"""
ROOM = Limits(memory=256 * 1024**2, seconds=20, answer=1024**2)


def test_a_book_comes_back_as_plain_data():
    book = read_book(SMALL.encode())
    (entry,) = book.entries
    bank, equity = entry.lines
    assert (entry.line, entry.on, entry.payee, entry.narration) == (6, date(2026, 1, 2), "Payee", "Narration")
    assert (bank.line, equity.line) == (8, 10)
    assert (bank.number, bank.fund) == (Decimal("3.00"), "POOL")
    assert bank.price == Price(Decimal("10.00"), "USD", is_total=True)
    assert (equity.is_computed, bank.is_computed) == (True, False)
    assert book.opened["Vermögen:Bank"] == (4, ("USD", "EUR"))
    assert (book.currencies, book.roots[0]) == (("USD",), "Vermögen")
    assert book.prices == [(date(2026, 1, 4), "EUR", Decimal("1.1"), "USD")]


def test_documents_are_named_and_looked_for_nowhere():
    assert read_book(SMALL.encode()).documents == [(12, "/etc/passwd")]


def test_balances_are_those_of_beanquery_at_the_beginning_of_a_day():
    balances = read_book(SMALL.encode(), until=date(2026, 1, 3)).balances
    assert balances["Vermögen:Bank", "POOL", "EUR"] == 3
    assert read_book(SMALL.encode(), until=date(2026, 1, 2)).balances == {}


def test_padding_becomes_a_transaction():
    text = (
        "2026-01-01 open Assets:A\n2026-01-01 open Equity:O\n"
        "2026-01-02 pad Assets:A Equity:O\n2026-01-03 balance Assets:A 5.00 USD\n"
    )
    (entry,) = read_book(text.encode()).entries
    assert [(line.account, line.number) for line in entry.lines] == [
        ("Assets:A", Decimal(5)),
        ("Equity:O", Decimal(-5)),
    ]


def test_what_beancount_refuses_is_refused_with_its_line():
    with pytest.raises(BookUnfit) as refused:
        read_book(b'2026-01-01 * "A"\n  Assets:Bank  1.00 USD\n\n2026-01-02 balance Assets:Bank 2.00 USD\n')
    lines = [(finding.line, finding.message.split(":")[1].split()[0]) for finding in refused.value.findings]
    assert (1, "Transaction") in lines
    assert (4, "Balance") in lines


def test_a_program_line_is_refused_before_beancount_sees_the_book(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(quarantine, "_PROGRAM", tmp_path / "missing.py")
    with pytest.raises(BookUnfit, match="line 1: “plugin” is refused"):
        read_book(b'plugin "antigravity"\n')


def test_what_the_scanner_would_miss_is_refused_by_what_the_parser_recorded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quarantine, "check_book_text", lambda _: iter(()))
    with pytest.raises(BookUnfit) as refused:
        read_book(b'plugin "antigravity"\ninclude "/etc/passwd"\noption "documents" "/"\noption "title" "T"\n')
    assert [finding.line for finding in refused.value.findings] == [1, 2, 3]


def stop(text: str, limits: Limits) -> str:
    began = time.monotonic()
    with pytest.raises(BookUnfit) as refused:
        read_book(text.encode(), limits=limits)
    assert time.monotonic() - began < 60
    return refused.value.message


def test_a_book_that_fills_the_memory_is_stopped():
    text = "".join(f"pushtag #t{n}\n" for n in range(4_000)) + '2020-01-01 * "x"\n' * 4_000
    assert "or it takes more than 256 MB of memory" in stop(text, ROOM)


def test_a_book_that_never_ends_is_stopped():
    lines = (f"2020-01-01 open Assets:A{n}\n2020-01-02 balance Assets:A{n} 0 USD\n" for n in range(60_000))
    limits = Limits(memory=1024**3, seconds=1, answer=1024**3)
    assert stop("".join(lines), limits) == f"Reading the book was stopped: it takes more than 1 seconds. {SHORTEN}"


def test_a_process_that_only_waits_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path):
    program = tmp_path / "wait.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(quarantine, "_PROGRAM", program)
    assert "it takes more than 1 seconds" in stop("", Limits(ROOM.memory, 1, 1))


def test_an_answer_without_end_is_stopped():
    text = "2020-01-01 open Assets:A\n" + '2020-01-01 * "x" "' + "y" * 2_000 + '"\n  Assets:A  0 USD\n'
    assert "what is found in it is larger than 0 MB" in stop(text, Limits(ROOM.memory, 20, 1_000))


def test_the_process_knows_nothing_of_the_fund_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path):
    program = tmp_path / "look.py"
    program.write_text(
        "import importlib.util, json, os\n"
        "print(json.dumps(['document', 0, [sorted(os.environ), importlib.util.find_spec('ledger') is None]]))\n"
    )
    monkeypatch.setattr(quarantine, "_PROGRAM", program)
    monkeypatch.setenv("SECRET_KEY", "known to the fund alone")
    ((_, found),) = read_book(b"").documents
    assert "SECRET_KEY" not in found[0]
    assert found[1]
