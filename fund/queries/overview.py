"""Where the whole fund stands, out of the ledger's running balances, and what it is owed. Amounts in minor units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fund import policy
from fund.models import BankAccount, Donor, ExchangeRate, Instalment
from ledger.document_sums import OpenInstalment, open_instalments
from ledger.money import Amount
from ledger.queries import Scope, Total, head, open_years, totals, totals_at

# Each figure: the accounts that it adds up, the kind of event (empty for any) and the sign that makes it positive.
_FIGURES: dict[str, tuple[tuple[str, ...], str, int]] = {
    "pledged": ((policy.PLEDGED,), "", 1),
    "signed": (policy.OWED, "agreement", 1),
    "received": (policy.SENT, "receipt", 1),
    "outstanding": (policy.OWED, "", 1),
    "allocated": ((policy.ALLOCATED,), "", -1),
    "spent": ((policy.PROJECTS,), "", 1),
    "cash": ((policy.BANK,), "", 1),
    "deferred": ((policy.DEFERRED,), "", -1),
    "held": (("Liabilities:",), "", -1),
    "advanced": ((policy.ADVANCES,), "", 1),
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where the fund stands, in the functional currency at carrying amounts, all positive.

    `pledged` is what of pledges is neither signed, withdrawn nor lapsed; `received` is all that donors sent; `spent` is
    without what came in kind; `held` is what of the cash waits for a donor's word or is owed; `deferred` is income
    once conditions are met; `advanced` is with partners.
    """

    pledged: int
    signed: int
    received: int
    outstanding: int
    allocated: int
    spent: int
    cash: int
    deferred: int
    held: int
    advanced: int

    @property
    def unspent(self) -> int:
        """What is allocated and neither spent nor advanced."""
        return self.allocated - self.spent - self.advanced

    @property
    def available(self) -> int:
        """What can still be allocated: cash less what is held and what is allocated and neither spent nor advanced."""
        return self.cash - self.held - self.unspent


def get_position() -> Position:
    """Where the fund stands now, over all sub-funds, in one reading of the ledger."""
    prefixes = tuple({prefix for accounts, _, _ in _FIGURES.values() for prefix in accounts})
    sums: dict[str, int] = dict.fromkeys(_FIGURES, 0)
    found = totals(Scope(accounts=prefixes), by=("account", "kind"))
    for total in (total for total in found if not total.account.endswith(f":{policy.IN_KIND}")):
        for name, (accounts, kind, sign) in _FIGURES.items():
            if total.account.startswith(accounts) and kind in ("", total.kind):
                sums[name] += sign * total.functional
    sums["held"] -= sums["deferred"]
    return Position(**sums)


@dataclass(frozen=True, slots=True)
class Year:
    """What was signed and received within a calendar year, and what was outstanding at its end."""

    year: int
    signed: int = 0
    received: int = 0
    outstanding: int = 0


def contributions_by_year(*, last: int) -> list[Year]:
    """The `last` latest years in which something was signed, received or settled, in the functional currency."""
    found: list[Year] = []
    years = open_years()
    while years and len(found) < last:
        # One more than is wanted: of the latest there may be nothing yet.
        years, some = years[: -last - 1], years[-last - 1 :]
        found = _find_years(some) + found
    return found[-last:]


def _find_years(years: Sequence[int]) -> list[Year]:
    """The figures of those in which anything moved: what stood at the end of each, less what stood before it."""
    ends = {year: (date(year - 1, 12, 31), date(year, 12, 31)) for year in years}
    days = {day for pair in ends.values() for day in pair}
    owed = totals_at(Scope(accounts=policy.OWED), days, by=("kind",))
    sent = totals_at(Scope(accounts=policy.SENT, kinds=("receipt",)), days, by=("kind",))
    signed = {day: sum(one.functional for one in owed[day] if one.kind == "agreement") for day in days}
    return [
        Year(year, signed[end] - signed[before], _sum(sent[end]) - _sum(sent[before]), _sum(owed[end]))
        for year, (before, end) in ends.items()
        if (owed[before], sent[before]) != (owed[end], sent[end])
    ]


def _sum(found: Iterable[Total]) -> int:
    return sum(total.functional for total in found)


@dataclass(frozen=True, slots=True)
class Owed:
    """An instalment of which something is owed. `days` are those since it was due, negative before."""

    instalment: Instalment
    amount: Amount
    functional: int
    days: int


@dataclass(frozen=True, slots=True)
class Owing:
    """What donors owe: the most pressing instalments, how many there are in all, and what these owe (functional)."""

    pressing: list[Owed]
    count: int
    total: int
    overdue_count: int
    overdue: int


def find_owing(*, today: date, most: int) -> Owing:
    """The instalments of which something is owed, the earliest due first and at most so many of them."""
    owed = {found.instalment: found for found in open_instalments(policy.OWED)}
    due = _due_days(list(owed))
    overdue = [reference for reference, on in due.items() if on < today]
    pressing = sorted(due, key=lambda reference: (due[reference], reference))[:most]
    return Owing(
        pressing=_describe(pressing, owed, today),
        count=len(due),
        total=sum(owed[reference].functional for reference in due),
        overdue_count=len(overdue),
        overdue=sum(owed[reference].functional for reference in overdue),
    )


def _due_days(references: Sequence[str], *, at_once: int = 10_000) -> dict[str, date]:
    # In portions, because a statement of SQLite takes only so many values.
    due: dict[str, date] = {}
    for start in range(0, len(references), at_once):
        found = Instalment.objects.filter(reference__in=references[start : start + at_once])
        due |= dict(found.order_by().values_list("reference", "due_on"))
    return due


def _describe(references: Sequence[str], owed: dict[str, OpenInstalment], today: date) -> list[Owed]:
    found = Instalment.objects.filter(reference__in=references).select_related("agreement__donor")
    by_reference = {instalment.reference: instalment for instalment in found}
    return [
        Owed(
            by_reference[reference],
            Amount(owed[reference].amount, owed[reference].currency),
            owed[reference].functional,
            (today - by_reference[reference].due_on).days,
        )
        for reference in references
    ]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Which of the first steps of a new fund are done."""

    year: bool
    bank_account: bool
    rate: bool
    donor: bool


def find_beginnings() -> Beginnings | None:
    """What a fund has already in whose books nothing is; None from its first entry on."""
    if head():
        return None
    return Beginnings(
        year=bool(open_years()),
        bank_account=BankAccount.objects.exists(),
        rate=ExchangeRate.objects.exists(),
        donor=Donor.objects.exists(),
    )
