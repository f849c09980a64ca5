"""What is signed, received and still owed, added up by the year of the agreement, by donor or by class of donors.

A receipt counts for the year of its agreement, however late it came, so that the years add up to the whole; a gift
counts for the year in which it came.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import add, attrgetter, sub
from typing import Any

from fund import policy
from fund.models import Agreement, Donor, DonorClass, Instalment, Receipt
from fund.queries.parts import SentPart, applied_parts, sent_parts
from fund.queries.receipts import standing_parts
from ledger.document_sums import InstalmentTotal, document_totals, instalment_totals
from ledger.money import Amount, to_minor
from ledger.queries import Scope, functional_currency, totals


class Grouping(StrEnum):
    """What contributions can be added up by."""

    YEAR = "year"
    DONOR = "donor"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of contributions in minor units of one currency, all positive.

    `received` is all that donors sent, charges of banks on the way included; `unapplied`, a part of it, came beyond
    what was owed. `outstanding` is what is still owed. `deferred` is income once conditions are met: no money item,
    and so in the functional currency alone.
    """

    signed: int = 0
    received: int = 0
    unapplied: int = 0
    outstanding: int = 0
    deferred: int = 0

    def amounts(self, currency: str) -> list[Amount]:
        """Signed, received, unapplied, outstanding."""
        return [Amount(minor, currency) for minor in _amounts_of(self)[:4]]

    def carried(self, currency: str) -> list[Amount]:
        """The same in the functional currency, and what is deferred."""
        return [*self.amounts(currency), Amount(self.deferred, currency)]

    def plus(self, other: "Figures") -> "Figures":
        """The two together."""
        return Figures(*map(add, _amounts_of(self), _amounts_of(other)))

    def less(self, other: "Figures") -> "Figures":
        """What these have more."""
        return Figures(*map(sub, _amounts_of(self), _amounts_of(other)))


# dataclasses.astuple copies what it finds, at ten times the cost.
_amounts_of: Callable[[Figures], tuple[int, ...]] = attrgetter(*(field.name for field in fields(Figures)))
NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Contribution:
    """An agreement, or a gift without one, with its figures.

    `fund` is the sub-fund that its money belongs to; `year` is that of the signature, or of the gift. `functional` is
    at the rates of the books; `own` is in the agreement's currency, where a payment in another one counts as what it
    settled, and what came beyond in another one is left out.
    """

    number: str
    donor: str
    fund: str
    year: int
    currency: str
    is_gift: bool
    functional: Figures
    own: Figures


@dataclass(frozen=True, slots=True)
class Group:
    """Contributions added up. `own` is in their currency, where they have one in common; `currency` names it."""

    key: str
    label: str
    agreements: int
    gifts: int
    functional: Figures
    currency: str
    own: Figures | None


def group_contributions(by: Grouping, *, until: date | None = None) -> list[Group]:
    """The figures of every contribution up to and with `until`, added up by `by`, in its natural order."""
    found = contributions(until=until)
    donors = Donor.objects.in_bulk(field_name="code")
    keys: dict[Grouping, Callable[[Contribution], str]] = {
        Grouping.YEAR: lambda one: str(one.year),
        Grouping.DONOR: lambda one: one.donor,
        Grouping.CLASS: lambda one: donors[one.donor].donor_class,
    }
    grouped: defaultdict[str, list[Contribution]] = defaultdict(list)
    for one in found:
        grouped[keys[by](one)].append(one)
    labels, order = _describe(by, donors)
    return [add_up(grouped[key], key=key, label=labels(key)) for key in sorted(grouped, key=order)]


def _describe(by: Grouping, donors: dict[str, Donor]) -> tuple[Callable[[str], str], Callable[[str], Any]]:
    """How the keys of a grouping are called and sorted."""
    if by == Grouping.DONOR:
        return lambda key: donors[key].name, lambda key: (donors[key].name.casefold(), key)
    if by == Grouping.CLASS:
        return lambda key: str(DonorClass(key).label), lambda key: DonorClass.values.index(key)
    return str, str


def add_up(found: Iterable[Contribution], *, key: str = "", label: str = "") -> Group:
    """Contributions as one group."""
    found = list(found)
    currencies = {one.currency for one in found}
    functional, own = NOTHING, NOTHING
    for one in found:
        functional, own = functional.plus(one.functional), own.plus(one.own)
    gifts = sum(one.is_gift for one in found)
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Group(key, label, len(found) - gifts, gifts, functional, currency, own if currency else None)


def add_groups(groups: Iterable[Group], *, label: str = "") -> Group:
    """Groups as one, in the functional currency."""
    groups = list(groups)
    functional = NOTHING
    for group in groups:
        functional = functional.plus(group.functional)
    agreements, gifts = sum(group.agreements for group in groups), sum(group.gifts for group in groups)
    return Group("", label, agreements, gifts, functional, functional_currency(), functional)


def contributions(*, until: date | None = None) -> list[Contribution]:
    """Every agreement and gift with its figures up to and with `until`, by number.

    What was cancelled or reversed by then is left out: nothing of it is signed or received.
    """
    numbers = Receipt.objects.order_by().values_list("number", flat=True)
    references = Instalment.objects.order_by().values_list("reference", flat=True)
    receipts = (
        Receipt.objects.exclude(donor=None)
        .order_by()
        .values_list("number", "agreement__number", "donor__code", "received_on", "charges", "charges_currency")
    )
    return combine(
        Agreement.objects.select_related("donor"),
        (Sent(*row) for row in receipts.iterator()),
        document_totals(numbers, accounts=policy.SENT, until=until),
        instalment_totals(references, until=until),
        sum_deferred(until=until),
        (*sent_parts(standing_parts(until=until).order_by("pk"), until=until), *applied_parts(until=until)),
    )


