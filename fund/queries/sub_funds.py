"""Sub-funds side by side: where each stands, and what money it has in which bank account."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fund import policy
from fund.models import Agreement
from fund.queries.funds import FundStanding
from ledger.queries import Scope, Total, totals

_CASH, _HELD, _ALLOCATED, _SPENT = range(4)
# The accounts of each figure of a standing, and the sign that makes it positive.
_FIGURES = (
    (policy.BANK, _CASH, 1),
    ("Liabilities:", _HELD, -1),
    (policy.ALLOCATED, _ALLOCATED, -1),
    (policy.PROJECTS, _SPENT, 1),
)


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
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for total in totals(scope, by=("account", "fund")) if codes else ():
        figure, sign = next((figure, sign) for prefix, figure, sign in _FIGURES if total.account.startswith(prefix))
        sums[total.fund][figure] += sign * total.functional
    return {code: FundStanding(code, *sums[code]) for code in codes}


def sub_funds() -> list[SubFund]:
    """POOL, GENERAL and the sub-fund of every earmarked agreement, also of a cancelled one, by code."""
    agreements = Agreement.objects.filter(earmarked=True).select_related("donor").order_by("number")
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
