"""What went back to donors, and what is still owed to them of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from fund import policy
from fund.models import Refund
from fund.money import to_amount
from fund.policy import Carried
from fund.policy_corrections import REFUNDABLE
from ledger.document_sums import document_question, instalment_totals
from ledger.money import Amount
from ledger.queries import Scope, Total, totals
from ledger.questions import Question

# What a refund takes: income, or what would have become it, or what was unapplied.
REFUNDED = (policy.CONTRIBUTIONS, policy.DEFERRED, policy.UNAPPLIED)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What went back to a donor, or is agreed to, with what it took in the functional currency."""

    refund: Refund
    value: int


def refunded_question(refunds: Sequence[Refund], *, as_of: date) -> Question[tuple[RefundLine, ...]]:
    """The lines of refunds as they stood at the end of a day."""
    question = document_question([refund.number for refund in refunds], accounts=REFUNDED, until=as_of)
    return question.then(partial(_to_lines, refunds))


def _to_lines(
    refunds: Sequence[Refund], taken: Mapping[tuple[str, str, str, str], tuple[int, int]]
) -> tuple[RefundLine, ...]:
    sums: defaultdict[str, int] = defaultdict(int)
    for (number, _, kind, _), (_, functional) in taken.items():
        sums[number] += functional if kind == "refund" else 0
    return tuple(RefundLine(refund, sums[refund.number]) for refund in refunds)


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
