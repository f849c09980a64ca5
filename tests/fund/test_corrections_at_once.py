"""Two people press at the same moment on write-offs, refunds and manual entries: real threads, on either engine."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import FundsFirst, RefundTooLarge, StateUnfit, WriteOffTooLarge
from fund.models import Agreement, Allocation, BankAccount, Receipt, Refund
from fund.operations.applications import Word
from fund.operations.manual_entries import Line, approve_manual_entry, prepare_manual_entry
from fund.operations.refunds import approve_refund, pay_refund, prepare_refund
from fund.operations.write_offs import approve_write_off, prepare_write_off
from ledger.money import Amount
from ledger.queries import entries
from tests.fund.presses import only_one, press_at_once
from tests.shorthand import usd

pytestmark = pytest.mark.django_db(transaction=True)

WHEN: dict[str, Any] = {"dated_on": date(2026, 5, 1), "grounds": "The project is over"}


def test_what_is_owed_is_written_off_once(agreement: Agreement, officer: User, approver: User) -> None:
    waiting = [prepare_write_off(agreement, by=officer, **WHEN) for _ in range(4)]
    only_one(press_at_once(lambda: approve_write_off(waiting.pop(), by=approver)), WriteOffTooLarge)
    assert entries().filter(kind="write_off").count() == 1


def test_what_is_left_is_refunded_once(receipt: Receipt, agreement: Agreement, officer: User, approver: User) -> None:
    word = Word("Note 77", date(2026, 4, 30))
    waiting = [prepare_refund(agreement, amount=usd("4000"), word=word, by=officer, **WHEN) for _ in range(4)]
    only_one(press_at_once(lambda: approve_refund(waiting.pop(), by=approver)), RefundTooLarge)
    assert entries().filter(kind="refund").count() == 1


def test_a_refund_is_paid_once(agreed: Refund, bank: BankAccount, officer: User) -> None:
    pay: dict[str, Any] = {"bank_account": bank, "paid_on": date(2026, 4, 3), "by": officer}
    only_one(press_at_once(lambda: pay_refund(agreed, **pay)), StateUnfit)
    assert entries().filter(kind="refund").count() == 2


def test_manual_entries_take_the_same_money_once(allocation: Allocation, officer: User, approver: User) -> None:
    accounts = (("Expenses:BankCharges", 600_00), ("Assets:Bank:CITI-USD", -600_00))
    lines = [Line(name, "AGR-2026-0001", Amount(minor, "USD"), minor) for name, minor in accounts]
    waiting = [prepare_manual_entry(lines=lines, by=officer, **WHEN) for _ in range(4)]
    only_one(press_at_once(lambda: approve_manual_entry(waiting.pop(), by=approver)), FundsFirst)
    assert entries().filter(kind="manual").count() == 1
