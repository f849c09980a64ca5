"""What is pledged, signed, received and outstanding, of pledges, instalments and agreements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fund import policy
from fund.models import Agreement, Instalment, Pledge
from fund.money import to_amount
from fund.policy import Carried
from ledger.document_sums import InstalmentTotal, document_totals, instalment_totals
from ledger.money import Amount
from ledger.queries import postings


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instalment or an agreement stands, in minor units of the agreement's currency, all positive.

    `received` is what receipts settled; `outstanding` is what is still owed; `unapplied` is what came beyond, where
    it came in the agreement's own currency; `written_off` will not be paid. `carried` is the carrying amount of what is
    outstanding, in the functional currency.
    """

    currency: str
    signed: int = 0
    received: int = 0
    outstanding: int = 0
    unapplied: int = 0
    carried: int = 0
    written_off: int = 0

    def plus(self, other: "Standing") -> "Standing":
        """The two together; they have the same currency."""
        assert self.currency == other.currency
        return Standing(
            self.currency,
            self.signed + other.signed,
            self.received + other.received,
            self.outstanding + other.outstanding,
            self.unapplied + other.unapplied,
            self.carried + other.carried,
            self.written_off + other.written_off,
        )


def instalment_standings(instalments: Sequence[Instalment], *, until: date | None = None) -> dict[str, Standing]:
    """The standing of each instalment, by its reference."""
    return sum_standings(instalments, instalment_totals([one.reference for one in instalments], until=until))


def lowest_standings(instalments: Sequence[Instalment], *, since: date) -> dict[str, Standing]:
    """The standing of each instalment when the least of it is owed, at the end of any day from `since` on."""
    references = [one.reference for one in instalments]
    later = postings().filter(instalment__in=references, dated_on__gt=since).order_by()
    days = [since, *later.values_list("dated_on", flat=True).distinct()]
    # The latest first: where as much is owed on several days, it is carried as it is now.
    found = [instalment_standings(instalments, until=day) for day in sorted(days, reverse=True)]
    return {
        reference: min((standings[reference] for standings in found), key=lambda standing: standing.outstanding)
        for reference in references
    }


def sum_standings(instalments: Iterable[Instalment], items: Iterable[InstalmentTotal]) -> dict[str, Standing]:
    """The standing of each instalment, by its reference, out of the totals of these and perhaps others."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for total in items:
        cell = sums[total.instalment]
        if total.account.startswith(policy.OWED):
            cell["outstanding"] += total.amount
            cell["carried"] += total.functional
            cell["signed"] += total.amount if total.kind == "agreement" else 0
            cell["received"] -= total.amount if total.kind == "receipt" else 0
            cell["written_off"] -= total.amount if total.kind == "write_off" else 0
        elif total.account.startswith(policy.UNAPPLIED):
            cell[f"unapplied {total.currency}"] -= total.amount
    return {item.reference: _to_standing(sums[item.reference], str(item.amount.currency)) for item in instalments}


def _to_standing(cell: defaultdict[str, int], currency: str) -> Standing:
    names = ("signed", "received", "outstanding", f"unapplied {currency}", "carried", "written_off")
    return Standing(currency, *(cell[name] for name in names))


def open_instalments(agreement: Agreement) -> list[tuple[Instalment, Standing]]:
    """The instalments of which something is owed, the earliest due first, with their standings."""
    instalments = list(agreement.instalments.order_by("due_on", "position"))
    standings = instalment_standings(instalments)
    pairs = [(instalment, standings[instalment.reference]) for instalment in instalments]
    return [(instalment, standing) for instalment, standing in pairs if standing.outstanding > 0]


def open_pledges(pledges: Sequence[Pledge], *, until: date | None = None) -> dict[str, Carried]:
    """What of each pledge is neither signed, withdrawn nor lapsed, by its number."""
    sums: dict[str, list[int]] = {pledge.number: [0, 0] for pledge in pledges}
    numbers = list(sums)
    for (number, *_), (amount, functional) in document_totals(numbers, accounts=(policy.PLEDGED,), until=until).items():
        sums[number][0] += amount
        sums[number][1] += functional
    currencies = {pledge.number: to_amount(pledge.amount).currency for pledge in pledges}
    return {number: Carried(Amount(a, currencies[number]), f) for number, (a, f) in sums.items()}
