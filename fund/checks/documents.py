"""What the books must have of each kind of document."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Prefetch, QuerySet

from fund import policy
from fund.checks.posted import Expected, Key, Sums, sum_legs
from fund.checks.receipts import (
    RECEIPT_ACCOUNTS,
    acts_of_receipt,
    expect_application,
    expect_receipt,
    owed_prefix,
)
from fund.checks.related import load_related, read_rows
from fund.errors import StateUnfit
from fund.models import (
    Agreement,
    Allocation,
    AllocationLine,
    Amendment,
    AmendmentLine,
    Application,
    BankDetails,
    Direction,
    Disbursement,
    DisbursementLine,
    DisbursementState,
    Document,
    Instalment,
    Milestone,
    Obligation,
    ObligationLine,
    OpenedBook,
    Placement,
    Pledge,
    Receipt,
    ReceiptLine,
    ReceiptPart,
    State,
)
from fund.money import to_amount
from ledger.causes import Caused
from ledger.checks import Report
from ledger.money import split
from ledger.queries import functional_currency

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: `accounts` are those whose amounts it states, `day` is the field its number's year is of.

    `expect` gives the entries that a document must have caused, in order; `acts` what the audit must have of it;
    `lines` fetches its related rows, and `parts` is what they are called where they add up to its amount. `letter`
    stands in the numbers of what is numbered within its agreement, or within another `whole`. Runs are numbered within
    their month (`by_month`), the others within their year.
    """

    model: type[Document]
    day: str
    accounts: tuple[str, ...]
    expect: Callable[[Any, list[Caused]], list[Expected]]
    acts: Callable[[Any], list[str]]
    related: tuple[str | Prefetch[Any], ...]
    lines: Callable[[], Prefetch[Any]] | None = None
    parts: str = ""
    letter: str = ""
    whole: str = "agreement"
    by_month: bool = False

    @property
    def whole_number(self) -> str:
        """Where the number stands that it is numbered within."""
        return self.whole if self.whole == "document" else f"{self.whole}__number"

    def chunks(self, report: Report) -> Iterator[list[Any]]:
        """Every document of the kind, some at a time, each with its lines in `rows` where the kind has such."""
        done = 0
        remaining = read_rows(self.model, at_once=CHUNK)
        wanted = (*self.related, *([self.lines()] if self.lines else []))
        while chunk := list(islice(remaining, CHUNK)):
            load_related(chunk, wanted)
            yield chunk
            done += len(chunk)
            report(f"{done:,} {self.model._meta.verbose_name_plural}")


def _expect_pledge(pledge: Pledge, caused: list[Caused]) -> list[Expected]:
    amount = to_amount(pledge.amount)
    key = (policy.PLEDGED + pledge.donor.code, policy.GENERAL, "", amount.currency)
    # How much was left at a withdrawal is the books' own matter; `check_pledges` sees that nothing is left after it. An
    # earlier one is over: an agreement was cancelled after it, and the pledge was open again.
    withdrawals = [Expected(entry.on, sum_legs([entry], (policy.PLEDGED,))) for entry in caused[1:]]
    if pledge.ended_on:
        last = withdrawals.pop().sums if withdrawals else {}
        withdrawals.append(Expected(pledge.ended_on, last))
    return [Expected(pledge.announced_on, {key: amount.minor}), *withdrawals]


def _acts_of_pledge(pledge: Pledge) -> list[str]:
    ends = ((pledge.withdrawn_on, "withdraw pledge"), (pledge.lapsed_on, "lapse pledge"))
    return ["announce pledge", *(act for day, act in ends if day)]


