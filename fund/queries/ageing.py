"""How long what donors owe is past due, at the end of a day: by donor and agreement, in bands of days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from fund import policy
from fund.models import Agreement, Donor, Instalment
from ledger.document_sums import instalment_totals
from ledger.money import Amount

# The last day of each band but the last, in days past due; what is due today or later is current.
BANDS = (0, 30, 90, 180)


def find_band(days: int, bands: Sequence[int] = BANDS) -> int:
    """The band of what is so many days past due: 0 (current), 1 (1-30), 2 (31-90), 3 (91-180) or 4 (over 180).

    Or of other `bands`, by their last days.
    """
    return sum(days > last for last in bands)


@dataclass(frozen=True, slots=True)
class AgedAgreement:
    """What an agreement owes by band: `own` in minor units of its currency, `functional` as it is carried.

    `overdue` are the instalments that are past due.
    """

    agreement: Agreement
    currency: str
    own: tuple[int, ...]
    functional: tuple[int, ...]
    overdue: tuple[Instalment, ...] = ()

    @property
    def total(self) -> int:
        """All that it owes, functional."""
        return sum(self.functional)

    @property
    def own_total(self) -> Amount:
        """All that it owes, in its own currency."""
        return Amount(sum(self.own), self.currency)

    @property
    def own_amounts(self) -> list[Amount]:
        """What it owes by band, in its own currency."""
        return [Amount(minor, self.currency) for minor in self.own]


@dataclass(frozen=True, slots=True)
class AgedDonor:
    """What a donor owes, agreement by agreement."""

    donor: Donor
    agreements: tuple[AgedAgreement, ...]

    @property
    def functional(self) -> tuple[int, ...]:
        """What the donor owes by band."""
        return add_bands(one.functional for one in self.agreements)

    @property
    def overdue(self) -> int:
        """What of it is past due."""
        return sum(self.functional[1:])

    @property
    def total(self) -> int:
        """All that the donor owes."""
        return sum(self.functional)


def add_bands(rows: Iterable[Sequence[int]], bands: Sequence[int] = BANDS) -> tuple[int, ...]:
    """The sums of each band."""
    sums = [0] * (len(bands) + 1)
    for row in rows:
        sums = [before + amount for before, amount in zip(sums, row, strict=True)]
    return tuple(sums)


def find_ageing(*, as_of: date) -> list[AgedDonor]:
    """What each donor owed at the end of a day, at the carrying amounts of that day; donors by name.

    Who owes nothing is left out. A day after the last entry ages what is owed now.
    """
    open_items = find_open(Instalment.objects.all(), as_of=as_of)
    cells: defaultdict[Agreement, list[list[int]]] = defaultdict(lambda: [[0] * (len(BANDS) + 1) for _ in range(2)])
    overdue: defaultdict[Agreement, list[Instalment]] = defaultdict(list)
    for instalment in _load(list(open_items)):
        own, functional = open_items[instalment.reference]
        band = find_band((as_of - instalment.due_on).days)
        cells[instalment.agreement][0][band] += own
        cells[instalment.agreement][1][band] += functional
        if band:
            overdue[instalment.agreement].append(instalment)
    by_donor: defaultdict[Donor, list[AgedAgreement]] = defaultdict(list)
    for agreement, (own_bands, bands) in cells.items():
        currency, late = str(agreement.amount.currency), tuple(overdue[agreement])
        by_donor[agreement.donor].append(AgedAgreement(agreement, currency, tuple(own_bands), tuple(bands), late))
    ordered = sorted(by_donor.items(), key=lambda item: (item[0].name.casefold(), item[0].code))
    return [AgedDonor(donor, tuple(sorted(found, key=lambda one: one.agreement.number))) for donor, found in ordered]


def find_open(instalments: QuerySet[Instalment], *, as_of: date) -> dict[str, tuple[int, int]]:
    """What was owed of each instalment at the end of a day, by reference: in its currency, and as it was carried."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    references = instalments.filter(agreement__signed_on__lte=as_of).order_by().values_list("reference", flat=True)
    for total in instalment_totals(references, until=as_of):
        if total.account.startswith(policy.OWED):
            sums[total.instalment][0] += total.amount
            sums[total.instalment][1] += total.functional
    return {reference: (own, functional) for reference, (own, functional) in sums.items() if own}


def _load(references: Sequence[str], *, at_once: int = 10_000) -> list[Instalment]:
    # In portions, because a statement of SQLite takes only so many values.
    found: list[Instalment] = []
    for start in range(0, len(references), at_once):
        portion = Instalment.objects.filter(reference__in=references[start : start + at_once])
        found += portion.select_related("agreement__donor").order_by("reference")
    return found
