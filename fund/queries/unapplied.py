"""What donors sent beyond what was owed, and have not said what it is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fund import policy
from fund.models import Donor, Instalment
from fund.policy import Carried
from ledger.document_sums import InstalmentTotal, instalment_totals, open_instalments
from ledger.money import Amount


@dataclass(frozen=True, slots=True)
class Waiting:
    """An unapplied balance: beyond which instalment it came, how much, and what it is carried at."""

    instalment: Instalment
    carried: Carried

    @property
    def amount(self) -> Amount:
        """How much waits."""
        return self.carried.amount

    @property
    def query(self) -> str:
        """What of an address names it. Beyond one instalment there may be a balance of each currency."""
        return urlencode({"of": self.instalment.reference, "currency": self.amount.currency}, safe="/")


def unapplied_balances(donor: Donor | None = None) -> list[Waiting]:
    """What waits for a donor's word, or for any donor's, by instalment and currency."""
    account = f"{policy.UNAPPLIED}{donor.code}" if donor else policy.UNAPPLIED
    items = open_instalments((account,))
    found = Instalment.objects.filter(reference__in=[item.instalment for item in items])
    by_reference = {one.reference: one for one in found.select_related("agreement__donor")}
    return [
        Waiting(by_reference[item.instalment], Carried(Amount(-item.amount, item.currency), -item.functional))
        for item in items
        if item.instalment in by_reference and item.amount < 0
    ]


def find_unapplied(reference: str, currency: str = "") -> Waiting | None:
    """What waits beyond an instalment, in a currency or else in the first one; None where nothing does."""
    found = (one for one in unapplied_balances() if one.instalment.reference == reference)
    return next((one for one in found if currency in ("", one.amount.currency)), None)


def unapplied_left(donor: str, instalment: str, currency: str, *, on: date | None = None) -> Carried:
    """What of one unapplied balance of a donor's waits now, or at the end of the day `on` where that is less."""
    account = policy.UNAPPLIED + donor
    moments = (None, on) if on else (None,)
    found = [_sum(instalment_totals([instalment], until=until), account, currency) for until in moments]
    return min(found, key=lambda carried: carried.amount.minor)


def _sum(items: Iterable[InstalmentTotal], account: str, currency: str) -> Carried:
    mine = [item for item in items if (item.account, item.currency) == (account, currency)]
    return Carried(Amount(-sum(item.amount for item in mine), currency), -sum(item.functional for item in mine))
