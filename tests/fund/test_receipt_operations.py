from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from fund.errors import FundsFirst, ReceiptTooLarge, ReceiptTwice, ValueInvalid
from fund.models import Agreement, BankAccount, Donor, Project, Receipt
from fund.operations.agreements import Due
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reversals import reverse_receipt
from fund.operations.treasury import add_bank_account, add_rate
from fund.queries.contributions import Standing
from fund.queries.figures import Figures, contributions
from fund.queries.unapplied import unapplied_balances
from ledger.money import Amount, parse_amount
from ledger.queries import Scope, entries, totals
from tests.deeds import allocate, cancel_agreement, sign_agreement
from tests.fund.standings import agreement_standings
from tests.shorthand import check

DAY = date(2026, 3, 2)


def receive(agreement: Agreement, bank: BankAccount, amount: str, by: User, **changes: Any) -> Receipt:
    facts: dict[str, Any] = {"received_on": DAY, "reference": uuid4().hex, "charges": None}
    facts |= {key: changes.pop(key) for key in list(changes) if key in facts}
    money = parse_amount(amount, bank.currency)
    options: dict[str, Any] = {"accept_twin": True} | changes
    return record_receipt(agreement=agreement, facts=Facts(bank, amount=money, **facts), by=by, **options)


def standing(agreement: Agreement) -> Standing:
    return agreement_standings([agreement])[agreement.number]


def functional(account: str) -> int:
    return sum(total.functional for total in totals(Scope(accounts=(account,)), by=("account",)))


