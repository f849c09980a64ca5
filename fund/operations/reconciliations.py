"""Statements of banks: reconciled with the books by hand, and withdrawn where that was wrong. They post nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.utils import timezone

from fund.errors import BalancesDiffer, RunTwice, StateUnfit, ValueInvalid
from fund.models import BankAccount, BankReconciliation, BankReconciliationLine
from fund.money import to_money
from fund.operations import acts
from fund.queries.reconciliations import book_balance, explain, hash_lines
from ledger.money import Amount, to_minor
from ledger.operations import writing
from ledger.queries import open_years


@dataclass(frozen=True, slots=True)
class BankStatement:
    """What a bank's statement says: whose it is, its last day, its own number, and the balance at its end."""

    bank_account: BankAccount
    dated_on: date
    reference: str
    balance: Amount


@dataclass(frozen=True, slots=True)
class Difference:
    """What the books have and the bank has not yet, or the reverse: added to the bank's balance it makes the books'."""

    text: str
    amount: Amount


def record_reconciliation(
    *, statement: BankStatement, lines: Sequence[Difference], by: User, note: str = ""
) -> BankReconciliation:
    """Records that a bank's statement and the books agree at the end of its last day: balance + lines = the books.

    A payment that the bank has not debited yet is a negative line, a deposit that it has not credited yet a positive
    one: the bank's USD 5,000.00 and -120.00 are the books' 4,880.00. It may be of a closed month. Raises
    BalancesDiffer, RunTwice where one of the day stands, ValueInvalid.
    """
    acts.require(by, "add_bankreconciliation")
    account, on = statement.bank_account, statement.dated_on
    rows = [_to_row(line, account.currency) for line in lines]
    with writing():
        _check_day(account, on)
        _check_currency(statement.balance, account.currency, "balance")
        booked = book_balance(account, on)
        _check_agrees(statement, explain(statement.balance, [line.amount for line in lines]), booked)
        found = BankReconciliation(bank_account=account, dated_on=on, created_by=by)
        found.balance, found.booked = to_money(statement.balance), to_money(booked)
        found.reference = acts.clean_text(statement.reference, field="reference", longest=60)
        found.note = acts.clean_text(note, field="note", longest=300, required=False)
        found.number = acts.take_number(BankReconciliation, on)
        found.save(force_insert=True)
        for row in rows:
            row.reconciliation = found
        BankReconciliationLine.objects.bulk_create(rows)
        detail = f"{account.code}, {on}: {statement.balance} at the bank, {booked} in the books"
        acts.record("record reconciliation", found, by=by, detail=f"{detail}; lines: SHA-256 {hash_lines(rows)}")
    return found


def _to_row(line: Difference, currency: str) -> BankReconciliationLine:
    _check_currency(line.amount, currency, "lines")
    if not line.amount.minor:
        raise ValueInvalid(f"“{line.text}” of zero explains nothing: leave it out.", field="lines")
    text = acts.clean_text(line.text, field="lines", longest=200)
    return BankReconciliationLine(text=text, amount=to_money(line.amount))


def _check_currency(amount: Amount, currency: str, field: str) -> None:
    if amount.currency != currency:
        raise ValueInvalid(f"The account and its statement are in {currency}: so are all amounts.", field=field)
    to_minor(amount.decimal, amount.currency)


def _check_came(on: date, field: str) -> None:
    today = timezone.localdate()
    if on > today:
        raise ValueInvalid(f"This day has not come yet: {today} or earlier.", field=field)


def _check_day(account: BankAccount, on: date) -> None:
    """The day has come, lies in a year of the books, and has no reconciliation of the account that stands."""
    years = open_years()
    _check_came(on, "dated_on")
    if on.year not in years:
        named = ", ".join(map(str, years))
        raise ValueInvalid(f"The books have no {on.year}. Their years are: {named or 'none yet'}.", field="dated_on")
    twin = BankReconciliation.objects.filter(bank_account=account, dated_on=on, withdrawn_on=None).first()
    if twin:
        message = f"{account.code} is reconciled at {on} already: {twin}. Withdraw it first, or choose another day."
        raise RunTwice(message, field="dated_on")


def _check_agrees(statement: BankStatement, explained: Amount, booked: Amount) -> None:
    if explained == booked:
        return
    difference = Amount(booked.minor - explained.minor, booked.currency)
    lacking = Amount(booked.minor - statement.balance.minor, booked.currency)
    allowed = f"name lines that add up to {lacking}" if lacking.minor else "leave the lines out"
    raise BalancesDiffer(
        f"The books have {booked} in {statement.bank_account.code} at the end of {statement.dated_on}; the bank's "
        f"{statement.balance} and the lines make {explained}: {difference} is not explained. Correct the balance, post "
        f"what the books lack, or {allowed}.",
        field="lines",
    )


def withdraw_reconciliation(reconciliation: BankReconciliation, *, on: date, reason: str, by: User) -> None:
    """Takes back what was wrong, or what the books moved away from. Raises StateUnfit, ValueInvalid."""
    acts.require(by, "change_bankreconciliation")
    reason = acts.clean_text(reason, field="reason", longest=200)
    acts.check_not_before(on, reconciliation.dated_on, "on")
    _check_came(on, "on")
    with writing():
        reconciliation.refresh_from_db()
        if reconciliation.withdrawn_on:
            raise StateUnfit(f"{reconciliation} was withdrawn on {reconciliation.withdrawn_on} already.")
        reconciliation.withdrawn_on = on
        reconciliation.save(update_fields=["withdrawn_on"])
        acts.record("withdraw reconciliation", reconciliation, by=by, detail=f"{on}: {reason}")
