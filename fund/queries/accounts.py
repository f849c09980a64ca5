"""The books account by account: the trial balance and the register of one account. Minor units, debit positive."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from ledger.accounts import AccountType, account_type
from ledger.queries import Scope, Total, register, totals

_LABELS = {
    AccountType.ASSETS: _("Assets"),
    AccountType.LIABILITIES: _("Liabilities"),
    AccountType.EQUITY: _("Equity, with allocations and memorandum"),
    AccountType.INCOME: _("Income"),
    AccountType.EXPENSES: _("Expenses"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """The accounts of one type with their balances; `functional` is the sum of them."""

    type: AccountType
    rows: list[Total]

    @property
    def label(self) -> str:
        """What the type is called."""
        return str(_LABELS[self.type])

    @property
    def functional(self) -> int:
        """What the balances add up to."""
        return sum(row.functional for row in self.rows)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The balances of all accounts at the end of a day, by type. The two sides are equal."""

    sections: list[Section]
    debit: int
    credit: int

    @property
    def difference(self) -> int:
        """Zero, or the books are broken."""
        return self.debit - self.credit


def trial_balance(*, until: date | None = None, fund: str = "") -> TrialBalance:
    """The trial balance at the end of a day, or of all that is posted, of the whole fund or of one sub-fund.

    Settled accounts are left out.
    """
    scope = Scope(until=until, funds=(fund,) if fund else ())
    rows = [total for total in totals(scope, by=("account", "currency")) if total.amount or total.functional]
    by_type: defaultdict[AccountType, list[Total]] = defaultdict(list)
    for row in rows:
        by_type[account_type(row.account)].append(row)
    return TrialBalance(
        [Section(kind, by_type[kind]) for kind in AccountType if by_type[kind]],
        debit=sum(row.functional for row in rows if row.functional > 0),
        credit=-sum(row.functional for row in rows if row.functional < 0),
    )


def add_balances(postings: Sequence[Any], account: str, *, fund: str = "") -> None:
    """Gives each posting of a page of an account's register the balance after it.

    `balance` is that in the posting's own currency, `carried` that in the functional one over all currencies. The
    postings follow one another without a gap, in either direction. Reads the balance at the end of the latest day
    and goes back from there, so that a page costs the same wherever it is.
    """
    if not postings:
        return
    latest_first = sorted(postings, key=_place, reverse=True)
    balances = _balances_after(latest_first[0], account, fund)
    carried = sum(functional for _, functional in balances.values())
    for posting in latest_first:
        amount, functional = balances[posting.currency]
        posting.balance, posting.carried = amount, carried
        balances[posting.currency] = amount - posting.amount, functional - posting.functional
        carried -= posting.functional


def _place(posting: Any) -> tuple[date, int, int]:
    return posting.dated_on, posting.entry_id, posting.line


def _balances_after(posting: Any, account: str, fund: str) -> dict[str, tuple[int, int]]:
    """The balances by currency right after a posting: those at the end of its day without what came later that day."""
    scope = Scope(until=posting.dated_on, accounts=(account,), funds=(fund,) if fund else ())
    found = {total.currency: (total.amount, total.functional) for total in totals(scope, by=("currency",))}
    later = Q(entry__gt=posting.entry_id) | Q(entry=posting.entry_id, line__gt=posting.line)
    same_day = register(account).filter(later, dated_on=posting.dated_on)
    if fund:
        same_day = same_day.filter(fund=fund)
    sums = same_day.order_by().values_list("currency").annotate(Sum("amount"), Sum("functional"))
    balances = defaultdict(lambda: (0, 0), found)
    for currency, amount, functional in sums:
        before = balances[currency]
        balances[currency] = before[0] - int(amount), before[1] - int(functional)
    return balances