def test_a_partial_receipt_settles_the_earliest_instalment_first(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receipt = receive(agreement, bank, "7000", officer)
    assert [(line.instalment.position, line.amount.amount) for line in receipt.lines.all()] == [(1, 6000), (2, 1000)]
    assert (standing(agreement).received, standing(agreement).outstanding) == (700000, 300000)


def test_a_receipt_settles_what_it_is_told_to(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    receive(agreement, bank, "4000", officer, lines={"AGR-2026-0001/2": Amount(400000, "USD")})
    receipt = receive(agreement, bank, "10", officer)
    assert receipt.lines.get().instalment.reference == "AGR-2026-0001/1"


def test_more_than_is_owed_is_refused_until_it_is_confirmed(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    with pytest.raises(ReceiptTooLarge, match=r"USD 500\.00 is left over") as refusal:
        receive(agreement, bank, "10500", officer)
    assert refusal.value.field == "accept_excess"
    assert not Receipt.objects.exists()
    receive(agreement, bank, "10500", officer, accept_excess=True)
    assert (standing(agreement).outstanding, standing(agreement).unapplied) == (0, 50000)
    assert functional("Liabilities:Unapplied:CAN") == -50000


def test_a_receipt_for_a_settled_agreement_is_wholly_unapplied(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receive(agreement, bank, "10000", officer)
    receive(agreement, bank, "300", officer, accept_excess=True)
    assert standing(agreement).unapplied == 30000


def test_a_line_beyond_its_instalment_is_refused(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    with pytest.raises(ReceiptTooLarge, match=r"AGR-2026-0001/2 is owed USD 4,000\.00"):
        receive(agreement, bank, "5000", officer, lines={"AGR-2026-0001/2": Amount(500000, "USD")})


def test_lines_beyond_what_was_sent_are_refused(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    with pytest.raises(ReceiptTooLarge, match=r"only USD 100\.00 was sent"):
        receive(agreement, bank, "100", officer, lines={"AGR-2026-0001/1": Amount(10001, "USD")})


def test_charges_on_the_way_settle_the_instalment_too(
    cad_agreement: Agreement, cad_bank: BankAccount, officer: User
) -> None:
    receive(cad_agreement, cad_bank, "985", officer, charges=Amount(1500, "CAD"))
    assert standing(cad_agreement).outstanding == 0
    assert functional("Expenses:BankCharges") == 1125
    assert functional("Income:Exchange:Realised") == -2000


def test_a_receipt_in_another_currency_leaves_an_exchange_difference(
    cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receive(cad_agreement, bank, "740", officer, lines={cad_agreement.number + "/1": Amount(100000, "CAD")})
    assert standing(cad_agreement).outstanding == 0
    assert functional("Assets:Receivable:CAN") == 0
    assert functional("Income:Exchange:Realised") == -1000


def test_a_receipt_in_another_currency_settles_its_worth_at_the_rate_of_the_day(
    cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receive(cad_agreement, bank, "375", officer)
    assert (standing(cad_agreement).received, standing(cad_agreement).carried) == (50000, 36500)


def test_a_receipt_far_below_the_worth_of_what_it_settles_is_refused(
    cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    with pytest.raises(ValueInvalid, match="more than 10 per cent away"):
        receive(cad_agreement, bank, "674.99", officer, lines={cad_agreement.number + "/1": Amount(100000, "CAD")})


def test_what_comes_beyond_in_another_currency_waits_in_that_currency(
    cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    """CAD 1,000.00 that are worth USD 750.00, carried at 730.00; of USD 900.00, 150.00 are beyond."""
    with pytest.raises(ReceiptTooLarge, match=r"USD 150\.00 is left over"):
        receive(cad_agreement, bank, "900", officer)
    receive(cad_agreement, bank, "900", officer, accept_excess=True)
    assert [functional(account) for account in ("Liabilities:", "Income:Exchange:")] == [-15000, -2000]
    receive(cad_agreement, bank, "5", officer, accept_excess=True)
    [waiting] = unapplied_balances()
    assert (waiting.instalment.agreement, waiting.amount) == (cad_agreement, Amount(15500, "USD"))
    [one] = contributions()
    assert (one.own, one.functional.unapplied) == (Figures(signed=100000, received=100000), 15500)
    assert check() == []


def test_a_receipt_in_a_third_currency_differs_by_a_tenth_at_the_rates_of_the_day_and_no_more(
    cad_agreement: Agreement, officer: User
) -> None:
    add_rate(currency="EUR", effective_on=DAY, rate=Decimal("1.2"), by=officer)
    euros = add_bank_account(code="ING-EUR", name="ING", currency="EUR", by=officer)
    # CAD 1,000.00 are USD 750.00 and EUR 625.00.
    for amount, refused, said in (
        ("687.51", ReceiptTooLarge, r"EUR 62\.51 is left over"),
        ("562.49", ValueInvalid, r"was worth EUR 625\.00 on 2026-03-02"),
    ):
        with pytest.raises(refused, match=said):
            receive(cad_agreement, euros, amount, officer, lines={"AGR-2026-0001/1": Amount(100000, "CAD")})
    receive(cad_agreement, euros, "687.50", officer, lines={"AGR-2026-0001/1": Amount(100000, "CAD")})
    assert functional("Income:Exchange:Realised") == 730_00 - 825_00


def test_the_last_partial_receipt_takes_what_is_left_of_the_carrying_amount(
    canada: Donor, rates: int, cad_bank: BankAccount, officer: User
) -> None:
    amount = Amount(10001, "CAD")
    agreement = sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=amount,
        instalments=[Due(DAY, amount)],
        by=officer,
    )
    for part in ("33.33", "33.33", "33.35"):
        receive(agreement, cad_bank, part, officer)
    assert (standing(agreement).outstanding, standing(agreement).carried) == (0, 0)


def test_recognised_on_receipt_the_income_comes_with_the_money(
    canada: Donor, rates: int, cad_bank: BankAccount, officer: User
) -> None:
    amount = Amount(10000, "CAD")
    agreement = sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=amount,
        instalments=[Due(DAY, amount)],
        recognition="on_receipt",
        by=officer,
    )
    assert (functional("Income:Contributions:CAN"), standing(agreement).outstanding) == (0, 10000)
    receive(agreement, cad_bank, "60", officer)
    assert (functional("Income:Contributions:CAN"), standing(agreement).outstanding) == (-4500, 4000)
    assert functional("Equity:Memorandum:Committed:CAN") == 2920


@pytest.mark.parametrize("again", ["bank 7", "BANK7", " b a n k 7 "])
def test_a_bank_reference_is_taken_once_however_it_is_typed(
    agreement: Agreement, bank: BankAccount, officer: User, again: str
) -> None:
    receive(agreement, bank, "100", officer, reference="Bank 7")
    with pytest.raises(ReceiptTwice, match="RCT-2026-0001 of 2026-03-02") as refusal:
        receive(agreement, bank, "250", officer, reference=again)
    assert refusal.value.field == "reference"


def test_the_same_day_account_and_amount_needs_to_be_confirmed(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receive(agreement, bank, "100", officer)
    with pytest.raises(ReceiptTwice, match="If this is another payment, confirm it"):
        receive(agreement, bank, "100", officer, accept_twin=False)


def test_a_receipt_is_not_dated_before_the_agreement(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="2026-01-15 or later"):
        receive(agreement, bank, "100", officer, received_on=date(2026, 1, 14))


def test_an_amount_in_another_currency_than_the_accounts_is_refused(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = Facts(bank, DAY, parse_amount("100", "CAD"), "X")
    with pytest.raises(ValueInvalid, match="CITI-USD holds USD"):
        record_receipt(agreement=agreement, facts=facts, by=officer)


def test_a_gift_is_income_of_the_pool(acme: Donor, bank: BankAccount, officer: User) -> None:
    facts = Facts(bank, DAY, parse_amount("5000", "USD"), "GIFT")
    record_gift(donor=acme, facts=facts, by=officer)
    assert functional("Income:Contributions:ACME") == -500000
    assert {total.fund for total in totals(Scope(), by=("fund",))} == {"POOL"}


def test_a_reversed_receipt_is_owed_again_and_frees_its_bank_reference(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receipt = receive(agreement, bank, "100", officer, reference="B1")
    reverse_receipt(receipt, on=DAY, reason="returned by the bank", by=officer)
    assert (standing(agreement).received, standing(agreement).outstanding) == (0, 1000000)
    assert receive(agreement, bank, "100", officer, reference="B1").number == "RCT-2026-0002"


def test_a_receipt_whose_money_is_allocated_cannot_be_reversed(
    agreement: Agreement, bank: BankAccount, officer: User, project: Project
) -> None:
    receipt = receive(agreement, bank, "100", officer)
    lines = {agreement.number: Amount(9000, "USD")}
    allocate(project=project, decided_on=DAY, lines=lines, by=officer)
    with pytest.raises(FundsFirst, match=r"has USD 10\.00 to allocate"):
        reverse_receipt(receipt, on=DAY, reason="returned", by=officer)


def test_nothing_is_received_of_an_agreement_that_was_cancelled_since_it_was_read(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    cancel_agreement(agreement, on=DAY, reason="error", by=officer)
    assert agreement.cancelled_on is None
    with pytest.raises(ValueInvalid, match="AGR-2026-0001 was cancelled on 2026-03-02"):
        receive(agreement, bank, "100", officer, accept_excess=True)


def test_an_agreement_with_receipts_is_not_cancelled(agreement: Agreement, bank: BankAccount, officer: User) -> None:
    receive(agreement, bank, "100", officer)
    with pytest.raises(Exception, match="reverse them first"):
        cancel_agreement(agreement, on=DAY, reason="error", by=officer)


def test_every_entry_of_a_receipt_names_the_receipt_and_its_agreement(
    agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    receive(agreement, bank, "100", officer)
    entry = entries().last()
    assert entry is not None
    assert [link.document for link in entry.links.all()] == ["RCT-2026-0001", "AGR-2026-0001"]