def _expect_agreement(agreement: Any, caused: list[Caused]) -> list[Expected]:
    if agreement.state != State.APPROVED:
        return []
    sums: Sums = {}
    for instalment in agreement.rows:
        amount = to_amount(instalment.amount)
        key = (owed_prefix(agreement) + agreement.donor.code, agreement.sub_fund, instalment.reference, amount.currency)
        # What was signed is what is due now, less what amendments made of it.
        sums[key] = amount.minor - sum(map(_added, instalment.changed))
    if agreement.is_conditional:
        # At which rate is the books' own matter.
        carried = sum(
            leg.functional for entry in caused[:1] for leg in entry.legs if leg.account.startswith(policy.OWED)
        )
        sums[policy.DEFERRED + agreement.donor.code, agreement.sub_fund, "", functional_currency()] = -carried
    # It was revalued before it was cancelled: exchange differences, without amounts of their own.
    ended_on = agreement.cancelled_on
    cleared = [Expected(ended_on, {}) for _ in caused[1:]] if ended_on else []
    return [Expected(agreement.signed_on, sums, ended_on), *cleared]


def _added(line: AmendmentLine) -> int:
    return to_amount(line.amount).minor - to_amount(line.amount_before).minor


def _expect_amendment(amendment: Any, caused: list[Caused]) -> list[Expected]:
    if amendment.state != State.APPROVED:
        return []
    agreement, sums = amendment.agreement, {}
    account = owed_prefix(agreement) + agreement.donor.code
    for line in amendment.rows:
        if added := _added(line):
            reference = line.instalment.reference if line.instalment else amendment.number
            sums[account, agreement.sub_fund, reference, str(line.amount.currency)] = added
    return [Expected(amendment.amended_on, sums, agreement.cancelled_on)] if sums else []


def _expect_milestone(milestone: Milestone, caused: list[Caused]) -> list[Expected]:
    if milestone.accepted_on is None:
        return []
    agreement, amount = milestone.agreement, to_amount(milestone.amount)
    where = (agreement.sub_fund, "", amount.currency)
    sums = {
        (policy.DEFERRED + agreement.donor.code, *where): amount.minor,
        (policy.CONTRIBUTIONS + agreement.donor.code, *where): -amount.minor,
    }
    return [Expected(milestone.accepted_on, sums, milestone.reversed_on)]


def _expect_allocation(allocation: Any, caused: list[Caused]) -> list[Expected]:
    if allocation.state not in (State.APPROVED, State.REVERSED):
        return []
    project = policy.ALLOCATED + allocation.project.code
    debit, credit = policy.UNALLOCATED, project
    if allocation.direction == Direction.RETURN:
        debit, credit = project, policy.UNALLOCATED
    elif allocation.source:
        debit = policy.ALLOCATED + allocation.source.code
    sums: Sums = {}
    for line in allocation.rows:
        amount = to_amount(line.amount)
        sums[debit, line.fund, "", amount.currency] = amount.minor
        sums[credit, line.fund, "", amount.currency] = -amount.minor
    return [Expected(allocation.decided_on, sums, allocation.reversed_on)]


def _expect_obligation(obligation: Any, caused: list[Caused]) -> list[Expected]:
    account = policy.OBLIGATED + obligation.project.code
    let: Sums = {}
    cancelled: defaultdict[int, Sums] = defaultdict(dict)
    days = {}
    for line in obligation.rows:
        amount = to_amount(line.amount)
        let[account, line.fund, line.reference, amount.currency] = amount.minor
        for part in line.cancellations.all():
            amount = to_amount(part.amount)
            cancelled[part.position][account, line.fund, line.reference, amount.currency] = -amount.minor
            days[part.position] = part.cancelled_on
    later = [Expected(days[position], cancelled[position]) for position in sorted(cancelled)]
    return [Expected(obligation.let_on, let), *later]


def _acts_of_obligation(obligation: Any) -> list[str]:
    is_cancelled = any(line.cancellations.all() for line in obligation.rows)
    return ["record obligation", "cancel obligation"] if is_cancelled else ["record obligation"]


