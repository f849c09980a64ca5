"""What the books must have of each kind of document."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Prefetch, QuerySet

from fund import policy
from fund.checks.posted import Caused, Key, Sums, sum_legs
from fund.errors import StateUnfit
from fund.models import (
    Agreement,
    Allocation,
    AllocationLine,
    Disbursement,
    DisbursementLine,
    DisbursementState,
    Document,
    Instalment,
    OpenedBook,
    Pledge,
    Receipt,
    ReceiptLine,
    Recognition,
)
from fund.money import to_amount
from ledger.checks import Report
from ledger.money import split
from ledger.queries import functional_currency

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Expected:
    """An entry that a document must have caused: its day, and what it has on the accounts that the document states.

    `ended_on` is the day of its reversal, or None where it stands.
    """

    on: date
    sums: Sums
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: `accounts` are those whose amounts it states, `day` is the field its number's year is of.

    `expect` gives the entries that a document must have caused, in order; `acts` what the audit must have of it;
    `lines` fetches its related rows, and `parts` is what they are called where they add up to its amount. Runs are
    numbered within their month (`by_month`), the others within their year.
    """

    model: type[Document]
    day: str
    accounts: tuple[str, ...]
    expect: Callable[[Any, list[Caused]], list[Expected]]
    acts: Callable[[Any], list[str]]
    related: tuple[str, ...]
    lines: Callable[[], Prefetch[Any]] | None = None
    parts: str = ""
    by_month: bool = False

    def chunks(self, report: Report) -> Iterator[list[Any]]:
        """Every document of the kind, some at a time, each with its lines in `rows` where the kind has such."""
        done = 0
        # Fetched apart and not joined: a donor of a thousand receipts is read once and not a thousand times.
        queryset = self.model._default_manager.prefetch_related(*self.related)
        if self.lines:
            queryset = queryset.prefetch_related(self.lines())
        documents: Iterable[Any] = queryset.order_by("pk").iterator(chunk_size=CHUNK)
        remaining = iter(documents)
        while chunk := list(islice(remaining, CHUNK)):
            yield chunk
            done += len(chunk)
            report(f"{done:,} {self.model._meta.verbose_name_plural}")


def _expect_pledge(pledge: Pledge, caused: list[Caused]) -> list[Expected]:
    amount = to_amount(pledge.amount)
    key = (policy.PLEDGED + pledge.donor.code, policy.GENERAL, "", amount.currency)
    # How much was left at a withdrawal is the books' own matter; `check_pledges` sees that nothing is left after it. An
    # earlier one is over: an agreement was cancelled after it, and the pledge was open again.
    withdrawals = [Expected(entry.on, sum_legs([entry], (policy.PLEDGED,))) for entry in caused[1:]]
    if pledge.withdrawn_on:
        last = withdrawals.pop().sums if withdrawals else {}
        withdrawals.append(Expected(pledge.withdrawn_on, last))
    return [Expected(pledge.announced_on, {key: amount.minor}), *withdrawals]


def _expect_agreement(agreement: Any, caused: list[Caused]) -> list[Expected]:
    sums: Sums = {}
    for instalment in agreement.rows:
        amount = to_amount(instalment.amount)
        key = (_owed(agreement) + agreement.donor.code, agreement.sub_fund, instalment.reference, amount.currency)
        sums[key] = amount.minor
    return [Expected(agreement.signed_on, sums, agreement.cancelled_on)]


def _owed(agreement: Agreement | None) -> str:
    on_receipt = agreement and agreement.recognition == Recognition.ON_RECEIPT
    return policy.COMMITTED if on_receipt else policy.RECEIVABLE


def _expect_receipt(receipt: Any, caused: list[Caused]) -> list[Expected]:
    agreement = receipt.agreement
    fund = agreement.sub_fund if agreement else policy.POOL
    amount, excess = to_amount(receipt.amount), to_amount(receipt.excess)
    sums: Sums = {(receipt.bank_account.account, fund, "", amount.currency): amount.minor}
    charges = to_amount(receipt.charges)
    if charges.minor:
        # Of charges in another currency, the functional amount is the books' own matter.
        booked = sum(sum_legs(caused[:1], (policy.BANK_CHARGES,)).values())
        charged = charges.minor if charges.currency == functional_currency() else booked
        sums[policy.BANK_CHARGES, fund, "", functional_currency()] = charged
    for line in receipt.rows:
        settled = to_amount(line.amount)
        sums[_owed(agreement) + receipt.donor.code, fund, line.instalment.reference, settled.currency] = -settled.minor
    if excess.minor:
        # Which instalment the excess goes beyond is the books' own matter.
        beyond = (key for key in sum_legs(caused[:1], (policy.UNAPPLIED,)))
        instalment = next((key[2] for key in beyond), "")
        sums[policy.UNAPPLIED + receipt.donor.code, fund, instalment, excess.currency] = -excess.minor
    # Some of a foreign currency was spent before the reversal: an exchange difference, without an amount of its own.
    averaged = [Expected(receipt.reversed_on, {}) for _ in caused[1:2] if receipt.reversed_on]
    return [Expected(receipt.received_on, sums, receipt.reversed_on), *averaged]


