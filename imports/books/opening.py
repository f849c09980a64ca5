"""The balances of a book at the beginning of a day, as one entry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from fund.operations.opened_books import Key
from fund.policy import CarriedEntry, open_balances
from imports.books.carried import CarriedBook
from imports.books.chart import Chart
from imports.books.findings import check_book, check_money, check_zero, find_balances
from imports.books.rates import BookRates
from imports.books.weights import to_exact_minor, weigh
from ledger.accounts import sort_key
from ledger.entries import Leg
from ledger.errors import BookUnfit, Finding, Refused
from ledger.money import digits
from ledger.quarantine import OutsideEntry, OutsideLine


def carry_balances(chart: Chart, rates: BookRates, functional: str, *, on: date, title: str) -> CarriedBook:
    """One entry with what each asset, liability and equity account holds at the beginning of `on`.

    Earlier income and expense, and what a sub-fund's balances leave open otherwise, go to the map's equity account.
    Foreign currency is carried at the rate of the day, half up. Raises BookUnfit with everything that is in the way.
    """
    entries = [entry for entry in chart.book.entries if entry.on < on]
    lines = list(_find_lines_held(chart, entries))
    findings = [*check_book(chart, lines, functional), *check_money(lines)]
    findings += chart.check_kept({line.account for entry in entries for line in entry.lines})
    for entry in entries:
        findings += check_zero(entry.line, weigh(entry.lines))
    if not lines:
        findings.append(Finding(0, f"The book holds nothing at the beginning of {on}: choose a later day."))
    if findings:
        raise BookUnfit(findings)
    legs = _to_legs(chart, _add_up(chart, entries), rates, functional, on)
    equity = chart.map.equity
    carried = CarriedEntry(
        0,
        on,
        "",
        f"Balances of {title} at the beginning of {on}",
        open_balances(legs, equity=equity, currency=functional),
    )
    balances = find_balances(chart, on_balance_sheet_only=True)
    balances |= {(leg.account, leg.fund, leg.currency): leg.amount for leg in carried.legs if leg.account == equity}
    return CarriedBook([carried], chart.find_currencies(lines), balances)


def _add_up(chart: Chart, entries: Iterable[OutsideEntry]) -> dict[Key, Fraction]:
    """Our own sums of the balance sheet, by account and sub-fund as in ours, zeros left out."""
    sums: defaultdict[Key, Fraction] = defaultdict(Fraction)
    for entry in entries:
        for weighed in weigh(entry.lines):
            line = weighed.line
            if chart.is_on_balance_sheet(line.account):
                key = chart.place(line.account), chart.fund_of(line.account, line.fund), line.currency
                sums[key] += weighed.number
    return {key: total for key, total in sums.items() if total}


def _find_lines_held(chart: Chart, entries: Iterable[OutsideEntry]) -> Iterator[OutsideLine]:
    """The lines of the accounts and commodities that hold something, which alone need a name and a currency in ours."""
    entries = list(entries)
    held = {(account, currency) for account, _, currency in _add_up(chart, entries)}
    for entry in entries:
        for line in entry.lines:
            if (chart.place(line.account), line.currency) in held:
                yield line


def _to_legs(chart: Chart, sums: dict[Key, Fraction], rates: BookRates, functional: str, on: date) -> list[Leg]:
    legs, findings = [], []
    for (account, fund, currency), total in sorted(sums.items(), key=lambda item: (sort_key(item[0][0]), item[0])):
        try:
            amount = to_exact_minor(total, currency)
            value = amount if currency == functional else _round(total * rates.find(currency, on), functional)
        except Refused as refusal:
            findings.append(Finding(0, f"{account} of {fund}: {refusal.message}"))
        else:
            legs.append(Leg(account, amount, currency, value, fund))
    if findings:
        raise BookUnfit(findings)
    return legs


def _round(value: Fraction, currency: str) -> int:
    """Minor units of `value`, half away from zero."""
    nearest = int(abs(value) * 10 ** digits(currency) + Fraction(1, 2))
    return nearest if value > 0 else -nearest
