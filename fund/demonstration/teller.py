"""Who tells the demonstration's story: the people who act, and what was made so far."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from fund.demonstration.cast import BANKS, DONORS, LANGUAGES, PARTNERS, RATES
from fund.demonstration.steps import For
from fund.demonstration.story import LENGTH
from fund.models import BankAccount
from fund.operations.agreements import Earmark
from fund.operations.decisions import approve
from fund.operations.donors import add_donor
from fund.operations.payees import add_payee
from fund.operations.receipts import Facts
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.policy import POOL
from ledger.money import Amount, parse_amount

# The story begins on or after the first day of last year, and never longer ago than this.
_LONGEST = 540


class Teller:
    """The story as it is being told: who acts, and what was made so far by its key."""

    def __init__(self, today: date, officer: User, approvers: Sequence[User]) -> None:
        self.today = today
        self.by = officer
        self.approvers = approvers
        self.length = min((today - date(today.year - 1, 1, 1)).days, _LONGEST)
        self.made: dict[str, Any] = {}
        self.banks: dict[str, BankAccount] = {}

    def day(self, ago: int) -> date:
        """The day that lies `ago` days back in the story; its past is stretched over last year and this one."""
        return self.today - timedelta(days=ago * self.length // LENGTH if ago > 0 else ago)

    def prepare(self) -> None:
        """Opens the years and adds what the story rests on: donors, bank accounts, rates."""
        for year in (self.today.year - 1, self.today.year):
            open_year(year, by=self.by)
        for code, name, donor_class, country in DONORS:
            facts = {"name": name, "donor_class": donor_class, "country": country, "language": LANGUAGES.get(code, "")}
            self.made[code] = add_donor(code=code, **facts, by=self.by)
        for code, name, country in PARTNERS:
            self.made[code] = add_payee(code=code, name=name, country=country, by=self.by)
        for code, name, currency in BANKS:
            self.banks[currency] = add_bank_account(code=code, name=name, currency=currency, by=self.by)
        for currency, months in RATES.items():
            rates = months.split()
            for number, first in enumerate(_months(self.day(LENGTH), self.today)):
                rate = Decimal(rates[number % len(rates)])
                add_rate(currency=currency, effective_on=first, rate=rate, by=self.by)

    def approve(self, document: Any) -> Any:
        any(approve(document, by=approver) for approver in self.approvers)
        document.refresh_from_db()
        return document

    def earmark(self, purpose: For) -> Earmark:
        ends_on = None if purpose.ends is None else self.day(purpose.ends)
        projects = [self.made[code] for code in purpose.projects]
        return Earmark(projects, purpose.countries, ends_on, purpose.themes)

    def facts(self, ago: int, key: str, text: str, *, charges: str = "", note: str = "") -> Facts:
        amount, on = read(text), self.day(ago)
        reference = f"{on:%y%m%d}-{key.upper()}"
        kept = read(charges) if charges else None
        return Facts(self.banks[amount.currency], on, amount, reference, charges=kept, note=note)

    def fund(self, key: str) -> str:
        return POOL if key == POOL else str(self.made[key].sub_fund)


def read(text: str) -> Amount:
    """The amount in a text such as "USD 1,500.00"."""
    currency, _, number = text.partition(" ")
    return parse_amount(number, currency)


def _months(since: date, until: date) -> Iterator[date]:
    """The first day of each month from that of `since` to that of `until`."""
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
