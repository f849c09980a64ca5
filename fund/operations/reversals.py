"""Corrections: a document that was posted in error is reversed by its opposite, and never edited."""

from datetime import date

from django.contrib.auth.models import User

from fund import policy
from fund.errors import StateUnfit
from fund.models import (
    Agreement,
    Allocation,
    AllocationLine,
    Direction,
    Disbursement,
    DisbursementState,
    Document,
    Pledge,
    Receipt,
)
from fund.money import to_amount
from fund.operations import acts, limits
from fund.policy import Carried, Party
from fund.queries.sub_funds import bank_cash, lowest_allocation_left
from ledger.money import Amount, share
from ledger.operations import reverse_entry, writing
from ledger.queries import (
    Scope,
    document_totals,
    entries_caused_by,
    functional_currency,
    get_draft,
    get_last_day,
    get_total,
)


def cancel_agreement(agreement: Agreement, *, on: date, reason: str, by: User) -> None:
    """Reverses an agreement of which nothing is received; what it took off a pledge is open again.

    Raises StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_agreement")
    with writing():
        found = Agreement.objects.get(pk=agreement.pk)
        _check_standing(found, found.cancelled_on, on)
        if found.receipts.filter(reversed_on=None).exists():
            raise StateUnfit(f"{found} has receipts: reverse them first.")
        acts.check_not_before(on, get_last_day(found.number), "on")
        _reverse(found.number, on=on, reason=reason, by=by)
        Pledge.objects.filter(agreements=found).update(withdrawn_on=None)
        found.cancelled_on = on
        found.save(update_fields=["cancelled_on"])
        acts.record("cancel agreement", found, by=by, detail=reason)


def reverse_receipt(receipt: Receipt, *, on: date, reason: str, by: User) -> None:
    """Reverses a receipt, such as one that the bank took back. Raises FundsFirst where its money is used already.

    Where some of a foreign currency was spent since, it leaves at its average carrying amount.
    """
    acts.require(by, "change_receipt")
    with writing():
        found = Receipt.objects.select_related("agreement", "bank_account").get(pk=receipt.pk)
        _check_standing(found, found.reversed_on, on)
        fund = found.agreement.sub_fund if found.agreement else policy.POOL
        limits.check_cash(found.bank_account, fund, to_amount(found.amount), on=on, field="on")
        limits.check_available(fund, _arrived(found) - _held(found), on=on, field="on")
        average = _find_average(found, fund)
        _reverse(found.number, on=on, reason=reason, by=by)
        if average is not None:
            _average_out(found, fund, average, on=on, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse receipt", found, by=by, detail=reason)


def reverse_allocation(allocation: Allocation, *, on: date, reason: str, by: User) -> None:
    """Takes a decision back. Raises StateUnfit where some of what it gave is spent or obligated.

    What was returned is given again: FundsFirst where it is allocated to something else since.
    """
    acts.require(by, "change_allocation")
    with writing():
        found = Allocation.objects.select_related("project", "source").get(pk=allocation.pk)
        _check_standing(found, found.reversed_on, on)
        for project in filter(None, (found.project, found.source)):
            limits.check_accounts_open(project, field="on")
        for line in found.lines.all():
            _check_given(found, line, on)
        _reverse(found.number, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse allocation", found, by=by, detail=reason)


def _check_given(allocation: Allocation, line: AllocationLine, on: date) -> None:
    """What the reversal takes is there, on the day and on every later one."""
    amount = to_amount(line.amount).minor
    if allocation.direction == Direction.RETURN:
        limits.check_available(line.fund, amount, on=on, field="on")
        return
    code = allocation.project.code
    left = lowest_allocation_left(code, line.fund, since=on).balance
    if amount > left:
        there = Amount(left, functional_currency())
        raise StateUnfit(f"Only {there} of {line.fund} is left at {code}: the rest is spent or obligated.")


def reverse_disbursement(disbursement: Disbursement, *, on: date, reason: str, by: User) -> None:
    """[23] Reverses a payment that came back; what it released of obligations is open again.

    Raises StateUnfit where it is not paid, ProjectClosed where a project of it closed its accounts.
    """
    acts.require(by, "change_disbursement")
    with writing():
        found = Disbursement.objects.get(pk=disbursement.pk)
        if found.state != DisbursementState.PAID:
            raise StateUnfit(f"{found} is {found.get_state_display().lower()}: only what is paid is reversed.")
        _check_standing(found, found.reversed_on, on)
        for line in found.lines.select_related("project"):
            limits.check_accounts_open(line.project, field="on")
        _reverse(found.number, on=on, reason=reason, by=by)
        found.state, found.reversed_on = DisbursementState.REVERSED, on
        found.save(update_fields=["state", "reversed_on"])
        acts.record("reverse disbursement", found, by=by, detail=reason)


def _check_standing(document: Document, ended_on: date | None, on: date) -> None:
    """What is reversed already is not reversed again, and nothing before its own day."""
    if ended_on:
        raise StateUnfit(f"{document} was reversed on {ended_on} already.")
    acts.check_day(on, "on")
    for entry in entries_caused_by(document.number).filter(reverses=None):
        acts.check_not_before(on, entry.dated_on, "on")


def _reverse(number: str, *, on: date, reason: str, by: User) -> None:
    reason = acts.clean_text(reason, field="reason", longest=200)
    for entry in entries_caused_by(number).filter(reverses=None):
        reverse_entry(entry.number, on=on, reason=reason, by=by.get_username())


def _find_average(receipt: Receipt, fund: str) -> int | None:
    """What the receipt's cash is carried at on average, in the functional currency.

    None where nothing left the account since, or in the functional currency: the exact opposite restores what was
    there before.
    """
    account = receipt.bank_account
    since = Scope(since=receipt.received_on, accounts=(account.account,), funds=(fund,))
    if account.currency == functional_currency() or not get_total(since).credit:
        return None
    held = bank_cash(account.account, fund)
    average = share(held.functional, to_amount(receipt.amount).minor, held.amount)
    return None if average == _arrived(receipt) else average


def _average_out(receipt: Receipt, fund: str, average: int, *, on: date, by: User) -> None:
    arrived = get_draft(entries_caused_by(receipt.number)[0]).legs[0]
    draft = policy.average_out(
        number=receipt.number,
        donor=Party(receipt.donor.code, receipt.donor.name),
        on=on,
        fund=fund,
        bank=receipt.bank_account.account,
        reversed_at=Carried(to_amount(receipt.amount), arrived.functional),
        average=average,
        currency=functional_currency(),
    )
    acts.post(draft, by=by)


def _posted(receipt: Receipt, accounts: tuple[str, ...]) -> int:
    return sum(functional for _, functional in document_totals([receipt.number], accounts=accounts).values())


def _arrived(receipt: Receipt) -> int:
    return _posted(receipt, (policy.BANK,))


def _held(receipt: Receipt) -> int:
    return -_posted(receipt, (policy.UNAPPLIED,))
