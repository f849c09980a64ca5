"""What the parts of deposits brought, and what was applied of unapplied money: for the figures of contributions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from fund import policy
from fund.models import Application, Donor, ReceiptPart
from fund.money import to_amount
from ledger.document_sums import document_totals, party_totals
from ledger.money import Amount, split


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part of what a donor sent: of an agreement, by its number, or of none, a gift.

    `functional` is what it brought, in minor units of the functional currency, negative where it went elsewhere.
    """

    number: str
    agreement: str | None
    donor: str
    on: date
    amount: Amount
    functional: int


def sent_parts(found: Iterable[ReceiptPart], *, until: date | None = None) -> Iterator[SentPart]:
    """What parts of deposits brought up to and with `until`: `found` are those that stood then, as they came."""
    grouped: defaultdict[tuple[str, str, str], list[ReceiptPart]] = defaultdict(list)
    for part in found:
        fund = part.instalment.agreement.sub_fund if part.instalment else policy.POOL
        grouped[part.receipt.number, fund, part.donor.code].append(part)
    if not grouped:
        return
    sums = party_totals({number for number, _, _ in grouped}, accounts=policy.SENT, until=until)
    for key, parts in grouped.items():
        yield from _share(parts, sums.get(key, 0))


def _share(parts: list[ReceiptPart], functional: int) -> Iterator[SentPart]:
    """Parts of one donor in one sub-fund share what the books have of them by largest fraction."""
    amounts = [to_amount(part.amount) for part in parts]
    shares = split(functional, [amount.minor for amount in amounts])
    for part, amount, share in zip(parts, amounts, shares, strict=True):
        agreement = part.instalment.agreement.number if part.instalment else None
        yield SentPart(part.receipt.number, agreement, part.donor.code, part.receipt.received_on, amount, share)


def applied_parts(donor: Donor | None = None, *, until: date | None = None) -> Iterator[SentPart]:
    """What applications took from one agreement and gave to another, or as a gift."""
    found = Application.objects.select_related("donor", "source__agreement", "instalment__agreement")
    if donor:
        found = found.filter(donor=donor)
    if until:
        found = found.filter(applied_on__lte=until)
    applications = {application.number: application for application in found}
    if not applications:
        return
    sums = document_totals(list(applications), accounts=(policy.UNAPPLIED,), until=until)
    taken: defaultdict[str, int] = defaultdict(int)
    for (number, *_), (_, functional) in sums.items():
        taken[number] += functional
    for number, application in applications.items():
        if taken[number]:
            yield from _move(application, taken[number])


def _move(application: Application, functional: int) -> Iterator[SentPart]:
    number, donor, on = application.number, application.donor.code, application.applied_on
    amount, target = to_amount(application.amount), application.instalment
    yield SentPart(number, application.source.agreement.number, donor, on, amount, -functional)
    yield SentPart(number, target.agreement.number if target else None, donor, on, amount, functional)
