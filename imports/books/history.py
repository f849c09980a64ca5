"""The full history of a book: every transaction becomes one entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fund import policy
from fund.models import OpeningMode
from fund.policy import CarriedEntry
from imports.books.carried import CarriedBook
from imports.books.chart import Chart
from imports.books.findings import check_book, check_money, check_zero, find_balances, is_money
from imports.books.rates import BookRates
from imports.books.valuation import Valuation
from imports.books.weights import Weighed, to_exact_minor, weigh
from ledger.entries import CHECKS, Leg, check_words
from ledger.errors import AmountInvalid, BookUnfit, Finding, Refused
from ledger.quarantine import OutsideEntry

# Entries are checked before their document has a number.
_STAND_IN = "OPB-0000-0000"


def carry_history(chart: Chart, rates: BookRates, functional: str) -> CarriedBook:
    """Every transaction of a book as an entry of ours, except those that move nothing.

    Raises BookUnfit with everything that is in the way.
    """
    lines = [line for entry in chart.book.entries for line in entry.lines if line.number]
    findings = [*check_book(chart, lines, functional), *check_money(lines)]
    carrier = _Carrier(chart, rates, functional)
    entries, empty = [], []
    for entry in chart.book.entries:
        try:
            carried = carrier.carry(entry)
        except BookUnfit as unfit:
            findings += unfit.findings
            continue
        if carried.legs:
            entries.append(carried)
        else:
            empty.append(entry.line)
    if findings:
        raise BookUnfit(findings)
    return CarriedBook(entries, chart.find_currencies(lines), find_balances(chart), tuple(empty))


@dataclass(frozen=True, slots=True)
class _Carrier:
    """Carries transactions over, one by one."""

    chart: Chart
    rates: BookRates
    functional: str

    def carry(self, entry: OutsideEntry) -> CarriedEntry:
        """The entry of a transaction. Raises BookUnfit with everything that is wrong with it."""
        lines = weigh([line for line in entry.lines if line.number])
        if not all(is_money(line.line.currency) for line in lines):
            # What is no money was named before, all at once.
            raise BookUnfit(check_zero(entry.line, lines))
        findings = list(self._check(entry, lines))
        if findings:
            raise BookUnfit(findings)
        try:
            legs = [leg for fund, part in self._by_fund(lines).items() for leg in self._to_legs(entry, fund, part)]
        except Refused as refusal:
            raise BookUnfit([Finding(entry.line, refusal.message)]) from None
        payee, narration = (" ".join(text.split()) for text in (entry.payee, entry.narration))
        carried = CarriedEntry(entry.line, entry.on, payee, narration, tuple(legs))
        problems = list(self._find_problems(carried)) if legs else []
        if problems:
            raise BookUnfit(Finding(entry.line, problem) for problem in problems)
        return carried

    def _find_problems(self, carried: CarriedEntry) -> Iterator[str]:
        """What the ledger refuses in the entry; its names and sub-funds were looked at before, all at once."""
        draft = policy.carry_over(carried, number=_STAND_IN, kind=OpeningMode.HISTORY.value)
        for check in (check_words, *CHECKS):
            yield from check(draft, self.functional)

    def _check(self, entry: OutsideEntry, lines: Sequence[Weighed]) -> Iterator[Finding]:
        for line in lines:
            if line.line.cost:
                yield Finding(line.line.line, f"{line.line.account} is held at cost, which the books do not know.")
            yield from _check_amount(line)
        off = list(check_zero(entry.line, lines))
        yield from off
        for fund, part in self._by_fund(lines).items():
            if not off:
                yield from check_zero(entry.line, part, f"Sub-fund {fund}")

    def _by_fund(self, lines: Sequence[Weighed]) -> dict[str, list[Weighed]]:
        found: dict[str, list[Weighed]] = {}
        for line in lines:
            found.setdefault(self.chart.fund_of(line.line.account, line.line.fund), []).append(line)
        return found

    def _to_legs(self, entry: OutsideEntry, fund: str, lines: Sequence[Weighed]) -> Iterator[Leg]:
        valuation = Valuation(self.functional, lambda currency: self.rates.find(currency, entry.on))
        for line, value in zip(lines, valuation.value(lines), strict=True):
            currency = line.line.currency
            amount = to_exact_minor(line.number, currency)
            yield Leg(self.chart.place(line.line.account), amount, currency, value, fund)


def _check_amount(line: Weighed) -> Iterator[Finding]:
    try:
        to_exact_minor(line.number, line.line.currency)
    except AmountInvalid as refusal:
        yield Finding(line.line.line, refusal.message)
