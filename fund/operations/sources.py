"""What a payment may be charged to: asked of the limits before anybody decides. Nothing is written."""

from collections.abc import Iterator, Sequence
from datetime import date

from fund.models import Agreement, BankAccount, Project
from fund.operations import limits
from fund.operations.disbursements import Line
from fund.policy import POOL
from fund.queries.projects import project_fund_standings
from fund.queries.rates import carry
from fund.queries.sub_funds import lowest_allocation_left, lowest_cash
from ledger.errors import Refused
from ledger.money import Amount


def propose_sources(
    wanted: Amount, *, project: Project, category: str, account: BankAccount, on: date, taken: Sequence[Line] = ()
) -> list[Line]:
    """Lines for as much of `wanted` as the project has left, the money whose earmark ends first before the rest.

    Of each sub-fund no more than its cash in the bank account and what is left of its allocation, less what the lines
    in `taken` take. Amounts are in the account's currency, rounded down. Raises RateMissing.
    """
    lines: list[Line] = []
    left = wanted.minor
    for fund in _order(project, on):
        room = _find_room(fund, wanted, project=project, account=account, on=on, taken=taken)
        if left and room > 0:
            lines.append(Line(fund, project, category, Amount(min(left, room), account.currency)))
            left -= lines[-1].amount.minor
    return lines


def _order(project: Project, on: date) -> Iterator[str]:
    """The sub-funds that may be charged on the day, by the end of their earmark; without one later, the pool last."""
    funds = [found.fund for found in project_fund_standings([project.code]) if found.standing.left > 0]
    ends = dict(Agreement.objects.filter(number__in=funds).values_list("number", "ends_on"))
    for fund in sorted(funds, key=lambda fund: (ends.get(fund) or date.max, fund == POOL, fund)):
        try:
            limits.check_earmark(fund, project, on=on)
        except Refused:
            continue
        yield fund


def _find_room(
    fund: str, wanted: Amount, *, project: Project, account: BankAccount, on: date, taken: Sequence[Line]
) -> int:
    """How much of a sub-fund a payment can take, in minor units of the account's currency."""
    cash = lowest_cash(account.account, fund, since=on).balance
    left = lowest_allocation_left(project.code, fund, since=on).balance
    for line in taken:
        if line.fund == fund:
            cash -= line.amount.minor
            left -= carry(line.amount, on).functional if line.project == project else 0
    worth = carry(wanted, on).functional
    return min(cash, wanted.minor * left // worth if worth else 0)
