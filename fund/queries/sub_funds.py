"""Sub-funds: where each stands, what money it has in which bank account, and what of it can leave on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from fund import policy
from fund.models import Agreement, State
from fund.queries.advances import advance_moves
from ledger.queries import Low, Scope, Total, all_accounts, lowest, totals

_CASH, _HELD, _ALLOCATED, _SPENT, _DEFERRED, _ADVANCED = range(6)
# The accounts of each figure of a standing, and the sign that makes it positive.
_FIGURES = (
    (policy.BANK, _CASH, 1),
    (policy.ADVANCES, _ADVANCED, 1),
    # Before the other liabilities: the first that fits counts.
    (policy.DEFERRED, _DEFERRED, -1),
    ("Liabilities:", _HELD, -1),
    (policy.ALLOCATED, _ALLOCATED, -1),
    (policy.PROJECTS, _SPENT, 1),
)


@dataclass(frozen=True, slots=True)
class FundStanding:
    """Where a sub-fund stands, in minor units of the functional currency, all positive.

    `cash` is the carrying amount of its money at banks; `held` is what of it waits for a donor's word or is owed;
    `allocated` and `spent` are of all its projects; `deferred` is income once conditions are met; `advanced` is with
    partners who have not reported it yet; `available` can still be allocated.
    """

    fund: str
    cash: int
    held: int
    allocated: int
    spent: int
    deferred: int = 0
    advanced: int = 0

    @property
    def unspent(self) -> int:
        """What is allocated and neither spent nor advanced."""
        return self.allocated - self.spent - self.advanced

    @property
    def available(self) -> int:
        """What can still be allocated: cash less what is held and what is allocated and neither spent nor advanced."""
        return self.cash - self.held - self.unspent


@dataclass(frozen=True, slots=True)
class SubFund:
    """A sub-fund with its agreement, which POOL and GENERAL have none of."""

    code: str
    agreement: Agreement | None
    standing: FundStanding

    @property
    def donor(self) -> str:
        """Whose money it is; empty where it is everybody's."""
        return str(self.agreement.donor) if self.agreement else ""


@dataclass(frozen=True, slots=True)
class Cash:
    """A sub-fund's money in one bank account, named by its code, in the account's own currency and as it is carried."""

    fund: str
    account: str
    currency: str
    amount: int
    functional: int


def fund_standings(codes: Sequence[str]) -> dict[str, FundStanding]:
    """The standing of each sub-fund now, by its code, in one reading of the ledger."""
    scope = Scope(accounts=tuple(prefix for prefix, _, _ in _FIGURES), funds=tuple(codes))
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 6)
    found = totals(scope, by=("account", "fund")) if codes else []
    for total in (total for total in found if not total.account.endswith(f":{policy.IN_KIND}")):
        figure, sign = next((figure, sign) for prefix, figure, sign in _FIGURES if total.account.startswith(prefix))
        sums[total.fund][figure] += sign * total.functional
    return {code: FundStanding(code, *sums[code]) for code in codes}


def earmarked_agreements() -> QuerySet[Agreement]:
    """The agreements that are a sub-fund of their own, with their donors, by number; cancelled ones too."""
    approved = Agreement.objects.filter(earmarked=True, state=State.APPROVED)
    return approved.select_related("donor").order_by("number")


def sub_funds() -> list[SubFund]:
    """POOL, GENERAL and the sub-fund of every approved earmarked agreement, also of a cancelled one, by code."""
    agreements = earmarked_agreements()
    known: dict[str, Agreement | None] = {policy.POOL: None, policy.GENERAL: None}
    known |= {agreement.number: agreement for agreement in agreements}
    standings = fund_standings(list(known))
    return [SubFund(code, agreement, standings[code]) for code, agreement in known.items()]


def cash_of_funds(codes: Sequence[str] = ()) -> list[Cash]:
    """What money the sub-funds have in which bank account, where there is any; all sub-funds by default."""
    found = totals(Scope(accounts=(policy.BANK,), funds=tuple(codes)), by=("fund", "account", "currency"))
    return sorted(_to_cash(found), key=lambda cash: (cash.fund, cash.account))


def _to_cash(found: Iterable[Total]) -> list[Cash]:
    return [
        Cash(total.fund, total.account.removeprefix(policy.BANK), total.currency, total.amount, total.functional)
        for total in found
        if total.amount or total.functional
    ]


def bank_cash(account: str, fund: str, *, until: date | None = None) -> Total:
    """A sub-fund's money in one bank account: `amount` in its currency, `functional` the carrying amount."""
    found = totals(Scope(until=until, accounts=(account,), funds=(fund,)), by=("currency",))
    return found[0] if found else Total()


def lowest_available(fund: str, *, since: date) -> Low:
    """The least that can be allocated at the end of any day from `since` on; see FundStanding.available."""
    liabilities = all_accounts().filter(name__startswith="Liabilities:").values_list("name", flat=True)
    # What came in kind takes itself away, by its income. What is advanced left the cash and is allocated: it does, too.
    held = filter(policy.is_held, liabilities)
    accounts = (policy.BANK, policy.ADVANCES, *held, policy.ALLOCATED, policy.PROJECTS, "Income:InKind:")
    return lowest(Scope(accounts=accounts, funds=(fund,)), since=since)


def lowest_cash(account: str, fund: str, *, since: date) -> Low:
    """The least that a bank account holds of a sub-fund from `since` on, in the account's currency."""
    return lowest(Scope(accounts=(account,), funds=(fund,)), since=since, measure="amount")


def lowest_allocation_left(project: str, fund: str, *, since: date) -> Low:
    """The least of a project's allocation that is neither spent, obligated nor advanced from `since` on, functional."""
    advanced = ((day, -minor) for day, minor in advance_moves(project, fund))
    return lowest(_allocation(project, fund), since=since, side=-1, beside=advanced)


def lowest_spent(project: str, fund: str, *, since: date) -> Low:
    """The least that a project has spent of a sub-fund at the end of any day from `since` on, functional."""
    spent = f"{policy.PROJECTS}{project}:"
    return lowest(Scope(accounts=(spent,), funds=(fund,), without=(spent + policy.IN_KIND,)), since=since)


def lowest_owed(account: str, fund: str, *, since: date) -> Low:
    """The least that a sub-fund owes on an account of liabilities from `since` on, functional."""
    return lowest(Scope(accounts=(account,), funds=(fund,)), since=since, side=-1)


def lowest_deferred(fund: str, *, since: date) -> Low:
    """The least that is deferred in a sub-fund at the end of any day from `since` on: what can become income then."""
    return lowest_owed(policy.DEFERRED, fund, since=since)


def find_earmark(fund: str) -> Agreement | None:
    """The earmarked agreement that a sub-fund is, or would be once it is approved; None for POOL and GENERAL."""
    return Agreement.objects.filter(number=fund, earmarked=True).first()


def find_given(project: str) -> list[str]:
    """The sub-funds of which a project was given money that it did not return, spent or not, by code."""
    found = totals(Scope(accounts=(f"{policy.ALLOCATED}{project}",)), by=("fund",))
    return sorted(total.fund for total in found if total.functional)


def _allocation(project: str, fund: str) -> Scope:
    # A debit: what is open of obligations is as little left as what is spent.
    spent = f"{policy.PROJECTS}{project}:"
    accounts = (f"{policy.ALLOCATED}{project}", spent, f"{policy.OBLIGATED}{project}")
    return Scope(accounts=accounts, funds=(fund,), without=(spent + policy.IN_KIND,))
