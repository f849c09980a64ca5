"""What the books must have of write-offs, refunds and manual entries."""

from typing import Any

from fund.checks.documents import Kind, acts_of_decided, fetch_lines
from fund.checks.posted import Expected, Sums, sum_legs
from fund.checks.receipts import owed_prefix
from fund.errors import StateUnfit
from fund.models import ManualEntry, ManualLine, Refund, State, WriteOff, WriteOffLine
from fund.money import to_amount
from fund.policy import BANK, DEFERRED, OWED, UNAPPLIED
from fund.policy_corrections import REFUNDABLE, WRITE_OFF
from ledger.causes import Caused
from ledger.money import Amount
from ledger.queries import functional_currency

_POSTED = (State.APPROVED, State.REVERSED)


def _expect_write_off(write_off: Any, caused: list[Caused]) -> list[Expected]:
    if write_off.state not in _POSTED:
        return []
    agreement, sums = write_off.agreement, Sums()
    owed = owed_prefix(agreement) + agreement.donor.code
    for line in write_off.rows:
        amount = to_amount(line.amount)
        sums[owed, agreement.sub_fund, line.instalment.reference, amount.currency] = -amount.minor
    # What was still deferred, and the rate, are the books' own matter; what is left of it is an expense.
    total = to_amount(write_off.amount)
    booked = sum_legs(caused[:1], (WRITE_OFF, DEFERRED))
    key = (WRITE_OFF + agreement.donor.code, agreement.sub_fund, "", functional_currency())
    sums |= booked
    if total.currency == functional_currency() and owed.startswith("Assets:"):
        sums[key] = total.minor - sum(minor for one, minor in booked.items() if one != key)
    return [Expected(write_off.dated_on, sums, write_off.reversed_on)]


def _expect_refund(refund: Refund, caused: list[Caused]) -> list[Expected]:
    if refund.state not in _POSTED:
        return []
    agreement, amount = refund.agreement, to_amount(refund.amount)
    donor, fund = agreement.donor.code, agreement.sub_fund
    owed = (REFUNDABLE + donor, fund, refund.number, amount.currency)
    agreed: Sums = {owed: -amount.minor}
    if refund.source:
        agreed[UNAPPLIED + donor, fund, refund.source.reference, amount.currency] = amount.minor
    expected = [Expected(refund.dated_on, agreed, refund.reversed_on)]
    if refund.paid_on:
        paid, account = to_amount(refund.paid), refund.bank_account
        if account is None:
            raise StateUnfit("It is paid out of no bank account.")
        left: Sums = {owed: amount.minor, (account.account, fund, "", paid.currency): -paid.minor}
        expected.append(Expected(refund.paid_on, left, refund.reversed_on))
    # It was revalued before it was reversed: an exchange difference, without an amount of its own.
    ended_on = refund.reversed_on
    cleared = [Expected(ended_on, {}) for _ in caused[len(expected) :]] if ended_on else []
    return [*expected, *cleared]


def _acts_of_refund(refund: Refund) -> list[str]:
    acts = acts_of_decided("refund", "reverse refund")(refund)
    return [*acts, "pay refund"] if refund.paid_on else acts


def _expect_manual(entry: Any, caused: list[Caused]) -> list[Expected]:
    rows = sorted(entry.rows, key=lambda line: line.position)
    functional = [to_amount(line.functional).minor for line in rows]
    total = Amount(sum(max(minor, 0) for minor in functional), functional_currency())
    if total != to_amount(entry.amount):
        raise StateUnfit(f"It is of {to_amount(entry.amount)}, its debits add up to {total}.")
    if entry.state not in _POSTED:
        return []
    sums: Sums = {}
    carried = set()
    for line, minor in zip(rows, functional, strict=True):
        amount, code = to_amount(line.amount), line.project.code if line.project else ""
        sums[line.account, line.fund, code, amount.currency] = amount.minor
        carried.add((line.account, line.fund, minor))
    if caused and carried != {(leg.account, leg.fund, leg.functional) for leg in caused[0].legs}:
        raise StateUnfit(f"Its functional amounts are not those of {caused[0].number}.")
    averaged = [Expected(entry.reversed_on, {}) for _ in caused[1:] if entry.reversed_on]
    return [Expected(entry.dated_on, sums, entry.reversed_on), *averaged]


CORRECTIONS = (
    Kind(
        WriteOff,
        day="dated_on",
        accounts=(*OWED, WRITE_OFF, DEFERRED),
        expect=_expect_write_off,
        acts=acts_of_decided("write-off", "reverse write-off"),
        related=("agreement__donor",),
        lines=fetch_lines("lines", WriteOffLine.objects.select_related("instalment")),
        parts="lines",
    ),
    Kind(
        Refund,
        day="dated_on",
        accounts=(BANK, UNAPPLIED, REFUNDABLE),
        expect=_expect_refund,
        acts=_acts_of_refund,
        related=("agreement__donor", "source", "bank_account"),
    ),
    Kind(
        ManualEntry,
        day="dated_on",
        accounts=("Assets:", "Liabilities:", "Equity:", "Income:", "Expenses:"),
        expect=_expect_manual,
        acts=acts_of_decided("manual entry", "reverse manual entry"),
        related=(),
        lines=fetch_lines("lines", ManualLine.objects.select_related("project")),
    ),
)
