"""Makes the demonstration's story happen, through the fund's own operations."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any

from django.contrib.auth.models import User

from fund.demonstration.steps import (
    Allocated,
    For,
    Given,
    Paid,
    Planned,
    Pledged,
    Received,
    Reminded,
    Signed,
    Step,
    Undone,
)
from fund.demonstration.story import BANKS, DONORS, LANGUAGES, LENGTH, RATES, STORY
from fund.models import (
    Agreement,
    Allocation,
    BankAccount,
    Disbursement,
    Instalment,
    Pledge,
    Receipt,
    Recognition,
)
from fund.operations.agreements import Due, Earmark, sign_agreement
from fund.operations.allocations import allocate
from fund.operations.approvals import reject
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.letters import record_letter
from fund.operations.pledges import announce_pledge, withdraw_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import cancel_agreement, reverse_allocation, reverse_disbursement, reverse_receipt
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.policy import POOL
from ledger.money import Amount, parse_amount
from ledger.operations import writing

# The story begins on or after the first day of last year, and never longer ago than this.
_LONGEST = 540


def build_demonstration(today: date, *, officer: User, approvers: Sequence[User]) -> None:
    """Makes the demonstration fund as it stands on `today`: this year and the last one, all of it or nothing.

    Large payments need two approvers.
    """
    with writing():
        telling = Telling(today, officer, approvers)
        telling.prepare()
        for step in sorted(STORY, key=lambda step: -step.ago):
            telling.tell(step)


class Telling:
    """The story as it is being told: who acts, and what was made so far by its key."""

    def __init__(self, today: date, officer: User, approvers: Sequence[User]) -> None:
        self.today = today
        self.by = officer
        self.approvers = approvers
        self.length = min((today - date(today.year - 1, 1, 1)).days, _LONGEST)
        self.made: dict[str, Any] = {}
        self.banks: dict[str, BankAccount] = {}

    def day(self, ago: int) -> date:
        """The day that lies `ago` days back in the story; its past is stretched over last year and this one."""
        return self.today - timedelta(days=ago * self.length // LENGTH if ago > 0 else ago)

    def prepare(self) -> None:
        """Opens the years and adds what the story rests on: donors, bank accounts, rates."""
        for year in (self.today.year - 1, self.today.year):
            open_year(year, by=self.by)
        for code, name, donor_class, country in DONORS:
            facts = {"name": name, "donor_class": donor_class, "country": country, "language": LANGUAGES.get(code, "")}
            self.made[code] = add_donor(code=code, **facts, by=self.by)
        for code, name, currency in BANKS:
            self.banks[currency] = add_bank_account(code=code, name=name, currency=currency, by=self.by)
        for currency, months in RATES.items():
            rates = months.split()
            for number, first in enumerate(_months(self.day(LENGTH), self.today)):
                rate = Decimal(rates[number % len(rates)])
                add_rate(currency=currency, effective_on=first, rate=rate, by=self.by)

    @singledispatchmethod
    def tell(self, step: Step) -> None:
        """Makes one step happen."""
        raise TypeError(f"{step!r} is no step that a story can have")

    @tell.register
    def _(self, step: Pledged) -> None:
        self.made[step.key] = announce_pledge(
            donor=self.made[step.donor],
            announced_on=self.day(step.ago),
            amount=_read(step.amount),
            by=self.by,
            note=step.note,
        )

    @tell.register
    def _(self, step: Signed) -> None:
        amount = _read(step.amount)
        self.made[step.key] = sign_agreement(
            donor=self.made[step.donor],
            signed_on=self.day(step.ago),
            amount=amount,
            instalments=[Due(self.day(ago), parse_amount(part, amount.currency)) for ago, part in step.due],
            recognition=Recognition.ON_RECEIPT if step.on_receipt else Recognition.ON_SIGNATURE,
            pledge=self.made[step.pledge] if step.pledge else None,
            earmark=self._earmark(step.earmark) if step.earmark else None,
            reference=step.reference,
            note=step.note,
            by=self.by,
        )

    def _earmark(self, purpose: For) -> Earmark:
        ends_on = None if purpose.ends is None else self.day(purpose.ends)
        return Earmark([self.made[code] for code in purpose.projects], purpose.countries, ends_on)

    @tell.register
    def _(self, step: Received) -> None:
        agreement: Agreement = self.made[step.agreement]
        lines = None
        if step.settles:
            instalment: Instalment = agreement.instalments.earliest("position")
            lines = {instalment.reference: _read(step.settles)}
        self.made[step.key] = record_receipt(
            agreement=agreement,
            facts=self._facts(step.ago, step.key, step.amount, charges=step.charges),
            lines=lines,
            accept_excess=True,
            by=self.by,
        )

    @tell.register
    def _(self, step: Given) -> None:
        facts = self._facts(step.ago, step.key, step.amount, note=step.note)
        self.made[step.key] = record_gift(donor=self.made[step.donor], facts=facts, by=self.by)

    def _facts(self, ago: int, key: str, text: str, *, charges: str = "", note: str = "") -> Facts:
        amount, on = _read(text), self.day(ago)
        reference = f"{on:%y%m%d}-{key.upper()}"
        kept = _read(charges) if charges else None
        return Facts(self.banks[amount.currency], on, amount, reference, charges=kept, note=note)

    @tell.register
    def _(self, step: Planned) -> None:
        facts = ProjectFacts(
            step.title,
            step.recommendations,
            step.countries,
            self.day(step.ago),
            self.day(step.ends),
            step.description,
        )
        self.made[step.code] = add_project(code=step.code, facts=facts, by=self.by)

    @tell.register
    def _(self, step: Allocated) -> None:
        self.made[step.key] = allocate(
            project=self.made[step.project],
            decided_on=self.day(step.ago),
            lines={self._fund(key): _read(amount) for key, amount in step.lines},
            by=self.by,
            note=step.note,
        )

    @tell.register
    def _(self, step: Paid) -> None:
        lines = [
            Line(self._fund(key), self.made[project], category, _read(amount))
            for key, project, category, amount in step.lines
        ]
        disbursement = prepare_disbursement(
            payee=step.payee,
            bank_account=self.banks[lines[0].amount.currency],
            paid_on=self.day(step.ago),
            lines=lines,
            by=self.by,
            note=step.note,
        )
        if step.rejected:
            reject(disbursement, reason=step.rejected, by=self.approvers[0])
        elif not step.waits:
            any(approve_disbursement(disbursement, by=approver) for approver in self.approvers)
        self.made[step.key] = disbursement

    @tell.register
    def _(self, step: Undone) -> None:
        document = self.made[step.key]
        undo: dict[type[Any], Any] = {
            Pledge: withdraw_pledge,
            Agreement: cancel_agreement,
            Receipt: reverse_receipt,
            Allocation: reverse_allocation,
            Disbursement: reverse_disbursement,
        }
        undo[type(document)](document, on=self.day(step.ago), reason=step.reason, by=self.by)

    @tell.register
    def _(self, step: Reminded) -> None:
        record_letter(donor=self.made[step.donor], sent_on=self.day(step.ago), way=step.way, by=self.by)

    def _fund(self, key: str) -> str:
        return POOL if key == POOL else str(self.made[key].sub_fund)


def _read(text: str) -> Amount:
    """The amount in a text such as "USD 1,500.00"."""
    currency, _, number = text.partition(" ")
    return parse_amount(number, currency)


def _months(since: date, until: date) -> Iterator[date]:
    """The first day of each month from that of `since` to that of `until`."""
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
