"""How the demonstration tells what is put right and what a month's end brings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from fund.demonstration.steps import (
    Attached,
    BankCharged,
    Charged,
    Closed,
    Delegated,
    Entered,
    MonthEnded,
    Refunded,
    SecretariatPaid,
    Step,
    Transferred,
    Undone,
    WrittenOff,
)
from fund.demonstration.teller import Teller, read
from fund.letter_pdf import Sheet, make_pdf
from fund.models import Agreement, Allocation, Disbursement, Pledge, Receipt, RecoveryBase
from fund.operations.applications import Word
from fund.operations.approvals import delegate
from fund.operations.attachments import attach
from fund.operations.bank_charges import record_bank_charge
from fund.operations.cancellations import prepare_cancellation
from fund.operations.closings import close_period
from fund.operations.decided_reversals import prepare_reversal
from fund.operations.interest import record_interest
from fund.operations.manual_entries import Line as Posting
from fund.operations.manual_entries import prepare_manual_entry
from fund.operations.pledges import withdraw_pledge
from fund.operations.reconciliations import BankStatement, Difference, record_reconciliation
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.refunds import pay_refund, prepare_refund
from fund.operations.revaluations import run_revaluation
from fund.operations.reversals import reverse_receipt
from fund.operations.secretariat import prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.write_offs import prepare_write_off
from fund.queries.reconciliations import book_balance
from ledger.money import Amount
from ledger.queries import next_period


def _undo(teller: Teller, step: Undone) -> None:
    document = teller.made[step.key]
    undo: dict[type[Any], Any] = {
        Pledge: withdraw_pledge,
        Agreement: prepare_cancellation,
        Receipt: reverse_receipt,
        Allocation: prepare_reversal,
        Disbursement: prepare_reversal,
    }
    prepared = undo[type(document)](document, on=teller.day(step.ago), reason=step.reason, by=teller.by)
    if prepared:
        teller.approve(prepared)


def _write_off(teller: Teller, step: WrittenOff) -> None:
    agreement: Agreement = teller.made[step.agreement]
    lines = {agreement.instalments.earliest("position").reference: read(step.amount)}
    facts: dict[str, Any] = {"dated_on": teller.day(step.ago), "grounds": step.why, "lines": lines}
    teller.approve(prepare_write_off(agreement, **facts, by=teller.by))


def _refund(teller: Teller, step: Refunded) -> None:
    agreement: Agreement = teller.made[step.agreement]
    source, amount = agreement.instalments.earliest("position"), read(step.amount)
    word = Word(step.word, teller.day(step.ago + 1))
    facts: dict[str, Any] = {"dated_on": teller.day(step.ago), "word": word, "grounds": step.why, "source": source}
    refund = teller.approve(prepare_refund(agreement, amount=amount, **facts, by=teller.by))
    pay_refund(refund, bank_account=teller.banks[amount.currency], paid_on=teller.day(step.paid), by=teller.by)


def _enter(teller: Teller, step: Entered) -> None:
    amounts = [(account, read(text)) for account, text in step.lines]
    lines = [Posting(account, teller.fund(step.fund), amount, amount.minor) for account, amount in amounts]
    teller.approve(prepare_manual_entry(dated_on=teller.day(step.ago), grounds=step.why, lines=lines, by=teller.by))


def _transfer(teller: Teller, step: Transferred) -> None:
    amount, arrived = read(step.amount), read(step.arrived)
    source, target = teller.banks[amount.currency], teller.banks[arrived.currency]
    day, fund = teller.day(step.ago), teller.fund(step.fund)
    facts = TransferFacts(source, target, day, amount, arrived, read(step.charges), fund, step.note)
    record_transfer(facts=facts, by=teller.by)


def _take(teller: Teller, step: BankCharged) -> None:
    amount = read(step.amount)
    facts: dict[str, Any] = {"charged_on": teller.day(step.ago), "amount": amount, "description": step.what}
    record_bank_charge(bank_account=teller.banks[amount.currency], **facts, by=teller.by)


def _charge(teller: Teller, step: Charged) -> None:
    terms = Terms(teller.day(step.ago), Decimal(step.rate), RecoveryBase.EXPENDITURE)
    set_recovery_terms(fund=teller.fund(step.fund), terms=terms, by=teller.by)


def _pay_secretariat(teller: Teller, step: SecretariatPaid) -> None:
    amount, fund = read(step.amount), teller.fund(step.fund)
    facts: dict[str, Any] = {"paid_on": teller.day(step.ago), "lines": {fund: amount}, "note": step.note}
    teller.approve(prepare_payment(bank_account=teller.banks[amount.currency], **facts, by=teller.by))


def _close(teller: Teller, step: Closed) -> None:
    while (period := next_period()) and period.ends_on < teller.day(step.ago):
        close_period(str(period), by=teller.by)


def _attach(teller: Teller, step: Attached) -> None:
    document = teller.made[step.key]
    sheet = Sheet(settings.FUND_TITLE, document.number, "en", teller.day(step.ago), step.title, step.text)
    file = ContentFile(make_pdf(sheet), name=f"{step.title}.pdf")
    attach(document, file=file, description=step.what, by=teller.by)


def _delegate(teller: Teller, step: Delegated) -> None:
    since, until = teller.day(step.ago), teller.day(step.until)
    delegate(receiver=teller.by, since=since, until=until, reason=step.why, by=teller.approvers[-1])


def _end_month(teller: Teller, step: MonthEnded) -> None:
    last = teller.day(step.ago).replace(day=1) - timedelta(days=1)
    month = f"{last:%Y-%m}"
    interest = read(step.interest)
    record_interest(bank_account=teller.banks[interest.currency], month=month, amount=interest, by=teller.by)
    run_recovery(month=month, by=teller.by)
    run_revaluation(month=month, by=teller.by)
    _reconcile(teller, last, read(step.in_transit))


def _reconcile(teller: Teller, on: date, in_transit: Amount) -> None:
    for currency, account in teller.banks.items():
        balance, lines = book_balance(account, on), []
        if currency == in_transit.currency:
            lines = [Difference("A payment that the bank debits later", replace(in_transit, minor=-in_transit.minor))]
            balance = replace(balance, minor=balance.minor + in_transit.minor)
        statement = BankStatement(account, on, f"{on:%m/%Y}", balance)
        record_reconciliation(statement=statement, lines=lines, by=teller.by)


BOOKS: dict[type[Step], Callable[[Teller, Any], None]] = {
    Undone: _undo,
    WrittenOff: _write_off,
    Refunded: _refund,
    Entered: _enter,
    Transferred: _transfer,
    BankCharged: _take,
    Charged: _charge,
    MonthEnded: _end_month,
    SecretariatPaid: _pay_secretariat,
    Closed: _close,
    Attached: _attach,
    Delegated: _delegate,
}
