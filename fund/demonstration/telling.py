"""Makes the demonstration's story happen, through the fund's own operations."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any

from django.contrib.auth.models import User

from fund.demonstration.steps import (
    Advanced,
    Allocated,
    Banked,
    CameBack,
    Charged,
    Deposited,
    Entered,
    For,
    Given,
    Identified,
    Milestoned,
    MonthEnded,
    Paid,
    Planned,
    Pledged,
    Received,
    Refunded,
    Reminded,
    Reported,
    Screened,
    Signed,
    Step,
    Undone,
    WrittenOff,
)
from fund.demonstration.story import BANKS, DONORS, LANGUAGES, LENGTH, PARTNERS, RATES, STORY
from fund.models import (
    Advance,
    Agreement,
    Allocation,
    BankAccount,
    Disbursement,
    Instalment,
    Payee,
    Pledge,
    Receipt,
    Recognition,
    RecoveryBase,
)
from fund.money import to_amount
from fund.operations.advance_reports import Spent, Verdict, record_report, review_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import prepare_advance
from fund.operations.agreements import Due, Earmark, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.applications import Word
from fund.operations.approvals import reject
from fund.operations.bank_details import Account, prepare_bank_details
from fund.operations.decisions import approve
from fund.operations.deposits import Part, identify_deposit, record_deposit
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.interest import record_interest
from fund.operations.letters import record_letter
from fund.operations.manual_entries import Line as Posting
from fund.operations.manual_entries import prepare_manual_entry
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.payees import add_payee
from fund.operations.pledges import announce_pledge, withdraw_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.refunds import pay_refund, prepare_refund
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import cancel_agreement, reverse_allocation, reverse_disbursement, reverse_receipt
from fund.operations.screenings import clear_match, record_screening
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.operations.write_offs import prepare_write_off
from fund.policy import POOL
from ledger.money import Amount, parse_amount
from ledger.operations import writing

# The story begins on or after the first day of last year, and never longer ago than this.
_LONGEST = 540


def build_demonstration(today: date, *, officer: User, approvers: Sequence[User]) -> None:
    """Makes the demonstration fund as it stands on `today`: this year and the last one, all of it or nothing.

    What is large needs two approvers.
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
        for code, name, country in PARTNERS:
            self.made[code] = add_payee(code=code, name=name, country=country, by=self.by)
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
        agreement = prepare_agreement(
            donor=self.made[step.donor],
            signed_on=self.day(step.ago),
            amount=amount,
            instalments=[Due(self.day(ago), parse_amount(part, amount.currency)) for ago, part in step.due],
            recognition=_find_recognition(step),
            pledge=self.made[step.pledge] if step.pledge else None,
            earmark=self._earmark(step.earmark) if step.earmark else None,
            reference=step.reference,
            note=step.note,
            by=self.by,
        )
        self.made[step.key] = agreement if step.waits else self._approve(agreement)

    def _approve(self, document: Any) -> Any:
        any(approve(document, by=approver) for approver in self.approvers)
        document.refresh_from_db()
        return document

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
        allocation = prepare_allocation(
            project=self.made[step.project],
            decided_on=self.day(step.ago),
            lines={self._fund(key): _read(amount) for key, amount in step.lines},
            by=self.by,
            note=step.note,
        )
        self.made[step.key] = allocation if step.waits else self._approve(allocation)

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
            self._approve(disbursement)
        self.made[step.key] = disbursement

    @tell.register
    def _(self, step: Banked) -> None:
        facts = Account(step.payee, step.account, step.bank, step.country, step.currency)
        payee = Payee.objects.get(name=step.payee)
        details = prepare_bank_details(payee, facts=facts, valid_from=self.day(step.ago), by=self.by)
        if not step.waits:
            approve(details, by=self.approvers[0])

    @tell.register
    def _(self, step: Screened) -> None:
        payee, on = Payee.objects.get(name=step.payee), self.day(step.ago)
        facts = {"list_name": "Consolidated list", "result": step.result, "note": step.note}
        record_screening(payee, screened_on=on, **facts, by=self.by)
        if step.cleared:
            clear_match(payee, on=on, reason=step.cleared, by=self.approvers[0])

    @tell.register
    def _(self, step: Advanced) -> None:
        key, project, amount = step.line
        line = AdvancedLine(self._fund(key), self.made[project], _read(amount))
        advance = prepare_advance(
            partner=self.made[step.partner],
            bank_account=self.banks[line.amount.currency],
            paid_on=self.day(step.ago),
            lines=[line],
            by=self.by,
            note=step.note,
        )
        self.made[step.key] = self._approve(advance)

    @tell.register
    def _(self, step: Reported) -> None:
        advance: Advance = self.made[step.advance]
        lines = [Spent(advance.lines.get(), category, _read(amount)) for category, amount in step.lines]
        facts: dict[str, Any] = {"reported_on": self.day(step.ago), "certified_by": step.certified_by}
        report = record_report(advance, lines=lines, by=self.by, **facts)
        if step.waits:
            return
        verdicts = [Verdict(line.amount) for line in lines]
        if step.questioned:
            amount, reason = step.questioned
            first = lines[0].amount
            verdicts[0] = Verdict(Amount(first.minor - _read(amount).minor, first.currency), reason)
        any(review_report(report, verdicts=verdicts, by=approver) for approver in self.approvers)

    @tell.register
    def _(self, step: CameBack) -> None:
        advance: Advance = self.made[step.advance]
        amount, on = _read(step.amount), self.day(step.ago)
        back = Back(self.banks[amount.currency], on, f"{on:%y%m%d}-{step.advance.upper()}")
        record_return(advance, back=back, lines={advance.lines.get().reference: amount}, by=self.by)

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

    @tell.register
    def _(self, step: Milestoned) -> None:
        due_on, amount = self.day(step.due), _read(step.amount)
        milestone = plan_milestone(
            self.made[step.agreement], title=step.title, due_on=due_on, amount=amount, by=self.by
        )
        if step.accepted:
            accept_milestone(milestone, on=self.day(step.ago), note=step.accepted, by=self.by)

    @tell.register
    def _(self, step: Deposited) -> None:
        facts = self._facts(step.ago, step.key, step.amount, note=step.note)
        self.made[step.key] = record_deposit(facts=facts, by=self.by)

    @tell.register
    def _(self, step: Identified) -> None:
        receipt: Receipt = self.made[step.deposit]
        parts = [Part(self.made[step.donor], to_amount(receipt.amount))]
        identify_deposit(receipt, on=self.day(step.ago), parts=parts, by=self.by)

    @tell.register
    def _(self, step: WrittenOff) -> None:
        agreement: Agreement = self.made[step.agreement]
        lines = {agreement.instalments.earliest("position").reference: _read(step.amount)}
        facts: dict[str, Any] = {"dated_on": self.day(step.ago), "grounds": step.why, "lines": lines}
        self._approve(prepare_write_off(agreement, **facts, by=self.by))

    @tell.register
    def _(self, step: Refunded) -> None:
        agreement: Agreement = self.made[step.agreement]
        source, amount = agreement.instalments.earliest("position"), _read(step.amount)
        word = Word(step.word, self.day(step.ago + 1))
        facts: dict[str, Any] = {"dated_on": self.day(step.ago), "word": word, "grounds": step.why, "source": source}
        refund = self._approve(prepare_refund(agreement, amount=amount, **facts, by=self.by))
        pay_refund(refund, bank_account=self.banks[amount.currency], paid_on=self.day(step.paid), by=self.by)

    @tell.register
    def _(self, step: Entered) -> None:
        amounts = [(account, _read(text)) for account, text in step.lines]
        lines = [Posting(account, self._fund(step.fund), amount, amount.minor) for account, amount in amounts]
        self._approve(prepare_manual_entry(dated_on=self.day(step.ago), grounds=step.why, lines=lines, by=self.by))

    @tell.register
    def _(self, step: Charged) -> None:
        terms = Terms(self.day(step.ago), Decimal(step.rate), RecoveryBase.EXPENDITURE)
        set_recovery_terms(fund=self._fund(step.fund), terms=terms, by=self.by)

    @tell.register
    def _(self, step: MonthEnded) -> None:
        month = f"{self.day(step.ago).replace(day=1) - timedelta(days=1):%Y-%m}"
        interest = _read(step.interest)
        record_interest(bank_account=self.banks[interest.currency], month=month, amount=interest, by=self.by)
        run_recovery(month=month, by=self.by)
        run_revaluation(month=month, by=self.by)

    def _fund(self, key: str) -> str:
        return POOL if key == POOL else str(self.made[key].sub_fund)


def _find_recognition(step: Signed) -> Recognition:
    if step.conditional:
        return Recognition.AS_CONDITIONS_MET
    return Recognition.ON_RECEIPT if step.on_receipt else Recognition.ON_SIGNATURE


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
