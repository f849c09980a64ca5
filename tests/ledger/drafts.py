"""Drafts for tests: one that is right, and any that are right."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from ledger.entries import Draft, Leg
from ledger.operations import open_account, open_year, post_entries
from ledger.queries import Total

ACCOUNTS = {
    "Assets:Bank:CITI-USD": "USD",
    "Assets:Bank:RBC-CAD": "CAD",
    "Assets:Receivable:CAN": "CAD",
    "Assets:Advances:UNODC": "",
    "Liabilities:Unapplied:CAN": "",
    "Income:Contributions:CAN": "USD",
    "Expenses:BankCharges": "USD",
    "Equity:Unallocated": "USD",
}
BANK, GIFTS, CHARGES = "Assets:Bank:CITI-USD", "Income:Contributions:CAN", "Expenses:BankCharges"
CURRENCIES = ("USD", "CAD", "JPY", "KWD")
YEARS = (2025, 2026)


def open_books() -> None:
    """Opens two years and the accounts."""
    for year in YEARS:
        open_year(year, by="officer")
    for name, currency in ACCOUNTS.items():
        open_account(name, currency=currency)


def make_leg(account: str, amount: int, fund: str = "POOL", **fields: Any) -> Leg:
    """A leg in the functional currency, unless `fields` say otherwise."""
    return replace(Leg(account, amount, "USD", amount, fund), **fields)


def make_draft(amount: int = 100_00, **fields: Any) -> Draft:
    """A gift into the pool: bank to income."""
    legs = (make_leg(BANK, amount), make_leg(GIFTS, -amount))
    draft = Draft(date(2026, 1, 15), "receipt", "Canada", "Gift", ("RCT-2026-0001",), legs)
    return replace(draft, **fields)


def make_foreign_draft(**fields: Any) -> Draft:
    """10,000.00 CAD for 7,500.00 USD, into the bank account of that currency."""
    legs = (
        make_leg("Assets:Bank:RBC-CAD", 10_000_00, currency="CAD", functional=7_500_00),
        make_leg(GIFTS, -7_500_00),
    )
    return make_draft(legs=legs, **fields)


def post_samples() -> None:
    """Four entries of two years and two currencies."""
    drafts = [
        make_draft(),
        make_foreign_draft(on=date(2026, 2, 1)),
        make_draft(25_00, on=date(2025, 12, 31), links=("RCT-2025-0001",), payee='The "Gift" \\ Café 中文'),
        make_draft(legs=(make_leg(CHARGES, 1_50), make_leg(BANK, -1_50)), kind="charge", payee="Citibank"),
    ]
    post_entries(drafts, by="officer")


UNPRINTABLE = "".join(map(chr, [*range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF]))
CODES = st.from_regex(r"[A-Z0-9][A-Z0-9\-_/.]{0,10}", fullmatch=True)
SIZES = st.integers(1, 10**13)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


def texts(longest: int) -> st.SearchStrategy[str]:
    """Any text that the books take."""
    letters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=UNPRINTABLE)
    return st.text(letters, max_size=longest)


@st.composite
def legs(draw: st.DrawFn, fund: str) -> tuple[Leg, ...]:
    """Legs of one sub-fund that add up to zero."""
    found = [draw(_legs(fund)) for _ in range(draw(st.integers(1, 4)))]
    rest = -sum(leg.functional for leg in found)
    if rest:
        found.append(make_leg("Equity:Unallocated", rest, fund))
    return (*found, make_leg(BANK, 1, fund), make_leg(GIFTS, -1, fund))


@st.composite
def _legs(draw: st.DrawFn, fund: str) -> Leg:
    account = draw(st.sampled_from(list(ACCOUNTS)))
    currency = ACCOUNTS[account] or draw(st.sampled_from(CURRENCIES))
    sign, amount, functional = draw(st.sampled_from((1, -1))), draw(SIZES), draw(SIZES)
    functional = amount if currency == "USD" else functional
    codes = draw(st.one_of(st.just(("", "")), st.tuples(CODES, CODES)))
    party = draw(st.sampled_from(("", "CAN", "USA")))
    return Leg(account, sign * amount, currency, sign * functional, fund, *codes, party)


@st.composite
def drafts(draw: st.DrawFn, funds: st.SearchStrategy[str] = CODES) -> Draft:
    """Any draft that the books take: up to three sub-funds, all currencies, any text."""
    chosen = draw(st.lists(funds, min_size=1, max_size=3, unique=True))
    return Draft(
        on=draw(DAYS),
        kind=draw(st.sampled_from(("receipt", "charge", "agreement"))),
        payee=draw(texts(200)),
        narration=draw(texts(500)),
        links=tuple(draw(st.lists(CODES, min_size=1, max_size=3, unique=True))),
        legs=tuple(leg for fund in chosen for leg in draw(legs(fund))),
    )


def as_row(total: Total) -> tuple[Any, ...]:
    """A total as a plain row, to compare."""
    return total.account, total.fund, total.currency, total.amount, total.functional
