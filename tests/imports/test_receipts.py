from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.models import Agreement, BankAccount, Receipt
from fund.money import to_amount
from fund.operations.reversals import reverse_receipt
from fund.operations.treasury import add_bank_account
from imports.errors import FileRefused
from imports.operations.agreements import AgreementOptions, import_agreements
from imports.operations.batches import Outcome, Years
from imports.operations.receipts import ReceiptOptions, import_receipts
from imports.parsers.contributions import parse_agreements, parse_receipts
from ledger.money import Amount
from ledger.queries import Scope, get_total
from tests.deeds import make_approvers

HEADER = "reference,date,agreement,currency,amount"
YEARS = Years(latest=2026)


def read(*rows: str, by: User, account: BankAccount | None = None) -> Outcome:
    reading = parse_receipts("\n".join([HEADER, *rows]).encode())
    return import_receipts(reading, by=by, options=ReceiptOptions(YEARS, account))


def test_a_row_becomes_a_receipt_in_the_only_account_of_its_currency(agreement: Agreement, officer: User):
    outcome = read("b 1,2026-03-02,CAN/2026/7,USD,2000", by=officer)
    receipt = Receipt.objects.get()
    assert (receipt.reference, receipt.bank_account.code) == ("B1", "CITI-USD")
    assert to_amount(receipt.lines.get().amount) == Amount(200000, "USD")
    assert (outcome.recorded, outcome.totals) == (1, {"USD": 200000})


def test_what_is_beyond_the_agreement_stands_as_unapplied(agreement: Agreement, officer: User):
    read("B-1,2026-03-02,CAN/2026/7,USD,6000.01", "B-2,2026-03-02,CAN/2026/7,USD,5", by=officer)
    assert get_total(Scope(accounts=("Liabilities:Unapplied:CAN",))).functional == -501


def test_two_payments_of_the_same_day_and_amount_are_two(agreement: Agreement, officer: User):
    assert read(*(f"B-{n},2026-03-02,CAN/2026/7,USD,5" for n in (1, 2)), by=officer).recorded == 2


def test_an_agreement_may_be_named_by_its_number(agreement: Agreement, officer: User):
    assert read("B-1,2026-03-02,AGR-2026-0001,USD,5", by=officer).recorded == 1


def test_importing_again_changes_nothing(receipt: Receipt, officer: User):
    outcome = read("BANK-1,2026-03-01,CAN/2026/7,USD,6000", "B-2,2026-03-02,CAN/2026/7,USD,5", by=officer)
    assert (outcome.recorded, outcome.kept, Receipt.objects.count()) == (1, 1, 2)


def test_a_reversed_receipt_stays_reversed(receipt: Receipt, officer: User):
    reverse_receipt(receipt, on=date(2026, 3, 5), reason="Taken back by the bank", by=officer)
    outcome = read("BANK-1,2026-03-01,CAN/2026/7,USD,6000", by=officer)
    assert (outcome.kept, outcome.notes) == (1, ["row 2: RCT-2026-0001 was reversed on 2026-03-05 and stays so."])


def test_a_fund_without_a_bank_account_gets_one_for_each_currency(officer: User):
    table = "donor,class,reference,year,currency,amount\nCanada,NGO,A-1,2026,USD,9"
    options = AgreementOptions(YEARS, approvers=make_approvers())
    import_agreements(parse_agreements(table.encode()), by=officer, options=options)
    outcome = read("B-1,2026-03-02,A-1,USD,5", "B-2,2026-03-03,A-1,USD,4", by=officer)
    assert outcome.notes == ["The fund had no bank account: MAIN-USD was added."]
    assert BankAccount.objects.get().currency == "USD"


def test_two_accounts_of_a_currency_leave_the_choice_to_a_person(agreement: Agreement, officer: User):
    other = add_bank_account(code="BANK-2", name="Second", currency="USD", by=officer)
    row = "B-1,2026-03-02,CAN/2026/7,USD,5"
    with pytest.raises(FileRefused, match=r"row 2, currency: Several bank accounts hold USD. Choose with --bank"):
        read(row, by=officer)
    assert read(row, by=officer, account=other).recorded == 1


def test_a_chosen_account_takes_its_own_currency_only(agreement: Agreement, bank: BankAccount, officer: User):
    with pytest.raises(FileRefused, match="row 2, amount: CITI-USD holds USD: the amount is in it"):
        read("B-1,2026-03-02,CAN/2026/7,CAD,5", by=officer, account=bank)
