"""The payments that money paid for, and whose money paid for a payment. Minor units of the functional currency.

What a payment charges to an earmarked sub-fund is that donor's; what it charges to the pool is divided among the
pool's donors, each payment by itself, so that the parts add up to the payment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from fund import policy
from fund.models import Disbursement, DisbursementLine, DisbursementState
from fund.queries.flows import Asked, Flow, Source, Use, contribution_weights, make_basis, pool_weights
from fund.queries.shares import sum_paid_in
from fund.queries.statements import contributions_of
from ledger.money import split
from ledger.queries import postings


def payments(asked: Asked, funds: Iterable[str]) -> QuerySet[Disbursement]:
    """What was paid out of sub-funds in the period and stands at its end, the newest first."""
    lines = DisbursementLine.objects.filter(fund__in=list(funds))
    if asked.project:
        lines = lines.filter(project__code=asked.project)
    stands = Q(state=DisbursementState.PAID) | Q(state=DisbursementState.REVERSED, reversed_on__gt=asked.until)
    found = Disbursement.objects.filter(stands, paid_on__lte=asked.until, pk__in=lines.values("disbursement"))
    if asked.since:
        found = found.filter(paid_on__gte=asked.since)
    return found.order_by("-paid_on", "-number")


def find_charges(numbers: Sequence[str], *, until: date) -> dict[str, dict[tuple[str, str, str], int]]:
    """What each payment charges at the end of a day, out of the ledger: by sub-fund, project and category."""
    rows = postings().filter(
        entry__links__position=0,
        entry__links__document__in=numbers,
        dated_on__lte=until,
        account__name__startswith=policy.PROJECTS,
    )
    columns = ("entry__links__document", "fund", "account__name")
    found: dict[str, dict[tuple[str, str, str], int]] = {number: {} for number in numbers}
    for number, fund, account, amount in rows.order_by().values_list(*columns).annotate(Sum("functional")):
        if amount:
            found[number][(fund, *policy.split_expense(account))] = int(amount)
    return found


@dataclass(frozen=True, slots=True)
class _Weights:
    """How a charge to the pool is divided: all its donors, and what of the asked donor's part is asked for."""

    donors: Mapping[str, int]
    own: Mapping[str, int]


def add_charges(documents: Sequence[Any], flow: Flow) -> None:
    """Gives each payment `charged`, to the sub-funds and the project of a flow, and `part`, the asked donor's of it."""
    asked, funds = flow.asked, {source.fund for source in flow.sources}
    charges = find_charges([document.number for document in documents], until=asked.until)
    weights = _load_weights(asked) if asked.donor and policy.POOL in funds else _Weights({}, {})
    for document in documents:
        shown = {
            key: amount
            for key, amount in charges[document.number].items()
            if key[0] in funds and asked.project in ("", key[1])
        }
        document.charged = sum(shown.values())
        parts = (_find_part(fund, amount, asked, weights) for (fund, *_), amount in sorted(shown.items()))
        document.part = sum(parts) if asked.donor else None


def _load_weights(asked: Asked) -> _Weights:
    assert asked.donor
    donors = pool_weights(sum_paid_in((policy.POOL,), until=asked.until))
    return _Weights(donors, contribution_weights(policy.POOL, contributions_of(asked.donor, as_of=asked.until)))


def _find_part(fund: str, amount: int, asked: Asked, weights: _Weights) -> int:
    """What of a charge is the asked donor's, and of the contributions that are asked for."""
    assert asked.donor
    if fund != policy.POOL:
        return amount
    if asked.donor.code not in weights.donors:
        return 0
    mine = _split(amount, weights.donors)[asked.donor.code]
    if not asked.numbers:
        return mine
    return sum(part for number, part in _split(mine, weights.own).items() if number in asked.numbers)


def _split(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(weights, split(amount, list(weights.values())), strict=True))


def trace_payment(disbursement: Disbursement, *, until: date) -> Flow:
    """Whose money paid for a payment: each charge to a sub-fund, up to every donor.

    Of one that is not paid, or reversed by then, nothing.
    """
    charges = find_charges([disbursement.number], until=until)[disbursement.number]
    funds = sorted({fund for fund, *_ in charges})
    paid_in = sum_paid_in(funds, until=until) if funds else {}
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (fund, *_), amount in sorted(charges.items()):
        payers = {donor: paid for (of, donor), paid in sorted(paid_in.items()) if of == fund and paid > 0}
        for donor, part in _split(amount, payers or {"": 1}).items():
            sums[donor, fund] += part
    return Flow(
        Asked(until),
        tuple(Source(donor, "", fund, amount) for (donor, fund), amount in sorted(sums.items()) if amount),
        tuple(Use(*key, amount) for key, amount in sorted(charges.items())),
        make_basis(paid_in) if policy.POOL in funds else None,
    )
