"""Other payments to who gets one that waits, so that its approver sees where one payment may have been made several."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse

from fund.errors import RateMissing
from fund.models import (
    Advance,
    Decided,
    Disbursement,
    DisbursementLine,
    DisbursementState,
    Payee,
    Refund,
    SecretariatPayment,
    State,
)
from fund.money import to_amount
from fund.queries.rates import carry
from ledger.money import Amount, to_minor
from ledger.queries import functional_currency

# So many days before the payment and after it, and at most so many payments.
SPAN = timedelta(days=30)
MOST = 50

D = TypeVar("D", bound=Decided)

_KINDS: tuple[type[Decided], ...] = (Disbursement, Advance, SecretariatPayment, Refund)
_LABELS = dict(State.choices) | dict(DisbursementState.choices)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of any kind: its number and page, its day, what it pays, and its state with its tone."""

    number: str
    url: str
    on: date
    amount: Amount
    status: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Nearby:
    """The other payments, the latest first; `others` adds them up, `own` is the payment itself.

    Both are functional at the rates of the payment's day, and None where there is no rate.
    """

    payments: list[Payment]
    own: Amount | None
    others: Amount | None
    is_cut: bool

    @property
    def together(self) -> Amount | None:
        """All of them with the payment itself."""
        return Amount(self.own.minor + self.others.minor, self.own.currency) if self.own and self.others else None


def find_nearby(document: Decided) -> Nearby | None:
    """The payments of the days around one to the same payee, donor or the Secretariat, or for the same contract.

    What was rejected or reversed is left out. None where there is no other, or the document pays nobody.
    """
    kinds = _of_same(document)
    rows = list(kinds[0].union(*kinds[1:], all=True).order_by("-day", "-number")[: MOST + 1]) if kinds else []
    if not rows:
        return None
    payments, on = [_to_payment(*row) for row in rows[:MOST]], getattr(document, document.DAY)
    amount: Any = document
    own, total = _add_up([to_amount(amount.amount)], on), _add_up([payment.amount for payment in payments], on)
    return Nearby(payments, own, total, is_cut=len(rows) > MOST)


def _of_same(document: Decided) -> list[QuerySet[Any, Any]]:
    """The other payments, one query for each kind, to be asked as one."""
    if isinstance(document, Disbursement):
        contracts = document.lines.exclude(obligation=None).values("obligation")
        named = DisbursementLine.objects.filter(obligation__in=contracts).values("disbursement")
        return _to_payee(document, document.payee, Q(pk__in=named))
    if isinstance(document, Advance):
        return _to_payee(document, document.partner)
    if isinstance(document, SecretariatPayment):
        return [_near(document, SecretariatPayment.objects.all())]
    if isinstance(document, Refund):
        return [_near(document, Refund.objects.filter(agreement__donor=document.agreement.donor_id))]
    return []


def _to_payee(document: Decided, payee: Payee, also: Q | None = None) -> list[QuerySet[Any, Any]]:
    which = Q(payee=payee) | also if also else Q(payee=payee)
    paid = _near(document, Disbursement.objects.filter(which))
    return [paid, _near(document, Advance.objects.filter(partner=payee))]


def _near(document: Decided, payments: QuerySet[D]) -> QuerySet[Any, Any]:
    on, model = getattr(document, document.DAY), payments.model
    days = {f"{model.DAY}__gte": on - SPAN, f"{model.DAY}__lte": on + SPAN}
    found = payments.filter(**days).exclude(number=document.number).exclude(state__in=(State.REJECTED, State.REVERSED))
    named = found.order_by().annotate(kind_of=Value(_KINDS.index(model)), day=F(model.DAY))
    return named.values_list("kind_of", "number", "day", "amount", "amount_currency", "state")


def _to_payment(kind: int, number: str, on: date, amount: Any, currency: str, state: str) -> Payment:
    tone = "warn" if state == State.PREPARED else "good"
    paid = Amount(to_minor(getattr(amount, "amount", amount), currency), currency)
    return Payment(number, reverse(f"fund:{_KINDS[kind].ROUTE}", args=[number]), on, paid, (str(_LABELS[state]), tone))


def _add_up(amounts: Sequence[Amount], on: date) -> Amount | None:
    """What amounts come to at the rates of a day; None where there is no rate."""
    sums: defaultdict[str, int] = defaultdict(int)
    for amount in amounts:
        sums[amount.currency] += amount.minor
    try:
        functional = sum(carry(Amount(minor, currency), on).functional for currency, minor in sums.items())
    except RateMissing:
        return None
    return Amount(functional, functional_currency())
