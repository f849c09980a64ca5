"""In-kind contributions: goods and services at fair value."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund import policy, policy_treasury
from fund.errors import ValueInvalid
from fund.models import Donor, InKind, Project
from fund.money import to_money
from fund.operations import acts, limits
from fund.policy import Party
from fund.queries.rates import carry
from ledger.money import Amount
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class Gift:
    """What was given: its fair value in any currency, and how that was measured."""

    donor: Donor
    project: Project
    received_on: date
    amount: Amount
    description: str
    measurement: str


def record_in_kind(*, gift: Gift, by: User, note: str = "") -> InKind:
    """[24] Records a contribution in kind: income and expense of the pool in one entry, at the rate of the day.

    It is for the project at once, so that no allocation is needed or used. Raises ProjectClosed, RateMissing,
    ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_inkind")
    acts.check_positive(gift.amount)
    with writing():
        acts.check_day(gift.received_on, "received_on")
        acts.check_not_before(gift.received_on, gift.project.starts_on, "received_on")
        limits.check_accounts_open(gift.project, field="project")
        value = carry(gift.amount, gift.received_on).functional
        if not value:
            raise ValueInvalid(f"{gift.amount} is worth nothing in {functional_currency()}.", field="amount")
        found = InKind(donor=gift.donor, project=gift.project, dated_on=gift.received_on, created_by=by)
        found.amount = to_money(gift.amount)
        found.description = acts.clean_text(gift.description, field="description", longest=200)
        found.measurement = acts.clean_text(gift.measurement, field="measurement", longest=300)
        found.note = acts.clean_text(note, field="note", longest=300, required=False)
        found.number = acts.take_number(InKind, gift.received_on)
        found.save(force_insert=True)
        draft = policy_treasury.receive_in_kind(
            number=found.number,
            donor=Party(gift.donor.code, gift.donor.name),
            project=gift.project.code,
            on=gift.received_on,
            fund=policy.POOL,
            value=value,
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        acts.record("record in kind", found, by=by, detail=f"{gift.donor}: {gift.amount}")
    return found
