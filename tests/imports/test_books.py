"""Books of somebody else, opened in ours: both modes, all or nothing, balances equal to beanquery's."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund import checks as fund_checks
from fund.errors import BalancesDiffer, BookOpened, FundsFirst, NotPermitted
from fund.models import OpenedBook
from fund.operations.people import add_person
from fund.operations.treasury import add_bank_account, add_rate, open_year
from imports.books import findings, opening
from imports.operations.books import BookOptions, OpenedOutcome, import_book
from ledger import checks as ledger_checks
from ledger.errors import BookUnfit, EntryInvalid
from ledger.money import to_decimal
from ledger.queries import Scope, entries, get_draft, open_years, totals
from tests.imports.stock import ask_bean_query

BOOKS = Path(__file__).parent.parent / "data" / "imports" / "books"
WRONG = sorted(path for path in BOOKS.glob("*.beancount") if path.with_suffix(".txt").exists())
SMALL = (BOOKS / "small.beancount").read_bytes()
MAP = (BOOKS / "small.toml").read_bytes()
POOL = b'default_fund = "POOL"'
# What the map makes of the names of the balance sheet in the small book.
NAMES = {
    "Vermögen:Konto": "Assets:Konto",
    "Vermögen:Kasse:Euro": "Assets:Cash:Euro",
    "Equity:Opening-Balances": "Equity:Opening-Balances",
}
EQUITY = "Equity:Opened-Book"


def read(text: bytes, by: User, *, map_text: bytes = POOL, **options: Any) -> OpenedOutcome:
    chosen = BookOptions(**({"open_years": True} | options))
    return import_book(text, name="book.beancount", map_text=map_text, options=chosen, by=by)


def run(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_book", path, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def balances() -> dict[tuple[str, str, str], tuple[int, int]]:
    found = totals(Scope(), by=("account", "fund", "currency"))
    return {(one.account, one.fund, one.currency): (one.amount, one.functional) for one in found}


def check() -> list[str]:
    return [*ledger_checks.run_checks(lambda _: None), *fund_checks.run_checks(lambda _: None)]


@pytest.fixture
def officer(db: None) -> User:
    return add_person("officer", role="Finance officer")[0]


def test_the_full_history_becomes_entries_with_the_books_own_balances(officer: User):
    outcome = read(SMALL, officer, map_text=MAP)
    assert balances() == {
        ("Assets:Cash:Euro", "GENERAL", "EUR"): (433, 1147),
        ("Assets:Konto", "GENERAL", "USD"): (97950, 97950),
        ("Assets:Konto", "POOL", "USD"): (5000, 5000),
        ("Equity:Opening-Balances", "GENERAL", "EUR"): (-133, -147),
        ("Equity:Opening-Balances", "GENERAL", "USD"): (-100000, -100000),
        ("Expenses:Food", "GENERAL", "USD"): (1050, 1050),
        ("Income:Gifts", "POOL", "USD"): (-5000, -5000),
    }
    assert (outcome.book.number, outcome.book.entries, outcome.years) == ("OPB-2025-0001", 5, [2025])
    assert check() == []


def test_an_entry_names_its_document_and_its_line(officer: User):
    read(SMALL, officer, map_text=MAP)
    shop = get_draft(entries()[1])
    assert (shop.on, shop.kind, shop.narration) == (date(2025, 1, 3), "history", 'Plugin "include", on two lines')
    assert (shop.payee, shop.links) == ("Shop", ("OPB-2025-0001", "OPB-2025-0001/16"))


def test_what_is_left_out_is_told(officer: User):
    assert read(SMALL, officer, map_text=MAP).notes == [
        "line 35: The document statement.pdf is left out.",
        "Transactions that move nothing are left out, 1 in all: line 37.",
        "Directives that stay in the file alone: 1 note, 1 price.",
    ]


def test_balances_of_a_day_become_one_entry(officer: User):
    outcome = read(SMALL, officer, map_text=MAP, opening=date(2025, 2, 3))
    assert balances() == {
        ("Assets:Cash:Euro", "GENERAL", "EUR"): (433, 478),
        ("Assets:Konto", "GENERAL", "USD"): (97950, 97950),
        ("Assets:Konto", "POOL", "USD"): (5000, 5000),
        ("Equity:Opened-Book", "GENERAL", "USD"): (1719, 1719),
        ("Equity:Opened-Book", "POOL", "USD"): (-5000, -5000),
        ("Equity:Opening-Balances", "GENERAL", "EUR"): (-133, -147),
        ("Equity:Opening-Balances", "GENERAL", "USD"): (-100000, -100000),
    }
    assert (outcome.book.entries, outcome.book.begins_on) == (1, date(2025, 2, 3))
    assert check() == []


@pytest.mark.parametrize("day", [date(2025, 1, 4), date(2025, 2, 2), date(2025, 2, 3)])
def test_balances_of_a_day_are_those_that_bean_query_finds_before_it(day: date, officer: User):
    read(SMALL, officer, map_text=MAP, opening=day)
    ours = {key: to_decimal(amount, key[2]) for key, (amount, _) in balances().items() if key[0] != EQUITY}
    held = f"date < {day} AND account ~ '^(Vermögen|Equity):'"
    found = ask_bean_query(BOOKS / "small.beancount", "account, meta('fund'), currency", held)
    assert ours == {
        (NAMES[name], fund or "GENERAL", currency): total for (name, fund, currency), total in found.items()
    }


def test_what_comes_on_the_day_and_later_is_not_among_its_balances(officer: User):
    read(SMALL, officer, map_text=MAP, opening=date(2025, 1, 3))
    assert balances()["Assets:Konto", "GENERAL", "USD"] == (100000, 100000)


def test_a_day_before_the_first_balance_is_refused(officer: User):
    with pytest.raises(BookUnfit, match="The book holds nothing at the beginning of 2025-01-02"):
        read(SMALL, officer, map_text=MAP, opening=date(2025, 1, 2))


def test_a_transaction_that_is_off_is_refused_in_opening_balances_too(officer: User):
    with pytest.raises(BookUnfit, match=r"line 11: It is off by 0\.004 USD"):
        read((BOOKS / "wrong.beancount").read_bytes(), officer, opening=date(2025, 1, 3))


def test_a_map_that_would_leave_an_asset_out_of_opening_balances_is_refused(officer: User):
    map_text = MAP.replace(b"Assets:Cash", b"Expenses:Cash")
    with pytest.raises(BookUnfit, match="Map: Vermögen:Kasse:Euro is Expenses:Cash:Euro in ours"):
        read(SMALL, officer, map_text=map_text, opening=date(2025, 2, 3))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_refused_book_says_why_and_leaves_nothing(path: Path, officer: User):
    with pytest.raises(CommandError) as refused:
        run(path, map=path.with_suffix(".toml"), by="officer", open_years=True)
    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert (entries().count(), OpenedBook.objects.count(), open_years()) == (0, 0, [])


def test_years_are_opened_on_demand_alone(officer: User):
    with pytest.raises(BookUnfit, match=r"These fiscal years are not open: 2025. Open: none. Repeat with --open-years"):
        read(SMALL, officer, map_text=MAP, open_years=False)
    open_year(2025, by=officer)
    assert read(SMALL, officer, map_text=MAP, open_years=False).years == []


def test_a_file_is_opened_once(officer: User):
    read(SMALL, officer, map_text=MAP)
    with pytest.raises(BookOpened, match="This file was opened already, as OPB-2025-0001"):
        read(SMALL, officer, map_text=MAP, opening=date(2025, 2, 3))
    assert read(SMALL + b"\n", officer, map_text=MAP).book.number == "OPB-2025-0002"
    assert check() == []


@pytest.mark.parametrize("day", [None, date(2025, 2, 3)], ids=["history", "opening"])
def test_balances_that_differ_take_everything_back(day: date | None, officer: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(findings, "settle", lambda total, _: int(total * 100) + 1)
    with pytest.raises(BalancesDiffer, match=r"Assets:Konto of POOL: USD 50\.00 here, USD 50\.01 there"):
        read(SMALL, officer, map_text=MAP, opening=day)
    assert (entries().count(), OpenedBook.objects.count(), open_years()) == (0, 0, [])


def test_opening_balances_that_were_added_up_wrongly_take_everything_back(
    officer: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opening, "to_exact_minor", lambda total, _: int(total * 100) + 1)
    with pytest.raises(BalancesDiffer, match=r"Assets:Konto of POOL: USD 50\.01 here, USD 50\.00 there"):
        read(SMALL, officer, map_text=MAP, opening=date(2025, 2, 3))
    assert (entries().count(), OpenedBook.objects.count(), open_years()) == (0, 0, [])


def test_a_refusal_in_the_last_batch_takes_everything_back(officer: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fund.operations.opened_books._CHUNK", 2)
    monkeypatch.setattr("imports.books.history.check_words", lambda *_: ())
    with pytest.raises(EntryInvalid, match="The payee has 201 characters"):
        read(SMALL + b'2025-03-01 * "%b" "Last"\n  Income:Gifts  -1.00 USD\n  Expenses:Food\n' % (b"x" * 201), officer)
    assert (entries().count(), OpenedBook.objects.count(), open_years()) == (0, 0, [])


BANK = b"""2025-01-01 open Assets:Bank:MAIN
2025-01-01 open Income:Gifts
2025-01-02 * "Gift"
  Assets:Bank:MAIN  1.00 USD
  Income:Gifts
