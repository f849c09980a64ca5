"""The commands on deposits and unapplied money do what the pages do, and refuse what they refuse."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund.models import Agreement, Application, BankAccount, Donor, Receipt, ReceiptPart
from fund.money import to_amount
from ledger.money import Amount
from ledger.queries import entries

RECORD = ("record_deposit", "CITI-USD", "2026-03-02", "650", "D-9")
APPLY = ("apply_unapplied", "AGR-2026-0001/2", "40", "--word=L-1", "--word-on=2026-03-08", "--on=2026-03-09")


def run(command: str, *arguments: Any) -> str:
    out = io.StringIO()
    call_command(command, *arguments, "--by", "officer", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_deposit_is_recorded_once_for_its_key(bank: BankAccount, officer: User) -> None:
    first = run(*RECORD, "--key=march")
    assert "RCT-2026-0001 is recorded. It waits to be identified" in first
    assert run(*RECORD, "--key=march") == first
    assert Receipt.objects.count() == 1


def test_a_deposit_in_parts_is_recorded_at_once(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    run(*RECORD, "--of=AGR-2026-0001/1=600", "--of=gift/CAN=50")
    assert [str(part) for part in ReceiptPart.objects.all()] == [
        "RCT-2026-0001 AGR-2026-0001/1",
        "RCT-2026-0001 Canada",
    ]


def test_a_deposit_is_identified_and_that_is_undone(deposit: Receipt, cad_agreement: Agreement, officer: User) -> None:
    run("identify_deposit", "RCT-2026-0001", "--on=2026-03-09", f"--of={cad_agreement}/1=50:66.67")
    assert to_amount(ReceiptPart.objects.get().settled) == Amount(6667, "CAD")
    assert "waits to be identified again" in run("undo_placement", "RCT-2026-0001", "a slip", "--on=2026-03-10")
    assert Receipt.objects.get().identity == "open"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("identify_deposit", "RCT-2026-0001", "--of=gift/CAN=49"), "add up to USD 49.00, USD 1.00 less"),
        (("identify_deposit", "RCT-2026-0001", "--of=gift/PER=50"), "gift/PER=50 is not a part"),
        (("identify_deposit", "RCT-2026-0001", "--of=gift/CAN=a"), "is not an amount"),
        (("identify_deposit", "RCT-2026-0009", "--of=gift/CAN=50"), "is not a receipt"),
        (("return_deposit", "RCT-2026-0001", " "), "This is needed"),
        (("undo_placement", "RCT-2026-0001", "a slip"), "neither identified nor returned"),
        (("record_deposit", "NO", "2026-03-02", "5", "D-9"), "NO is not a bank account of the fund"),
        (("record_deposit", "CITI-USD", "2026-03-02", "5", "d-1"), "has the bank reference D-1 already"),
    ],
)
def test_a_refused_command_writes_nothing(
    command: tuple[str, ...], message: str, deposit: Receipt, canada: Donor, officer: User
) -> None:
    before = entries().count()
    with pytest.raises(CommandError, match=message):
        run(*command)
    assert entries().count() == before


def test_unapplied_money_is_applied(overpaid: Receipt, officer: User) -> None:
    assert "APL-2026-0001 is recorded." in run(*APPLY, "--to=gift/CAN", "--bank=CITI-USD")
    assert Application.objects.get().word == "L-1"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--to=gift/CAN",), "choose the USD account"),
        (("--to=gift/ACME", "--bank=CITI-USD"), "gift/CAN is its gift"),
        (("--to=AGR-2026-0001/2",), "choose another instalment"),
        (("--to=nothing",), "neither an instalment"),
        (("--to=gift/CAN", "--currency=CAD"), r"CAD 0\.00 of what came beyond AGR-2026-0001/2 is unapplied"),
    ],
)
def test_a_refused_application_writes_nothing(
    options: tuple[str, ...], message: str, overpaid: Receipt, acme: Donor, officer: User
) -> None:
    with pytest.raises(CommandError, match=message):
        run(*APPLY, *options)
    assert not Application.objects.exists()
