"""Deposits in parts and in other currencies: what each part is carried at."""

from datetime import date

from django.contrib.auth.models import User

from fund.models import Agreement, BankAccount, Donor, Project, ReceiptPart
from fund.operations.deposits import (
    Part,
    identify_deposit,
    record_deposit,
    record_parts,
    undo_placement,
)
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.receipts import Facts
from fund.operations.reversals import reverse_receipt
from ledger.queries import Scope, totals
from tests.deeds import allocate, return_deposit
from tests.fund.deposits import DAY, LATER, UNIDENTIFIED, balances, first_of, legs_of_last
from tests.shorthand import cad, check, usd


def test_a_foreign_deposit_is_carried_at_what_it_was_recorded_at(
    cad_agreement: Agreement, cad_bank: BankAccount, canada: Donor, officer: User
) -> None:
    found = record_deposit(facts=Facts(cad_bank, date(2026, 2, 20), cad("1000"), "D-1"), by=officer)
    identify_deposit(found, on=LATER, parts=[Part(canada, cad("1000"), first_of(cad_agreement))], by=officer)
    assert legs_of_last() == [
        (UNIDENTIFIED, 100000, 74000, "GENERAL"),
        ("Assets:Bank:RBC-CAD", -100000, -74000, "GENERAL"),
        ("Assets:Bank:RBC-CAD", 100000, 74000, "POOL"),
        ("Assets:Receivable:CAN", -100000, -73000, "POOL"),
        ("Income:Exchange:Realised", -1000, -1000, "POOL"),
    ]
    assert check() == []


def test_of_two_foreign_deposits_the_cash_leaves_at_the_average_and_nothing_is_left(
    cad_agreement: Agreement, cad_bank: BankAccount, canada: Donor, acme: Donor, officer: User
) -> None:
    first = record_deposit(facts=Facts(cad_bank, date(2026, 2, 20), cad("100"), "D-1"), by=officer)
    second = record_deposit(facts=Facts(cad_bank, DAY, cad("100"), "D-2"), by=officer)
    identify_deposit(first, on=LATER, parts=[Part(acme, cad("100"))], by=officer)
    assert legs_of_last()[:3] == [
        (UNIDENTIFIED, 10000, 7400, "GENERAL"),
        ("Assets:Bank:RBC-CAD", -10000, -7450, "GENERAL"),
        ("Income:Exchange:Realised", 50, 50, "GENERAL"),
    ]
    return_deposit(second, on=LATER, reason="the bank asked for it", by=officer)
    general = totals(Scope(funds=("GENERAL",)), by=("account",))
    assert [(total.account, total.functional) for total in general if total.functional] == []
    assert check() == []


def test_recorded_in_parts_at_once_each_part_is_in_its_own_sub_fund(
    bank: BankAccount, agreement: Agreement, acme: Donor, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, usd("600"), first_of(agreement)), Part(acme, usd("50"))]
    record_parts(facts=Facts(bank, DAY, usd("650"), "D-1"), parts=parts, by=officer)
    assert legs_of_last() == [
        ("Assets:Bank:CITI-USD", 60000, 60000, "AGR-2026-0001"),
        ("Assets:Receivable:CAN", -60000, -60000, "AGR-2026-0001"),
        ("Assets:Bank:CITI-USD", 5000, 5000, "POOL"),
        ("Income:Contributions:ACME", -5000, -5000, "POOL"),
    ]
    assert check() == []
    ReceiptPart.objects.filter(donor=acme).update(donor=canada)
    assert check()[0] == "RCT-2026-0001: Its parts are of other donors than JE-2026-000002 names."


def test_parts_of_a_foreign_deposit_share_its_carrying_amount_to_the_cent(
    cad_bank: BankAccount, rates: int, acme: Donor, canada: Donor, officer: User
) -> None:
    parts = [Part(acme, cad("33.33")), Part(canada, cad("66.68"))]
    record_parts(facts=Facts(cad_bank, DAY, cad("100.01"), "D-1"), parts=parts, by=officer)
    assert balances("Assets:Bank:RBC-CAD") == {"POOL": (10001, 7501)}
    assert (balances("Income:Contributions:ACME"), balances("Income:Contributions:CAN")) == (
        {"POOL": (-2500, -2500)},
        {"POOL": (-5001, -5001)},
    )


def test_undone_after_some_of_it_was_spent_the_cash_leaves_at_its_average(
    cad_bank: BankAccount, rates: int, acme: Donor, project: Project, officer: User, approver: User
) -> None:
    facts = Facts(cad_bank, date(2026, 2, 20), cad("200"), "D-1")
    record_parts(facts=facts, parts=[Part(acme, cad("200"))], by=officer)
    found = record_deposit(facts=Facts(cad_bank, DAY, cad("100"), "D-3"), by=officer)
    identify_deposit(found, on=LATER, parts=[Part(acme, cad("100"))], by=officer)
    allocate(project=project, decided_on=LATER, lines={"POOL": usd("80")}, by=officer)
    line = Line("POOL", project, "Travel", cad("100"))
    paid = prepare_disbursement(payee="Hotel", bank_account=cad_bank, paid_on=LATER, lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    undo_placement(found, on=LATER, reason="slip", by=officer)
    held = balances("Assets:Bank:RBC-CAD")
    assert held == {"GENERAL": (10000, 7500), "POOL": (10000, 7433)}
    return_deposit(found, on=LATER, reason="asked for", by=officer)
    assert check() == []


def test_a_receipt_in_parts_is_reversed_whole(
    bank: BankAccount, agreement: Agreement, acme: Donor, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, usd("600"), first_of(agreement)), Part(acme, usd("50"))]
    found = record_parts(facts=Facts(bank, DAY, usd("650"), "D-1"), parts=parts, by=officer)
    reverse_receipt(found, on=LATER, reason="returned by the bank", by=officer)
    assert balances("Assets:Bank:CITI-USD") == {}
    assert check() == []
