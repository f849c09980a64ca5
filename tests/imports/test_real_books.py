"""Real books of other people: each is opened with bean-query's balances, or refused with its reason and line."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Open, Transaction
from beancount.parser import printer
from django.contrib.auth.models import User

from fund import checks as fund_checks
from fund.operations.people import add_person
from imports.operations.books import BookOptions, OpenedOutcome, import_book, make_map
from imports.parsers.book_map import EQUITY
from ledger import checks as ledger_checks
from ledger.errors import BookUnfit
from ledger.money import to_decimal
from ledger.queries import Scope, entries, open_years, totals
from tests.imports.stock import ask_bean_query

pytestmark = [pytest.mark.django_db, pytest.mark.samples]

NO_MONEY = "The books hold money, and no shares, hours or points. No currency of ISO 4217 is: IRAUSD"
# What is said of each, in the order of its lines: the whole (line 0) first.
REFUSED = {
    "chinese.beancount": ["line 2: Beancount refuses it: Transaction does not balance: (-2.50 USD)"],
    "example.beancount": ["line 3: “plugin” is refused"],
    "extension-report-example.beancount": [NO_MONEY, "line 2977: It is off by -0.00246 USD"],
    "huge-example.beancount": [NO_MONEY, "line 9678: It is off by -0.00241 USD"],
    "import.beancount": ["line 5: The option “documents” is refused"],
}


@pytest.fixture
def officer() -> User:
    return add_person("officer", role="Finance officer")[0]


@pytest.fixture
def books(samples: Path) -> Path:
    return samples / "beancount"


def read(text: bytes, by: User, *, map_text: str = "", opening: date | None = None) -> OpenedOutcome:
    options = BookOptions(open_years=True, opening=opening)
    chosen = (map_text or make_map(text)).encode()
    return import_book(text, name="book.beancount", map_text=chosen, options=options, by=by)


def test_every_real_book_has_its_verdict(books: Path):
    assert sorted(path.name for path in books.glob("*.beancount")) == sorted(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_book_is_refused_with_the_reason_and_its_line(name: str, books: Path, officer: User):
    text = (books / name).read_bytes()
    with pytest.raises(BookUnfit) as refused:
        import_book(
            text, name=name, map_text=b'default_fund = "POOL"', options=BookOptions(open_years=True), by=officer
        )
    said = list(map(str, refused.value.findings))
    assert all(line.startswith(start) for line, start in zip(said, REFUSED[name], strict=False))
    assert (entries().count(), open_years()) == (0, [])


def keep_money(path: Path) -> str:
    """The part of a real book that is in US dollars alone: its accounts and transactions, printed by Beancount."""
    found, _, _ = loader.load_string(path.read_text(encoding="utf-8"))
    lines = ['option "operating_currency" "USD"']
    for entry in found:
        units = (
            {getattr(posting.units, "currency", "") for posting in entry.postings}
            if isinstance(entry, Transaction)
            else set()
        )
        if isinstance(entry, Open) or units == {"USD"}:
            lines.append(printer.format_entry(entry))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "count"), [("extension-report-example.beancount", 670), ("huge-example.beancount", 2207)]
)
def test_the_money_of_a_real_book_has_the_balances_of_bean_query(
    name: str, count: int, books: Path, officer: User, tmp_path: Path
):
    path = tmp_path / name
    path.write_text(keep_money(books / name), encoding="utf-8")
    assert read(path.read_bytes(), officer).book.entries == count
    ours: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for total in totals(Scope(), by=("account", "currency")):
        ours[total.account, total.currency] += to_decimal(total.amount, total.currency)
    assert {key: number for key, number in ours.items() if number} == ask_bean_query(path, "account, currency")
    assert [*ledger_checks.run_checks(lambda _: None), *fund_checks.run_checks(lambda _: None)] == []


# Two sub-funds: what the card owes is in another one than the bank account that pays it.
TWO_FUNDS = """default_fund = "GENERAL"
[funds]
"Assets:US:Vanguard" = "POOL"
"Liabilities:US" = "POOL"
"""


@pytest.mark.parametrize(
    ("name", "day"),
    [("extension-report-example.beancount", date(2015, 7, 4)), ("huge-example.beancount", date(2012, 1, 4))],
)
def test_the_balances_of_a_day_in_a_real_book_are_those_of_bean_query(
    name: str, day: date, books: Path, officer: User, tmp_path: Path
):
    path = tmp_path / name
    path.write_text(keep_money(books / name), encoding="utf-8")
    assert read(path.read_bytes(), officer, map_text=TWO_FUNDS, opening=day).book.entries == 1
    ours = {
        (total.account, total.fund, total.currency): to_decimal(total.amount, total.currency)
        for total in totals(Scope(), by=("account", "fund", "currency"))
        if total.account != EQUITY
    }
    found = ask_bean_query(path, "account, currency", f"date < {day} AND account ~ '^(Assets|Liabilities|Equity):'")
    pooled = ("Assets:US:Vanguard:", "Liabilities:US:")
    theirs = {
        (account, "POOL" if account.startswith(pooled) else "GENERAL", currency): number
        for (account, currency), number in found.items()
    }
    assert ours == theirs
    assert {fund for _, fund, _ in ours} == {"GENERAL", "POOL"}
    assert [*ledger_checks.run_checks(lambda _: None), *fund_checks.run_checks(lambda _: None)] == []