def _expect_allocation(allocation: Any, caused: list[Caused]) -> list[Expected]:
    sums: Sums = {}
    for line in allocation.rows:
        amount = to_amount(line.amount)
        sums[policy.UNALLOCATED, line.fund, "", amount.currency] = amount.minor
        sums[policy.ALLOCATED + allocation.project.code, line.fund, "", amount.currency] = -amount.minor
    return [Expected(allocation.decided_on, sums, allocation.reversed_on)]


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
    return [Expected(disbursement.paid_on, dict(sums), disbursement.reversed_on)]


def _expect_opened_book(book: OpenedBook, caused: list[Caused]) -> list[Expected]:
    if len(caused) != book.entries:
        raise StateUnfit(f"It must have caused {book.entries:,} entries, and caused {len(caused):,}.")
    # What is in the entries is the book's own matter; the operation compared it with the file. Their number and the
    # first day are the document's.
    first = min((entry.on for entry in caused), default=book.begins_on)
    return [Expected(book.begins_on if entry.on == first else entry.on, {}) for entry in caused]


def acts_of_payment(noun: str, reverse: str) -> Callable[[Any], list[str]]:
    """The acts of what one person prepares and another one decides."""
    decided: dict[str, list[str]] = {
        DisbursementState.REJECTED: [f"reject {noun}"],
        DisbursementState.PAID: [f"approve {noun}"],
        DisbursementState.REVERSED: [f"approve {noun}", reverse],
    }
    return lambda document: [f"prepare {noun}", *decided.get(document.state, [])]


def acts_of(first: str, then: str, ended: str) -> Callable[[Any], list[str]]:
    """The acts of a document that one act makes and another one ends, on the day in the field `ended`."""
    return lambda document: [first, then] if getattr(document, ended) else [first]


def fetch_lines(name: str, queryset: QuerySet[Any]) -> Callable[[], Prefetch[Any]]:
    # As a list of their own: a related manager of django-money for each document takes longer than all the rest.
    return lambda: Prefetch(name, queryset.all(), to_attr="rows")


PLEDGES = Kind(
    Pledge,
    day="announced_on",
    accounts=(policy.PLEDGED,),
    expect=_expect_pledge,
    acts=acts_of("announce pledge", "withdraw pledge", "withdrawn_on"),
    related=("donor",),
)
DOCUMENTS = (
    PLEDGES,
    Kind(
        Agreement,
        day="signed_on",
        accounts=policy.OWED,
        expect=_expect_agreement,
        acts=acts_of("sign agreement", "cancel agreement", "cancelled_on"),
        related=("donor",),
        lines=fetch_lines("instalments", Instalment.objects.all()),
        parts="instalments",
    ),
    Kind(
        Receipt,
        day="received_on",
        accounts=(policy.BANK, policy.BANK_CHARGES, policy.UNAPPLIED, *policy.OWED),
        expect=_expect_receipt,
        acts=acts_of("record receipt", "reverse receipt", "reversed_on"),
        related=("donor", "agreement", "bank_account"),
        lines=fetch_lines("lines", ReceiptLine.objects.select_related("instalment")),
    ),
    Kind(
        Allocation,
        day="decided_on",
        accounts=(policy.ALLOCATED, policy.UNALLOCATED),
        expect=_expect_allocation,
        acts=acts_of("allocate", "reverse allocation", "reversed_on"),
        related=("project",),
        lines=fetch_lines("lines", AllocationLine.objects.all()),
    ),
    Kind(
        Disbursement,
        day="paid_on",
        accounts=(policy.BANK, policy.PROJECTS),
        expect=_expect_disbursement,
        acts=acts_of_payment("disbursement", "reverse disbursement"),
        related=("bank_account",),
        lines=fetch_lines("lines", DisbursementLine.objects.select_related("project")),
        parts="lines",
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
