"""What money that came can be of: an open instalment, or a gift of a donor."""

from dataclasses import dataclass

from fund import policy
from fund.models import Donor, Instalment
from fund.queries.agreements import owed_instalments
from ledger.money import Amount

# As a donor's code has no slash, no instalment's reference is mistaken for one.
GIFT = "gift/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where money can go: an instalment with what it is owed, or without one a donor's gift into the pool."""

    donor: Donor
    instalment: Instalment | None = None
    owed: Amount | None = None

    @property
    def key(self) -> str:
        """What names it in a form or a command."""
        return self.instalment.reference if self.instalment else f"{GIFT}{self.donor.code}"

    @property
    def fund(self) -> str:
        """The sub-fund that it belongs to."""
        return self.instalment.agreement.sub_fund if self.instalment else policy.POOL


def open_places(donor: Donor | None = None) -> list[Place]:
    """Every open instalment, the earliest due first, then a gift of each donor; of all donors or of one."""
    instalments = owed_instalments().filter(agreement__cancelled_on=None).select_related("agreement__donor")
    donors = Donor.objects.order_by("name")
    if donor:
        instalments, donors = instalments.filter(agreement__donor=donor), donors.filter(pk=donor.pk)
    found = instalments.order_by("due_on", "reference")
    return [*(_to_place(one) for one in found), *(Place(one) for one in donors)]


def find_place(key: str) -> Place | None:
    """The place with a key, also an instalment of which nothing is owed any more; None where there is none."""
    if key.startswith(GIFT):
        donor = Donor.objects.filter(code=key.removeprefix(GIFT)).first()
        return Place(donor) if donor else None
    instalment = Instalment.objects.filter(reference=key).select_related("agreement__donor").first()
    return Place(instalment.agreement.donor, instalment) if instalment else None


def _to_place(instalment: Instalment) -> Place:
    owed: int = getattr(instalment, "owed", 0)
    return Place(instalment.agreement.donor, instalment, Amount(owed, str(instalment.amount.currency)))
