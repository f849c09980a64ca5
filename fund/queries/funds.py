"""Sub-funds: their cash, what is allocated, spent and left, as the ledger has it."""

from dataclasses import dataclass, replace
from datetime import date

from fund import policy
from fund.models import Agreement
from ledger.money import Amount
from ledger.queries import Low, Scope, Total, get_total, lowest, totals


@dataclass(frozen=True, slots=True)
class FundStanding:
    """Where a sub-fund stands, in minor units of the functional currency, all positive.

    `cash` is the carrying amount of its money at banks; `held` is what of it waits for a donor's word; `allocated`
    and `spent` are of all its projects; `available` can still be allocated.
    """

    fund: str
    cash: int
    held: int
    allocated: int
    spent: int

    @property
    def unspent(self) -> int:
        """What is allocated and not spent."""
        return self.allocated - self.spent

    @property
    def available(self) -> int:
        """What can still be allocated: cash less what is held and what is allocated and not spent."""
        return self.cash - self.held - self.unspent


def fund_standing(fund: str, *, until: date | None = None) -> FundStanding:
    """The standing of one sub-fund at the end of a day, or now."""

    def total(*accounts: str) -> int:
        return get_total(Scope(until=until, accounts=accounts, funds=(fund,))).functional

    return FundStanding(
        fund,
        cash=total(policy.BANK),
        held=-total("Liabilities:"),
        allocated=-total(policy.ALLOCATED),
        spent=total(policy.PROJECTS),
    )


def bank_cash(account: str, fund: str, *, until: date | None = None) -> Total:
    """A sub-fund's money in one bank account: `amount` in its currency, `functional` the carrying amount."""
    found = totals(Scope(until=until, accounts=(account,), funds=(fund,)), by=("currency",))
    return found[0] if found else Total()


def allocation_left(project: str, fund: str, *, until: date | None = None) -> int:
    """What is allocated to a project out of a sub-fund and not spent, in the functional currency."""
    return -get_total(replace(_allocation(project, fund), until=until)).functional


def _allocation(project: str, fund: str) -> Scope:
    return Scope(accounts=(f"{policy.ALLOCATED}{project}", f"{policy.PROJECTS}{project}:"), funds=(fund,))


def lowest_available(fund: str, *, since: date) -> Low:
    """The least that can be allocated at the end of any day from `since` on; see FundStanding.available."""
    accounts = (policy.BANK, "Liabilities:", policy.ALLOCATED, policy.PROJECTS)
    return lowest(Scope(accounts=accounts, funds=(fund,)), since=since)


def lowest_cash(account: str, fund: str, *, since: date) -> Low:
    """The least that a bank account holds of a sub-fund from `since` on, in the account's currency."""
    return lowest(Scope(accounts=(account,), funds=(fund,)), since=since, measure="amount")


def lowest_allocation_left(project: str, fund: str, *, since: date) -> Low:
    """The least that is left of a project's allocation from `since` on, in the functional currency."""
    return lowest(_allocation(project, fund), since=since, side=-1)


def find_earmark(fund: str) -> Agreement | None:
    """The earmarked agreement that a sub-fund is, or None for POOL and GENERAL."""
    return Agreement.objects.filter(number=fund, earmarked=True).first()


def spendable_funds() -> list[str]:
    """The sub-funds that money can be allocated out of: POOL and every earmarked agreement that stands."""
    earmarked = Agreement.objects.filter(earmarked=True, cancelled_on=None).order_by("number")
    return [policy.POOL, *earmarked.values_list("number", flat=True)]


def fund_total_cash(fund: str) -> list[tuple[str, Amount]]:
    """A sub-fund's money by bank account code, where there is any."""
    found = totals(Scope(accounts=(policy.BANK,), funds=(fund,)), by=("account", "currency"))
    return [
        (total.account.removeprefix(policy.BANK), Amount(total.amount, total.currency))
        for total in found
        if total.amount
    ]
