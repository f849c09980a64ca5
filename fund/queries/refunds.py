"""What went back to donors, and what is still owed to them of it."""

from collections.abc import Sequence
from datetime import date

from fund import policy
from fund.models import Refund
from fund.money import to_amount
from fund.policy import Carried
from fund.policy_corrections import REFUNDABLE
from ledger.money import Amount
from ledger.queries import Scope, Total, instalment_totals, totals

# What a refund takes: income, or what would have become it, or what was unapplied.
_TAKEN = (policy.CONTRIBUTIONS, policy.DEFERRED, policy.UNAPPLIED)


def owed_of(refund: Refund) -> Carried:
    """What of a refund is agreed and not paid, positive, with what it is carried at."""
    found = [one for one in instalment_totals([refund.number]) if one.account.startswith(REFUNDABLE)]
    amount = Amount(-sum(one.amount for one in found), to_amount(refund.amount).currency)
    return Carried(amount, -sum(one.functional for one in found))


def refunded_totals(
    funds: Sequence[str], *, by: Sequence[str], since: date | None = None, until: date | None = None
) -> list[Total]:
    """What was agreed to go back of sub-funds, positive and functional, by "fund" or "account"."""
    scope = Scope(since=since, until=until, accounts=_TAKEN, funds=tuple(funds), kinds=("refund",))
    return totals(scope, by=by) if funds else []