def _expect_disbursement(disbursement: Any, caused: list[Caused]) -> list[Expected]:
    if disbursement.state not in (DisbursementState.PAID, DisbursementState.REVERSED):
        return []
    sums: defaultdict[Key, int] = defaultdict(int)
    lines = sorted(disbursement.rows, key=lambda line: line.pk)
    minors = [to_amount(line.amount).minor for line in lines]
    # The rate of the day is the books' own matter; how it divides among the lines is the document's.
    spent = sum(sum_legs(caused[:1], (policy.PROJECTS,)).values())
    account = disbursement.bank_account
    expenses = split(spent, minors) if min(minors, default=0) > 0 else minors
    for line, minor, expense in zip(lines, minors, expenses, strict=True):
        sums[account.account, line.fund, "", account.currency] -= minor
        spent_on = f"{policy.PROJECTS}{line.project.code}:{line.category}"
        expense = minor if account.currency == functional_currency() else expense
        sums[spent_on, line.fund, line.project.code, functional_currency()] += expense
    sums |= _expect_released(lines, expenses, caused)
    return [Expected(disbursement.paid_on, dict(sums), disbursement.reversed_on)]


def _expect_released(lines: Sequence[Any], expenses: Sequence[int], caused: list[Caused]) -> Sums:
    """What a payment releases of the obligations that its lines name: never more than the expense.

    How much was open is the books' own matter; `check_obligations` sees that none is released beyond that.
    """
    most: defaultdict[Key, int] = defaultdict(int)
    for line, expense in zip(lines, expenses, strict=True):
        if line.obligation:
            row = next((row for row in line.obligation.lines.all() if row.fund == line.fund), None)
            reference = row.reference if row else line.obligation.number
            most[policy.OBLIGATED + line.project.code, line.fund, reference, functional_currency()] += expense
    booked = sum_legs(caused[:1], (policy.OBLIGATED,))
    return {key: max(min(booked.get(key, 0), -1), -expense) for key, expense in most.items()}


def _expect_opened_book(book: OpenedBook, caused: list[Caused]) -> list[Expected]:
    if len(caused) != book.entries:
        raise StateUnfit(f"It must have caused {book.entries:,} entries, and caused {len(caused):,}.")
    # What is in the entries is the book's own matter; the operation compared it with the file. Their number and the
    # first day are the document's.
    first = min((entry.on for entry in caused), default=book.begins_on)
    return [Expected(book.begins_on if entry.on == first else entry.on, {}) for entry in caused]


def acts_of_decided(
    noun: str, end: str = "", ended: str = "reversed_on", *, before: Callable[[Any], str] | None = None
) -> Callable[[Any], list[str]]:
    """The acts of what one person prepares and another decides on, and what ends it on the day in the field `ended`.

    `before` is the act that recorded and posted one when its kind needed no approval yet: nobody decided on that.
    """

    def find_acts(document: Any) -> list[str]:
        if document.state == State.PREPARED:
            return [f"prepare {noun}"]
        if document.state == State.REJECTED:
            return [f"prepare {noun}", f"reject {noun}"]
        ends = [end] if end and getattr(document, ended) else []
        if before and document.decided_by_id is None:
            return [before(document), *ends]
        return [f"prepare {noun}", f"approve {noun}", *ends]

    return find_acts


def _allocated_before(allocation: Allocation) -> str:
    made = {Direction.RETURN: "return allocation", Direction.MOVE: "reallocate"}
    return made.get(Direction(allocation.direction), "allocate")


def _acts_of_milestone(milestone: Milestone) -> list[str]:
    ends = ((milestone.accepted_on, "accept milestone"), (milestone.reversed_on, "reverse milestone"))
    return ["plan milestone", *(act for day, act in ends if day)]


def acts_of(first: str, then: str, ended: str) -> Callable[[Any], list[str]]:
    """The acts of a document that one act makes and another one ends, on the day in the field `ended`."""
    return lambda document: [first, then] if getattr(document, ended) else [first]


def fetch_lines(name: str, queryset: QuerySet[Any]) -> Callable[[], Prefetch[Any]]:
    return lambda: Prefetch(name, queryset.all(), to_attr="rows")


