"""Each donor's share of what the pool spent and has left (accounting policy, “Donors' shares”).

Pro rata to what the donors paid into the pool up to the day, less what is unapplied. Each line is divided among all of
them by largest fraction, so that their shares add up to the whole of it. With each line goes the fraction of a cent
from which on a share is one cent more: with it donors find their own share, and nothing of what others paid in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from fund import policy
from fund.models import Category
from fund.policy import IN_KIND
from fund.policy_treasury import INDIRECT_COST
from fund.queries.refunds import REFUNDED
from ledger.money import Division, divide
from ledger.queries import Scope, Total, totals


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent on a project in one category; `share` is a donor's part of it, `up_from` as in Division."""

    project: str
    category: str
    amount: int
    share: int = 0
    up_from: Decimal | None = None

    @property
    def category_label(self) -> str:
        """What the category is called."""
        return name_category(self.category)


def name_category(category: str) -> str:
    """What a category of spending is called: its code where it is none of the fund's own."""
    other = {INDIRECT_COST: _("Indirect cost"), IN_KIND: _("In kind")}
    return str(Category(category).label if category in Category.values else other.get(category, category))


@dataclass(frozen=True, slots=True)
class PoolShare:
    """The pool's figures and a donor's share of each, in minor units of the functional currency.

    Paid in, less spent and other costs, is the balance, for the whole and for the share. Other costs (bank charges
    less exchange gains and the like, negative where the gains are more) are what is left between, and so take up the
    cents that the division of the lines leaves. `obligated` is the part of the balance that contracts reserve.
    """

    donors: int
    paid_in: int
    paid_in_share: int
    spending: tuple[Spending, ...]
    balance: int
    balance_share: int
    balance_up_from: Decimal | None = None
    obligated: int = 0
    obligated_share: int = 0
    obligated_up_from: Decimal | None = None

    @property
    def spent(self) -> int:
        """What the pool spent."""
        return sum(line.amount for line in self.spending)

    @property
    def spent_share(self) -> int:
        """The donor's share of it."""
        return sum(line.share for line in self.spending)

    @property
    def other(self) -> int:
        """Other costs of the pool."""
        return self.paid_in - self.spent - self.balance

    @property
    def other_share(self) -> int:
        """The donor's share of them."""
        return self.paid_in_share - self.spent_share - self.balance_share


def share_pool(donor: str, paid_in: Mapping[str, int], moved: Sequence[Total]) -> PoolShare | None:
    """The share of one donor, or None for who paid nothing in. `moved` is the pool's trial balance."""
    return share_among([donor], paid_in, moved).get(donor)


def share_among(wanted: Iterable[str], paid_in: Mapping[str, int], moved: Sequence[Total]) -> dict[str, PoolShare]:
    """The share of each wanted donor who paid something in, by code, each line divided once.

    Donors stand in the order of their codes: of equal fractions, the first gets the cent that is left over.
    """
    donors = sorted(code for code, amount in paid_in.items() if amount > 0)
    if not donors:
        return {}
    weights = [paid_in[code] for code in donors]
    balance, obligated, lines = find_balance(moved), find_obligated(moved), find_spending(moved)
    balances, reserves = divide(balance, weights), divide(obligated, weights)
    parts = [divide(line.amount, weights) for line in lines]
    places = {code: place for place, code in enumerate(donors)}
    return {
        code: PoolShare(
            donors=len(donors),
            paid_in=sum(weights),
            paid_in_share=weights[place],
            spending=tuple(_share(line, division, place) for line, division in zip(lines, parts, strict=True)),
            balance=balance,
            balance_share=balances.parts[place],
            balance_up_from=balances.up_from,
            obligated=obligated,
            obligated_share=reserves.parts[place],
            obligated_up_from=reserves.up_from,
        )
        for code, place in ((code, places[code]) for code in wanted if code in places)
    }


def _share(line: Spending, division: Division, place: int) -> Spending:
    return replace(line, share=division.parts[place], up_from=division.up_from)


def sum_paid_in(funds: Sequence[str] = (), *, until: date) -> dict[tuple[str, str], int]:
    """What each donor paid into each sub-fund, by its code and the donor's; into all of them by default.

    What was sent, less what is unapplied or went back.
    """
    scope = Scope(until=until, accounts=(*policy.SENT, *REFUNDED), funds=tuple(funds))
    return find_paid_in(totals(scope, by=("account", "fund", "kind", "party")))


def find_paid_in(moved: Iterable[Total]) -> dict[tuple[str, str], int]:
    """The same, out of the totals of sub-funds by account, sub-fund, kind and party."""
    paid_in: defaultdict[tuple[str, str], int] = defaultdict(int)
    for total in moved:
        if total.kind == "receipt" and total.account.startswith(policy.SENT):
            paid_in[total.fund, total.party] += total.functional
        key = total.fund, total.account.rpartition(":")[2]
        if total.account.startswith(policy.UNAPPLIED):
            paid_in[key] += total.functional
        if total.kind == "refund" and total.account.startswith(REFUNDED):
            paid_in[key] -= total.functional
    return {(fund, donor): amount for (fund, donor), amount in paid_in.items() if donor}


def find_spending(moved: Iterable[Total]) -> list[Spending]:
    """What a sub-fund spent by project and category, out of its trial balance."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for total in moved:
        if policy.is_spending(total.account):
            sums[policy.split_expense(total.account)] += total.functional
    return [Spending(project, category, amount) for (project, category), amount in sorted(sums.items()) if amount]


def find_obligated(moved: Iterable[Total]) -> int:
    """What of a sub-fund's balance is obligated: contracts let and not paid yet."""
    return sum(total.functional for total in moved if total.account.startswith(policy.OBLIGATED))


def find_balance(moved: Iterable[Total]) -> int:
    """What a sub-fund has left: its assets without what donors owe, less its liabilities but deferred income."""
    return sum(
        total.functional
        for total in moved
        if total.account.startswith(("Assets:", "Liabilities:"))
        and not total.account.startswith((policy.RECEIVABLE, policy.DEFERRED))
    )
