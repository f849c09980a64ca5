"""Commands of write-offs, refunds, manual entries, transfers, gifts in kind, and the one that reverses anything."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund.management.commands.reverse import REVERSALS
from fund.models import (
    Agreement,
    BankAccount,
    BankDetails,
    BankReconciliation,
    InKind,
    Letter,
    ManualEntry,
    Pledge,
    Project,
    Receipt,
    Refund,
    Transfer,
    WriteOff,
    document_kinds,
)
from fund.operations.letters import record_letter
from fund.operations.reconciliations import BankStatement, record_reconciliation
from fund.operations.treasury import add_bank_account
from ledger.queries import entries
from tests.shorthand import usd

pytestmark = pytest.mark.django_db

FEES = "Expenses:BankCharges,AGR-2026-0001,20"
CASH = "Assets:Bank:CITI-USD,AGR-2026-0001,-20"
WHEN: dict[str, Any] = {"on": "2026-04-01"}
WORD = {"word": "Note 1", "word_on": "2026-03-30", "why": "They ask for it"}


def run(command: str, *arguments: str, **options: Any) -> str:
    """What a command says, called as on the command line."""
    named = [(name, one) for name, value in (WHEN | options).items() for one in _to_list(value)]
    words = [f"--{name.replace('_', '-')}={one}" for name, one in named]
    out = io.StringIO()
    call_command(command, *words, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_a_write_off_is_prepared_and_once_for_each_key(agreement: Agreement) -> None:
    arguments = ("prepare_write_off", "AGR-2026-0001", "AGR-2026-0001/2=1500")
    said = run(*arguments, why="Wound up", key="w")
    assert said.endswith("WOF-2026-0001 is prepared and awaits another person's approval.\n")
    assert run(*arguments, why="Wound up", key="w") == said
    assert str(WriteOff.objects.get().amount) == "$1,500.00"
    assert not entries().filter(kind="write_off").exists()


def test_a_write_off_by_command_meets_the_same_limits(agreement: Agreement) -> None:
    for lines, said in (
        (["AGR-2026-0001/2=4000.01"], "AGR-2026-0001/2 is owed USD 4,000.00"),
        (["4000"], "Write it like"),
    ):
        with pytest.raises(CommandError, match=said):
            run("prepare_write_off", "AGR-2026-0001", *lines, why="Wound up")
    with pytest.raises(CommandError, match="is not the number of an agreement"):
        run("prepare_write_off", "AGR-2026-0009", why="Wound up")
    assert not WriteOff.objects.exists()


def test_a_refund_is_prepared_of_unspent_or_unapplied_money(overpaid: Receipt) -> None:
    run("prepare_refund", "AGR-2026-0001", "50", **WORD)
    run("prepare_refund", "AGR-2026-0001/2", "100", **WORD)
    assert [str(one.source or "") for one in Refund.objects.order_by("number")] == ["", "AGR-2026-0001/2"]
    for of, amount, said in (("AGR-2026-0001", "10001", "neither spent"), ("AGR-2026-0001/2", "101", "is unapplied")):
        with pytest.raises(CommandError, match=said):
            run("prepare_refund", of, amount, **WORD)


def test_a_refund_is_paid_by_command_once_it_is_approved(agreed: Refund) -> None:
    assert run("pay_refund", "RFD-2026-0001", "CITI-USD").endswith("RFD-2026-0001 is paid.\n")
    with pytest.raises(CommandError, match="was paid on 2026-04-01 already"):
        run("pay_refund", "RFD-2026-0001", "CITI-USD")
    with pytest.raises(CommandError, match="is not the number of a refund"):
        run("pay_refund", "RFD-2026-0002", "CITI-USD")


def test_a_refund_that_waits_is_not_paid_by_command(refund: Refund) -> None:
    with pytest.raises(CommandError, match="only what is approved is paid"):
        run("pay_refund", "RFD-2026-0001", "CITI-USD")


def test_a_manual_entry_is_prepared_of_lines_or_a_file_whatever_it_is_called(receipt: Receipt, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv")]
    for path in paths:
        path.write_text(f"{FEES}\n{CASH}\n", encoding="utf-8")
    said = run("prepare_manual_entry", why="Booked twice", file=paths[0], key="m")
    assert run("prepare_manual_entry", why="Booked twice", file=paths[1], key="m") == said
    run("prepare_manual_entry", why="Again", line=[FEES, CASH])
    assert [str(one.amount) for one in ManualEntry.objects.all()] == ["$20.00", "$20.00"]
    assert "MAN-2026-0001 is prepared" in said


def test_a_manual_entry_by_command_meets_the_same_limits(receipt: Receipt, tmp_path: Path) -> None:
    for lines, said in (
        ([FEES, CASH.removesuffix("20") + "19"], "USD 1.00 more debits"),
        (["Assets:Receivable:CAN,AGR-2026-0001,20", CASH], "Documents answer for"),
        (["Expenses:BankCharges,20", CASH], "is no line"),
    ):
        with pytest.raises(CommandError, match=said):
            run("prepare_manual_entry", why="Booked twice", line=lines)
    with pytest.raises(CommandError, match="cannot be read"):
        run("prepare_manual_entry", why="Booked twice", file=tmp_path)
    assert not ManualEntry.objects.exists()


def test_a_transfer_and_a_gift_in_kind_are_recorded(receipt: Receipt, project: Project, officer: User) -> None:
    add_bank_account(code="B-2", name="Second bank", currency="USD", by=officer)
    assert run("record_transfer", "CITI-USD", "B-2", "100", "99", charges="1").endswith("TRF-2026-0001 is posted.\n")
    said = run("record_in_kind", "CAN", "CYB-01", "2500", "Laptops", measured="Price list")
    assert said.endswith("INK-2026-0001 is posted.\n")
    with pytest.raises(CommandError, match="AGR-2026-0001 has USD"):
        run("record_transfer", "CITI-USD", "B-2", "6000", "6000", fund="AGR-2026-0001")
    with pytest.raises(CommandError, match="is not a donor's code"):
        run("record_in_kind", "XXX", "CYB-01", "2500", "Laptops", measured="Price list")
    assert (Transfer.objects.count(), InKind.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fixture", "number"),
    [
        ("overpaid", "RCT-2026-0001"),
        ("application", "APL-2026-0001"),
        ("milestone", "AGR-2026-0001/M1"),
    ],
)
def test_a_document_is_reversed_by_its_number(fixture: str, number: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(fixture)
    said = run("reverse", number, reason="A slip", on="2026-06-01")
    assert said.endswith(f"{number} is reversed.\n")
    with pytest.raises(CommandError, match=r"on 2026-06-01"):
        run("reverse", number, reason="A slip", on="2026-06-01")


def test_the_reversal_of_an_agreement_is_prepared_as_its_cancellation(agreement: Agreement) -> None:
    said = run("reverse", "AGR-2026-0001", reason="A slip", on="2026-06-01")
    assert "AGR-2026-0001/C1 is prepared. Another person approves it" in said
    with pytest.raises(CommandError, match="AGR-2026-0001/C1"):
        run("reverse", "AGR-2026-0001", reason="A slip", on="2026-06-01")


def test_what_is_not_posted_or_not_there_is_not_reversed(manual_entry: ManualEntry) -> None:
    with pytest.raises(CommandError, match="MAN-2026-0001 is not posted: reject it instead"):
        run("reverse", "MAN-2026-0001", reason="A slip")
    with pytest.raises(CommandError, match="RCT-2026-0099 is no document that can be reversed"):
        run("reverse", "RCT-2026-0099", reason="A slip")


def test_every_kind_that_can_be_reversed_is_known_to_the_command() -> None:
    reversible = {kind for kind in document_kinds() if any(f.name == "reversed_on" for f in kind._meta.fields)}
    assert REVERSALS.keys() == reversible | {Agreement, BankReconciliation, Letter, Pledge}


def test_a_letter_a_pledge_and_a_reconciliation_are_withdrawn_by_their_numbers(
    agreement: Agreement, pledge: Pledge, bank: BankAccount, officer: User
) -> None:
    letter = record_letter(donor=agreement.donor, sent_on=date(2026, 6, 1), way="mail", by=officer)
    statement = BankStatement(bank, date(2026, 3, 31), "3/2026", usd("0"))
    reconciliation = record_reconciliation(statement=statement, lines=[], by=officer)
    for document in (letter, pledge, reconciliation):
        assert run("reverse", str(document), reason="A slip", on="2026-06-02").endswith(f"{document} is reversed.\n")
        document.refresh_from_db()
        assert document.withdrawn_on == date(2026, 6, 2)


def test_a_pledge_lapses_by_command(pledge: Pledge) -> None:
    assert run("lapse_pledge", "PLG-2026-0001", reason="No word", on="2026-06-02").endswith("0001 is lapsed.\n")
    pledge.refresh_from_db()
    assert pledge.lapsed_on == date(2026, 6, 2)
    with pytest.raises(CommandError, match="Nothing of PLG-2026-0001 is open"):
        run("lapse_pledge", "PLG-2026-0001", reason="No word", on="2026-06-02")
    with pytest.raises(CommandError, match="is not the number of a pledge"):
        run("lapse_pledge", "PLG-2026-0009", reason="No word", on="2026-06-02")


@pytest.mark.usefixtures("fund_year", "payee", "canada")
def test_bank_details_are_prepared_by_command_for_another_person_to_approve() -> None:
    facts = {"holder": "Wings Ltd", "account": "GB82 WEST 1234 5698 7654 32", "bank": "West Bank", "country": "GBR"}
    facts |= {"currency": "USD", "on": "2026-03-01"}
    assert "BNK-2026-0001 is prepared. Another person approves it" in run("prepare_bank_details", "WINGS", **facts)
    assert "BNK-2026-0002 is prepared" in run("prepare_bank_details", "CAN", "--donor", **facts)
    assert [str(one.recipient) for one in BankDetails.objects.order_by("number")] == ["Wings", "Canada"]
    with pytest.raises(CommandError, match="BNK-2026-0001 waits for a decision already"):
        run("prepare_bank_details", "WINGS", **facts)