"""


def test_a_bank_account_may_be_added_for_an_account_that_was_opened(officer: User):
    read(BANK, officer)
    add_bank_account(code="MAIN", name="Main", currency="USD", by=officer)
    assert check() == []


def test_a_bank_account_below_zero_is_refused(officer: User):
    overdraft = BANK.replace(b" 1.00 USD", b"-1.00 USD")
    with pytest.raises(
        FundsFirst, match=r"POOL has USD -1\.00 in Assets:Bank:MAIN .* give such an account another name"
    ):
        read(overdraft, officer)
    read(overdraft, officer, map_text=POOL + b'\n[accounts]\n"Assets:Bank" = "Liabilities:Overdraft"')
    assert check() == []


EURO = b"""2025-01-01 open Assets:A
2025-01-01 open Assets:B
2025-03-01 * "Moved"
  Assets:A  1.00 EUR
  Assets:B
"""


def test_foreign_money_without_a_price_takes_the_funds_rate(officer: User):
    with pytest.raises(BookUnfit, match="line 3: Neither the book has a price nor the fund a rate of EUR"):
        read(EURO, officer)
    add_rate(currency="EUR", effective_on=date(2025, 2, 1), rate=Decimal("1.125"), by=officer)
    read(EURO, officer)
    assert balances()["Assets:A", "POOL", "EUR"] == (100, 113)


def test_accounts_of_one_name_are_added_up(officer: User):
    text = (
        EURO.replace(b"EUR", b"USD")
        + b'2025-03-02 * "Gift"\n  Assets:A  2.00 USD\n  Income:G\n2025-01-01 open Income:G'
    )
    read(text, officer, map_text=POOL + b'\n[accounts]\n"Assets:B" = "Assets:A"')
    assert balances()["Assets:A", "POOL", "USD"] == (200, 200)


def test_only_who_may_open_books_opens_one(officer: User):
    auditor, _ = add_person("auditor", role="Auditor")
    with pytest.raises(NotPermitted):
        read(SMALL, auditor, map_text=MAP)


def test_the_command_writes_a_map_and_opens_the_book_with_it(tmp_path: Path, officer: User):
    path = tmp_path / "book.beancount"
    path.write_bytes(SMALL.replace(b"Kasse", "Geld-Börse".encode()))
    with pytest.raises(CommandError, match=r"book.beancount.toml is missing: --write-map writes a map to begin with"):
        run(path)
    run(path, write_map=True)
    with pytest.raises(CommandError, match="is there already"):
        run(path, write_map=True)
    map_path = tmp_path / "book.beancount.toml"
    map_path.write_text(map_path.read_text().replace("GENERAL", "POOL"))
    said = run(path, open_years=True, by="officer")
    assert said.endswith("OPB-2025-0001 is opened: 5 entries of book.beancount, balances equal to bean-query's.\n")
    assert ("Assets:Geld-Borse:Euro", "POOL", "EUR") in balances()


def test_what_is_wrong_with_the_map_is_told(tmp_path: Path, officer: User):
    path = tmp_path / "book.beancount"
    path.write_bytes(SMALL)
    path.with_name("book.beancount.toml").write_text('default_fund = "pool"\n')
    with pytest.raises(CommandError) as refused:
        run(path)
    assert str(refused.value) == (
        "book.beancount.toml cannot be used as a map: 1 problem.\n"
        '  default_fund: write the code of a sub-fund in quotation marks, such as "GENERAL".'
    )


def test_of_many_problems_fifty_are_listed(tmp_path: Path, officer: User):
    path = tmp_path / "book.beancount"
    path.write_text('plugin "m"\n' * 51)
    path.with_name("book.beancount.toml").write_bytes(POOL)
    with pytest.raises(CommandError) as refused:
        run(path)
    lines = str(refused.value).splitlines()
    assert (len(lines), lines[-1]) == (52, "  There are more; the first 50 are listed.")


@pytest.mark.parametrize("day", ["2025", "tomorrow"])
def test_a_day_that_is_none_is_refused(day: str, officer: User):
    with pytest.raises(CommandError, match="is not a day: write it like 2026-12-31"):
        call_command("import_book", "book.beancount", "--opening", day)
