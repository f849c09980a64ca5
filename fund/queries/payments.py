"""The payments that money paid for, and whose money paid for a payment. Minor units of the functional currency.

What a payment charges to an earmarked sub-fund is that donor's; what it charges to the pool is divided among the
pool's donors, each payment by itself, so that the parts add up to the payment. What a partner reported of an advance
and was accepted is spent as a payment is; the advance itself is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from fund import policy
from fund.models import (
    Advance,
    AdvanceReport,
    AdvanceReportLine,
    Disbursement,
    DisbursementLine,
    DisbursementState,
    ReportState,
    State,
)
from fund.queries.advances import add_open
from fund.queries.flows import Asked, Flow, Rest, Source, Use, contribution_weights, make_basis, pool_weights
from fund.queries.shares import sum_paid_in
from fund.queries.statements import contributions_of
from ledger.money import split
from ledger.queries import postings

# What money paid for: payments, and what partners reported of their advances and was accepted.
Spent = Disbursement | AdvanceReport


@dataclass(frozen=True, slots=True)
class Payment:
    """What a payment, or an accepted report, charges to the sub-funds and the project of a flow.

    `part` is the asked donor's of it, None where no donor is asked for.
    """

    document: Spent
    on: date
    charged: int
    part: int | None


def payments(asked: Asked, funds: Iterable[str]) -> QuerySet[Any, tuple[str, date]]:
    """What was spent of sub-funds in the period and stands at its end, by number and day, the newest first."""
    paid = DisbursementLine.objects.filter(fund__in=list(funds))
    accepted = AdvanceReportLine.objects.filter(line__fund__in=list(funds), accepted__gt=0)
    if asked.project:
        paid = paid.filter(project__code=asked.project)
        accepted = accepted.filter(line__project__code=asked.project)
    found = _standing(Disbursement, DisbursementState.PAID, paid.values("disbursement"), asked)
    reports = _standing(AdvanceReport, ReportState.APPROVED, accepted.values("report"), asked)
    return found.union(reports, all=True).order_by("-day", "-number")


def _standing(
    model: type[Spent], state: str, having: QuerySet[Any, Any], asked: Asked
) -> QuerySet[Any, tuple[str, date]]:
    stands = Q(state=state) | Q(state=State.REVERSED, reversed_on__gt=asked.until)
    found = model._default_manager.filter(stands, pk__in=having).annotate(day=F(model.DAY))
    found = found.filter(day__lte=asked.until, day__gte=asked.since or date.min)
    return found.order_by().values_list("number", "day")


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


def load_payments(rows: Iterable[tuple[str, date]], flow: Flow) -> list[Payment]:
    """Of numbers and days the documents, with what each charges to the sub-funds and the project of a flow."""
    asked, funds = flow.asked, {source.fund for source in flow.sources}
    days = dict(rows)
    charges = find_charges(list(days), until=asked.until)
    weights = _load_weights(asked) if asked.donor and policy.POOL in funds else _Weights({}, {})
    documents = _load_documents(days)
    found = []
    for number, day in days.items():
        shown = {
            key: amount for key, amount in charges[number].items() if key[0] in funds and asked.project in ("", key[1])
        }
        parts = (_find_part(fund, amount, asked, weights) for (fund, *_), amount in sorted(shown.items()))
        part = sum(parts) if asked.donor else None
        found.append(Payment(documents[number], day, sum(shown.values()), part))
    return found


def _load_documents(numbers: Iterable[str]) -> dict[str, Spent]:
    paid = Disbursement.objects.filter(number__in=numbers).select_related("payee")
    reports = AdvanceReport.objects.filter(number__in=numbers).select_related("advance__partner")
    found: list[Spent] = [*paid, *reports]
    return {document.number: document for document in found}


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


def trace_payment(document: Spent | Advance, *, until: date) -> Flow:
    """Whose money paid for a payment or a report: each charge to a sub-fund, up to every donor.

    For an advance: for all its reports, and what of it the partner has still. Of what is not paid or accepted, or
    reversed by then, nothing.
    """
    uses = sorted(_find_uses(document, until), key=lambda use: (use.fund, use.project, use.what))
    funds = sorted({use.fund for use in uses})
    paid_in = sum_paid_in(funds, until=until) if funds else {}
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for use in uses:
        payers = {donor: paid for (of, donor), paid in sorted(paid_in.items()) if of == use.fund and paid > 0}
        for donor, part in _split(use.amount, payers or {"": 1}).items():
            sums[donor, use.fund] += part
    return Flow(
        Asked(until),
        tuple(Source(donor, "", fund, amount) for (donor, fund), amount in sorted(sums.items()) if amount),
        tuple(uses),
        make_basis(paid_in) if policy.POOL in funds else None,
    )


def _find_uses(document: Spent | Advance, until: date) -> Iterator[Use]:
    numbers = [document.number]
    if isinstance(document, Advance):
        numbers = list(document.reports.values_list("number", flat=True))
        for line in add_open([document], until=until)[0].rows:
            if line.carried:
                yield Use(line.fund, line.project.code, Rest.ADVANCED, line.carried)
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for charges in find_charges(numbers, until=until).values():
        for key, amount in charges.items():
            sums[key] += amount
    yield from (Use(*key, amount) for key, amount in sums.items())
