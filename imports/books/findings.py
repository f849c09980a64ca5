"""What must be true of the whole of a book before it is opened, and what its balances have to be afterwards."""

from collections.abc import Iterable, Iterator, Sequence

from fund.operations.opened_books import Key, check_accounts, check_funds
from imports.books.chart import Chart
from imports.books.weights import Weighed, add_up, settle, show
from ledger.errors import Finding, UnknownCurrency
from ledger.money import digits
from ledger.quarantine import OutsideLine


def check_book(chart: Chart, lines: Iterable[OutsideLine], functional: str) -> Iterator[Finding]:
    """The map fits the book, the accounts and sub-funds of `lines` are ours to use, and the currency is the same."""
    accounts = {line.account for line in lines}
    named = chart.book.currencies
    if named and functional not in named:
        yield Finding(0, f"The book is kept in {', '.join(named)}, ours in {functional}: only such a book is opened.")
    yield from chart.check_keys()
    yield from chart.check_names(accounts)
    placed = {chart.place(account) for account in accounts}
    funds = {chart.fund_of(line.account, line.fund) for line in lines}
    yield from (Finding(0, problem) for problem in (*check_accounts(placed), *check_funds(funds)))


def check_money(lines: Iterable[OutsideLine]) -> Iterator[Finding]:
    """One finding with every commodity that is no currency, how often it stands in the book, and where first."""
    found: dict[str, list[int]] = {}
    for line in lines:
        if not is_money(line.currency):
            found.setdefault(line.currency, []).append(line.line)
    if found:
        named = ", ".join(f"{name} (line {min(places)}, {len(places):,} in all)" for name, places in found.items())
        what = f"The books hold money, and no shares, hours or points. No currency of ISO 4217 is: {named}."
        yield Finding(0, f"{what} Open a copy without the transactions that move them.")


def is_money(currency: str) -> bool:
    """True for a currency that the books can hold."""
    try:
        digits(currency)
    except UnknownCurrency:
        return False
    return True


def check_zero(line: int, lines: Sequence[Weighed], what: str = "It") -> Iterator[Finding]:
    """A transaction that begins in `line` is exactly zero, whatever Beancount tolerates."""
    for currency, total in add_up(lines).items():
        yield Finding(line, f"{what} is off by {show(total)} {currency}: the lines must add up to exactly zero.")


def find_balances(chart: Chart, *, on_balance_sheet_only: bool = False) -> dict[Key, int]:
    """What beanquery finds in the book, in minor units, by what accounts and sub-funds are in ours; zeros left out."""
    sums: dict[Key, int] = {}
    for (account, fund, currency), total in chart.book.balances.items():
        if total and (chart.is_on_balance_sheet(account) or not on_balance_sheet_only):
            key = chart.place(account), chart.fund_of(account, fund), currency
            sums[key] = sums.get(key, 0) + settle(total, currency)
    return {key: total for key, total in sums.items() if total}