_CHANGED = Prefetch("amendment_lines", AmendmentLine.objects.filter(amendment__state=State.APPROVED), to_attr="changed")
_PLACEMENTS = Prefetch("placements", Placement.objects.all(), to_attr="placement_rows")
_PARTS = Prefetch("parts", ReceiptPart.objects.select_related("donor", "instalment__agreement"), to_attr="part_rows")
_LINES_PAID = DisbursementLine.objects.select_related("project", "obligation").prefetch_related("obligation__lines")

PLEDGES = Kind(
    Pledge,
    day="announced_on",
    accounts=(policy.PLEDGED,),
    expect=_expect_pledge,
    acts=_acts_of_pledge,
    related=("donor",),
)
DOCUMENTS = (
    PLEDGES,
    Kind(
        Agreement,
        day="signed_on",
        accounts=(*policy.OWED, policy.DEFERRED),
        expect=_expect_agreement,
        acts=acts_of_decided("agreement", "cancel agreement", "cancelled_on", before=lambda _: "sign agreement"),
        related=("donor",),
        lines=fetch_lines("instalments", Instalment.objects.prefetch_related(_CHANGED)),
        parts="instalments",
    ),
    Kind(
        Amendment,
        day="amended_on",
        accounts=policy.OWED,
        expect=_expect_amendment,
        acts=acts_of_decided("amendment", before=lambda _: "amend agreement"),
        related=("agreement__donor",),
        lines=fetch_lines("lines", AmendmentLine.objects.select_related("instalment")),
        letter="A",
    ),
    Kind(
        Milestone,
        day="due_on",
        accounts=(policy.DEFERRED, policy.CONTRIBUTIONS),
        expect=_expect_milestone,
        acts=_acts_of_milestone,
        related=("agreement__donor",),
        letter="M",
    ),
    Kind(
        Receipt,
        day="received_on",
        accounts=RECEIPT_ACCOUNTS,
        expect=expect_receipt,
        acts=acts_of_receipt,
        related=("donor", "agreement", "bank_account", _PLACEMENTS, _PARTS),
        lines=fetch_lines("lines", ReceiptLine.objects.select_related("instalment")),
    ),
    Kind(
        Application,
        day="applied_on",
        accounts=RECEIPT_ACCOUNTS,
        expect=expect_application,
        acts=acts_of("apply unapplied", "reverse application", "reversed_on"),
        related=("donor", "bank_account", "source__agreement", "instalment__agreement"),
    ),
    Kind(
        Allocation,
        day="decided_on",
        accounts=(policy.ALLOCATED, policy.UNALLOCATED),
        expect=_expect_allocation,
        acts=acts_of_decided("allocation", "reverse allocation", before=_allocated_before),
        related=("project", "source"),
        lines=fetch_lines("lines", AllocationLine.objects.all()),
    ),
    Kind(
        Obligation,
        day="let_on",
        accounts=(policy.OBLIGATED,),
        expect=_expect_obligation,
        acts=_acts_of_obligation,
        related=("project", "payee"),
        lines=fetch_lines("lines", ObligationLine.objects.prefetch_related("cancellations")),
        parts="lines",
    ),
    Kind(
        Disbursement,
        day="paid_on",
        accounts=(policy.BANK, policy.PROJECTS, policy.OBLIGATED),
        expect=_expect_disbursement,
        acts=acts_of_decided("disbursement", "reverse disbursement"),
        related=("bank_account", "payee"),
        lines=fetch_lines("lines", _LINES_PAID),
        parts="lines",
    ),
    Kind(
        BankDetails,
        day="valid_from",
        accounts=(),
        expect=lambda *_: [],
        acts=acts_of_decided("bank details"),
        related=("payee", "donor"),
    ),
    Kind(
        OpenedBook,
        day="begins_on",
        accounts=(),
        expect=_expect_opened_book,
        acts=lambda _: ["open book"],
        related=(),
    ),
)
