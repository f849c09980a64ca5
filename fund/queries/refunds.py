"""What went back to donors, and what is still owed to them of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fund import policy
from fund.models import Donor, Refund
from fund.money import to_amount
from fund.policy import Carried
from fund.policy_corrections import REFUNDABLE
from fund.queries import donor_documents
from ledger.document_sums import document_totals, instalment_totals
from ledger.money import Amount
from ledger.queries import Scope, Total, totals

# What a refund takes: income, or what would have become it, or what was unapplied.
REFUNDED = (policy.CONTRIBUTIONS, policy.DEFERRED, policy.UNAPPLIED)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What went back to a donor, or is agreed to, with what it took in the functional currency."""

    refund: Refund
    value: int


def refunds_of(donor: Donor, *, as_of: date) -> tuple[RefundLine, ...]:
    """The refunds of a donor that stood at the end of a day, by day."""
    standing = donor_documents.refunds_of(donor, as_of=as_of)
    numbers = [refund.number for refund in standing]
    sums: defaultdict[str, int] = defaultdict(int)
    taken = document_totals(numbers, accounts=REFUNDED, until=as_of) if numbers else {}
    for (number, _, kind, _), (_, functional) in taken.items():
        sums[number] += functional if kind == "refund" else 0
    return tuple(RefundLine(refund, sums[refund.number]) for refund in standing)


def owed_of(refund: Refund) -> Carried:
    """What of a refund is agreed and not paid, positive, with what it is carried at."""
    found = [one for one in instalment_totals([refund.number]) if one.account.startswith(REFUNDABLE)]
    amount = Amount(-sum(one.amount for one in found), to_amount(refund.amount).currency)
    return Carried(amount, -sum(one.functional for one in found))


def refunded_totals(
    funds: Sequence[str], *, by: Sequence[str], since: date | None = None, until: date | None = None
) -> list[Total]:
    """What was agreed to go back of sub-funds, positive and functional, by "fund" or "account"."""
    scope = Scope(since=since, until=until, accounts=REFUNDED, funds=tuple(funds), kinds=("refund",))
    return totals(scope, by=by)