def sum_deferred(funds: Sequence[str] = (), *, until: date | None = None) -> dict[str, int]:
    """What is deferred of each conditional agreement, by its number, which is that of its sub-fund; positive."""
    found = totals(Scope(until=until, accounts=(policy.DEFERRED,), funds=tuple(funds)), by=("fund",))
    return {total.fund: -total.functional for total in found}


@dataclass(frozen=True, slots=True)
class Sent:
    """A receipt, as figures need it: `agreement` is the number of one, or None of a gift."""

    number: str
    agreement: str | None
    donor: str
    received_on: date
    charges: Decimal
    currency: str


def combine(
    agreements: Iterable[Agreement],
    receipts: Iterable[Sent],
    sums: Mapping[tuple[str, str, str, str], tuple[int, int]],
    items: Iterable[InstalmentTotal],
    deferred: Mapping[str, int],
    parts: Iterable[SentPart] = (),
) -> list[Contribution]:
    """Agreements, with their donors at hand, and receipts with what the books say of them: see `contributions`.

    `sums` are document_totals of the receipts, on policy.SENT and perhaps more; `items` are the totals of instalments,
    `deferred` what is deferred of agreements by number; `parts` are those of receipts in parts, and what was applied.
    """
    sent = _sum_sent(sums)
    functional, own = _sum_instalments(items)
    gifts = []
    for receipt in receipts:
        if receipt.agreement is None:
            gifts.append(_to_gift(receipt, *sent.get(receipt.number, (0, 0))))
        else:
            functional[receipt.agreement][_RECEIVED] += sent.get(receipt.number, (0, 0))[1]
    for number, amount in deferred.items():
        functional[number][_DEFERRED] = amount
    for part in parts:
        if part.agreement is None:
            gifts.append(_to_gift_part(part))
        else:
            functional[part.agreement][_RECEIVED] += part.functional
    signed = [_to_contribution(one, functional[one.number], own) for one in agreements]
    found = (one for one in (*signed, *gifts) if one.functional != NOTHING)
    return sorted(found, key=lambda one: one.number)


def _sum_sent(sums: Mapping[tuple[str, str, str, str], tuple[int, int]]) -> dict[str, list[int]]:
    """What donors sent, by receipt: what the bank got in its currency, and that with the charges, functional."""
    sent: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (number, account, kind, _), (amount, functional) in sums.items():
        if kind == "receipt" and account.startswith(policy.SENT):
            sent[number][0] += amount if account != policy.BANK_CHARGES else 0
            sent[number][1] += functional
    return sent


def _to_contribution(agreement: Agreement, functional: list[int], own: "_Own") -> Contribution:
    currency = str(agreement.amount.currency)
    return Contribution(
        number=agreement.number,
        donor=agreement.donor.code,
        fund=agreement.sub_fund,
        year=agreement.signed_on.year,
        currency=currency,
        is_gift=False,
        functional=Figures(*functional),
        own=Figures(*own[agreement.number, currency]),
    )


def _to_gift(gift: Sent, amount: int, functional: int) -> Contribution:
    return Contribution(
        number=gift.number,
        donor=gift.donor,
        fund=policy.POOL,
        year=gift.received_on.year,
        currency=gift.currency,
        is_gift=True,
        functional=Figures(received=functional),
        own=Figures(received=amount + to_minor(gift.charges, gift.currency) if amount else 0),
    )


def _to_gift_part(gift: SentPart) -> Contribution:
    return Contribution(
        number=gift.number,
        donor=gift.donor,
        fund=policy.POOL,
        year=gift.on.year,
        currency=gift.amount.currency,
        is_gift=True,
        functional=Figures(received=gift.functional),
        own=Figures(received=gift.amount.minor if gift.functional else 0),
    )


_Sums = defaultdict[str, list[int]]
_Own = defaultdict[tuple[str, str], list[int]]
_SIGNED, _RECEIVED, _UNAPPLIED, _OUTSTANDING, _DEFERRED = range(5)


def _sum_instalments(items: Iterable[InstalmentTotal]) -> tuple[_Sums, _Own]:
    """Figures by agreement, in the functional currency without what was received, and in each one of its items."""
    functional: _Sums = defaultdict(lambda: [0] * 5)
    own: _Own = defaultdict(lambda: [0] * 5)
    for total in items:
        number = total.instalment.rpartition("/")[0]
        _add(functional[number], total, total.functional)
        _add(own[number, total.currency], total, total.amount)
        if total.kind == "receipt" and total.account.startswith((*policy.OWED, policy.UNAPPLIED)):
            own[number, total.currency][_RECEIVED] -= total.amount
    return functional, own


def _add(cell: list[int], total: InstalmentTotal, amount: int) -> None:
    if total.account.startswith(policy.OWED):
        cell[_OUTSTANDING] += amount
        cell[_SIGNED] += amount if total.kind == "agreement" else 0
    elif total.account.startswith(policy.UNAPPLIED):
        cell[_UNAPPLIED] -= amount
