"""What a revaluation would change: each money item in another currency at the closing rate of a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from fund import policy
from fund.errors import RateMissing
from fund.policy_corrections import REFUNDABLE
from fund.policy_treasury import Item
from fund.queries.rates import get_rate
from ledger.document_sums import InstalmentTotal, ItemBalance, instalment_totals, items_at
from ledger.entries import Leg
from ledger.money import Amount, convert
from ledger.queries import Scope, Total, functional_currency, postings, totals

# On these each posting names the instalment, the line of an advance or the refund that it belongs to: each is an item.
_BY_INSTALMENT = (policy.RECEIVABLE, policy.UNAPPLIED, policy.ADVANCES, REFUNDABLE)


@dataclass(frozen=True, slots=True)
class Revalued:
    """An item with its closing rate and the carrying amount that it gets, functional and debit positive."""

    item: Item
    rate: Decimal
    after: int

    @property
    def difference(self) -> int:
        """What is gained (positive) or lost."""
        return self.after - self.item.functional


@dataclass(frozen=True, slots=True)
class RevaluationPlan:
    """All items of a day. `missing` are the currencies without a rate, each with what is lacking.

    `gone` are items that left since the day, wholly or so far that the difference would stay on nothing: theirs is
    realised.
    """

    items: Sequence[Revalued]
    gone: Sequence[Item]
    missing: dict[str, str]

    @property
    def changed(self) -> list[Revalued]:
        """The items that are not carried at their closing rate yet."""
        return [one for one in self.items if one.difference]

    @property
    def difference(self) -> int:
        """What is gained or lost in all."""
        return sum(one.difference for one in self.items)


def money_items(*, until: date | None = None) -> list[Item]:
    """What the books hold in other currencies: balances of sub-funds, and what is open of instalments."""
    scope = Scope(until=until, accounts=("Assets:", "Liabilities:"))
    found = totals(scope, by=("account", "fund", "currency"))
    foreign = [total for total in found if total.currency != functional_currency()]
    items = [_to_item(one) for one in foreign if one.amount and not one.account.startswith(_BY_INSTALMENT)]
    by_instalment = [total for total in foreign if total.account.startswith(_BY_INSTALMENT)]
    return [*items, *_open_items(by_instalment, until)]


def _open_items(foreign: Sequence[Total], until: date | None) -> list[Item]:
    """The items of balances that instalments make up."""
    accounts = tuple({total.account for total in foreign})
    found = items_at(accounts, until=until) if accounts else []
    items = [_to_item(one, one.instalment) for one in found if one.currency != functional_currency()]
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for item in items:
        sums[item.account, item.fund, item.amount.currency] += item.amount.minor
    # A book that was opened in ours may have such an account, and postings there that name nothing.
    others = {total.account for total in foreign if total.amount != sums[total.account, total.fund, total.currency]}
    return [item for item in items if item.account not in others] + _sum_items(others, until)


def _sum_items(accounts: Iterable[str], until: date | None) -> list[Item]:
    """The items of some accounts out of all their postings."""
    found = postings().filter(account__name__in=accounts).exclude(currency=functional_currency())
    if until:
        found = found.filter(dated_on__lte=until)
    columns = ("account__name", "fund", "currency", "instalment")
    sums = found.order_by().values_list(*columns).annotate(Sum("amount"), Sum("functional")).exclude(amount__sum=0)
    return [
        Item(account, fund, Amount(int(amount), currency), int(functional), instalment)
        for account, fund, currency, instalment, amount, functional in sums.order_by(*columns)
    ]


def _to_item(one: Total | ItemBalance, instalment: str = "") -> Item:
    return Item(one.account, one.fund, Amount(one.amount, one.currency), one.functional, instalment)


def find_rest(leg: Leg) -> int:
    """What the item of a leg is still carried at where nothing of it is open: functional, debit positive."""
    if leg.account.startswith(_BY_INSTALMENT):
        items: Sequence[InstalmentTotal | Total] = instalment_totals([leg.instalment])
    else:
        items = totals(Scope(accounts=(leg.account,), funds=(leg.fund,)), by=("account", "currency"))
    own = [one for one in items if (one.account, one.currency) == (leg.account, leg.currency)]
    return 0 if sum(one.amount for one in own) else sum(one.functional for one in own)


def plan_revaluation(on: date) -> RevaluationPlan:
    """What a revaluation on the day would post, as the books stand now."""
    items = money_items(until=on)
    rates, missing = _find_rates({item.amount.currency for item in items}, on)
    priced = [_revalue(item, rates[item.amount.currency]) for item in items if item.amount.currency in rates]
    now = {_key(item): item for item in money_items()} if any(one.difference for one in priced) else {}
    stays = [one for one in priced if _stays(one, now.get(_key(one.item)))]
    return RevaluationPlan(stays, [one.item for one in priced if one not in stays], missing)


def _find_rates(currencies: Iterable[str], on: date) -> tuple[dict[str, Decimal], dict[str, str]]:
    rates, missing = {}, {}
    for currency in sorted(currencies):
        try:
            rates[currency] = get_rate(currency, on)
        except RateMissing as refusal:
            missing[currency] = refusal.message
    return rates, missing


def _revalue(item: Item, rate: Decimal) -> Revalued:
    return Revalued(item, rate, convert(item.amount, rate, functional_currency()))


def _key(item: Item) -> tuple[str, str, str, str]:
    return item.account, item.fund, item.amount.currency, item.instalment


def _stays(one: Revalued, now: Item | None) -> bool:
    """Whether the item, as it stands now, can carry the difference: its amount and its value keep one sign."""
    if not one.difference:
        return True
    return now is not None and now.amount.minor * (now.functional + one.difference) > 0
