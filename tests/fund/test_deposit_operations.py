"""Deposits: not identified, identified, returned, in parts; every leg of what they post."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import FundsFirst, NotPermitted, PartsDiffer, ReceiptTooLarge, ReceiptTwice, StateUnfit, ValueInvalid
from fund.models import Agreement, BankAccount, Donor, Placement, Project, Receipt, ReceiptPart
from fund.money import to_amount
from fund.operations.agreements import Due
from fund.operations.deposits import Part, identify_deposit, record_deposit, undo_placement
from fund.operations.receipts import Facts
from fund.operations.reversals import reverse_receipt
from fund.queries.figures import Grouping, group_contributions
from fund.queries.receipts import unidentified_deposits
from fund.queries.statements import make_statement
from ledger.errors import PeriodClosed, Refused, YearNotOpen
from ledger.money import parse_amount
from ledger.queries import Scope, entries, totals
from tests.deeds import allocate, cancel_agreement, return_deposit, reverse, sign_agreement
from tests.fund.deposits import DAY, LATER, UNIDENTIFIED, balances, first_of, legs_of_last
from tests.shorthand import cad, check, usd


@pytest.fixture
def deposit(bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001: USD 1,000.00, on 2 March."""
    return record_deposit(facts=Facts(bank, DAY, usd("1000"), "D-1"), by=officer)


@pytest.fixture
def acme_agreement(acme: Donor, fund_year: int, officer: User) -> Agreement:
    """USD 300.00 of ACME, due on 1 February, unearmarked."""
    due = [Due(date(2026, 2, 1), usd("300"))]
    return sign_agreement(donor=acme, signed_on=date(2026, 1, 20), amount=usd("300"), instalments=due, by=officer)


def test_a_deposit_nobody_can_place_is_a_liability_in_general(deposit: Receipt) -> None:
    assert (deposit.number, deposit.donor, deposit.identity) == ("RCT-2026-0001", None, "open")
    assert legs_of_last() == [
        (UNIDENTIFIED, -100000, -100000, "GENERAL"),
        ("Assets:Bank:CITI-USD", 100000, 100000, "GENERAL"),
    ]
    assert check() == []


def test_its_age_is_counted_from_the_day_it_came(deposit: Receipt) -> None:
    (one,) = unidentified_deposits(today=date(2026, 6, 15))
    assert (one.receipt, one.amount, one.functional, one.days) == (deposit, usd("1000"), 100000, 105)


def test_the_same_bank_line_is_refused_as_a_deposit_too(deposit: Receipt, bank: BankAccount, officer: User) -> None:
    with pytest.raises(ReceiptTwice, match="RCT-2026-0001 of 2026-03-02 has the bank reference D-1"):
        record_deposit(facts=Facts(bank, DAY, usd("5"), " d-1 "), by=officer)


def test_charges_of_a_deposit_are_refused(bank: BankAccount, officer: User) -> None:
    facts = Facts(bank, DAY, usd("5"), "D-2", charges=usd("1"))
    with pytest.raises(ValueInvalid, match="recorded with a receipt of one agreement"):
        record_deposit(facts=facts, by=officer)
    assert not Receipt.objects.exists()


def test_identified_the_cash_changes_sub_fund_in_one_entry(
    deposit: Receipt, agreement: Agreement, canada: Donor, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(canada, usd("1000"), first_of(agreement))], by=officer)
    assert legs_of_last() == [
        (UNIDENTIFIED, 100000, 100000, "GENERAL"),
        ("Assets:Bank:CITI-USD", -100000, -100000, "GENERAL"),
        ("Assets:Bank:CITI-USD", 100000, 100000, "AGR-2026-0001"),
        ("Assets:Receivable:CAN", -100000, -100000, "AGR-2026-0001"),
    ]
    entry = entries().last()
    assert entry
    assert entry.narration == "Receipt RCT-2026-0001 identified as AGR-2026-0001/1"
    assert [link.document for link in entry.links.all()] == ["RCT-2026-0001", "AGR-2026-0001"]
    assert (unidentified_deposits(today=LATER), check()) == ([], [])


def test_identified_in_parts_of_several_instalments_donors_and_a_gift(
    deposit: Receipt, agreement: Agreement, acme_agreement: Agreement, canada: Donor, acme: Donor, officer: User
) -> None:
    parts = [
        Part(canada, usd("600"), first_of(agreement)),
        Part(acme, usd("300"), first_of(acme_agreement)),
        Part(acme, usd("100")),
    ]
    identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    assert balances("Assets:Bank:CITI-USD") == {"AGR-2026-0001": (60000, 60000), "POOL": (40000, 40000)}
    assert balances("Income:Contributions:ACME") == {"POOL": (-40000, -40000)}
    assert check() == []


def test_paid_in_another_currency_a_part_settles_what_it_says(
    deposit: Receipt, cad_agreement: Agreement, canada: Donor, officer: User
) -> None:
    parts = [
        Part(canada, usd("740"), first_of(cad_agreement), settles=cad("1000")),
        Part(canada, usd("260")),
    ]
    identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    assert balances("Assets:Receivable:CAN") == {}
    assert balances("Income:Exchange:Realised") == {"POOL": (-1000, -1000)}
    assert check() == []


def test_what_a_part_in_another_currency_has_beyond_its_instalment_waits(
    deposit: Receipt, cad_agreement: Agreement, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, usd("1000"), first_of(cad_agreement))]
    with pytest.raises(ReceiptTooLarge, match=r"1,000\.00 settles CAD 1,000\.00: USD 250\.00 is beyond that"):
        identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    identify_deposit(deposit, on=LATER, parts=parts, by=officer, accept_excess=True)
    assert legs_of_last()[2:] == [
        ("Assets:Bank:CITI-USD", 100000, 100000, "POOL"),
        ("Liabilities:Unapplied:CAN", -25000, -25000, "POOL"),
        ("Assets:Receivable:CAN", -100000, -73000, "POOL"),
        ("Income:Exchange:Realised", -2000, -2000, "POOL"),
    ]
    assert check() == []


def test_returned_both_the_cash_and_the_liability_leave(deposit: Receipt, officer: User) -> None:
    return_deposit(deposit, on=LATER, reason="sent to us by mistake", by=officer)
    assert legs_of_last() == [
        (UNIDENTIFIED, 100000, 100000, "GENERAL"),
        ("Assets:Bank:CITI-USD", -100000, -100000, "GENERAL"),
    ]
    entry = entries().last()
    assert entry
    assert entry.narration == "Receipt RCT-2026-0001 returned to its sender: sent to us by mistake"
    assert [link.document for link in entry.links.all()] == ["RCT-2026-0001", "RCT-2026-0001/D1"]
    assert check() == []


def test_an_agreement_recognised_on_receipt_has_its_income_when_the_deposit_is_identified(
    deposit: Receipt, acme: Donor, officer: User
) -> None:
    due = [Due(DAY, usd("1000"))]
    signed = sign_agreement(
        donor=acme, signed_on=DAY, amount=usd("1000"), instalments=due, recognition="on_receipt", by=officer
    )
    identify_deposit(deposit, on=LATER, parts=[Part(acme, usd("1000"), first_of(signed))], by=officer)
    assert balances("Income:Contributions:ACME") == {"POOL": (-100000, -100000)}
    assert balances("Equity:Memorandum:Committed:ACME") == {}
    assert check() == []


def test_a_conditional_agreement_is_settled_and_has_no_income_when_the_deposit_is_identified(
    deposit: Receipt, conditional: Agreement, canada: Donor, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(canada, usd("1000"), first_of(conditional))], by=officer)
    assert balances("Assets:Receivable:CAN") == {}
    assert balances("Liabilities:Deferred:CAN") == {"AGR-2026-0001": (-100000, -100000)}
    assert balances("Income:Contributions:CAN") == {}
    assert check() == []


def test_what_goes_beyond_an_instalment_is_refused_until_it_is_confirmed(
    deposit: Receipt, acme_agreement: Agreement, acme: Donor, officer: User
) -> None:
    parts = [Part(acme, usd("1000"), first_of(acme_agreement))]
    with pytest.raises(ReceiptTooLarge, match=r"owed USD 300\.00, .* settles USD 300\.00: USD 700\.00 is") as refusal:
        identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    assert (refusal.value.field, ReceiptPart.objects.count()) == ("accept_excess", 0)
    identify_deposit(deposit, on=LATER, parts=parts, by=officer, accept_excess=True)
    assert balances("Liabilities:Unapplied:ACME") == {"POOL": (-70000, -70000)}
    assert check() == []


# Of each part: its donor, its amount, its currency, and whether it is of Canada's first instalment.
REFUSALS: dict[str, tuple[list[tuple[str, str, str, bool]], type[Refused], str]] = {
    "none": ([], PartsDiffer, "at least one"),
    "less": (
        [("ACME", "999.99", "USD", False)],
        PartsDiffer,
        r"add up to USD 999\.99, USD 0\.01 less than the deposit's USD 1,000\.00",
    ),
    "more": ([("ACME", "1000", "USD", False), ("CAN", "1", "USD", False)], PartsDiffer, r"USD 1\.00 more"),
    "twice": ([("ACME", "400", "USD", False), ("ACME", "600", "USD", False)], PartsDiffer, "there twice"),
    "negative": ([("ACME", "1001", "USD", False), ("CAN", "-1", "USD", False)], ValueInvalid, "more than zero"),
    "another currency": ([("ACME", "1000", "CAD", False)], ValueInvalid, "in the deposit's USD"),
    "another donor": ([("ACME", "1000", "USD", True)], ValueInvalid, "is of Canada, not of ACME"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_parts_that_are_not_the_deposit_are_refused_and_nothing_is_written(
    name: str, deposit: Receipt, agreement: Agreement, canada: Donor, acme: Donor, officer: User
) -> None:
    told, error, message = REFUSALS[name]
    donors = {"CAN": canada, "ACME": acme}
    parts = [
        Part(donors[code], parse_amount(text, currency), first_of(agreement) if is_canadas else None)
        for code, text, currency, is_canadas in told
    ]
    before = entries().count()
    with pytest.raises(error, match=message):
        identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    assert (entries().count(), Placement.objects.count(), ReceiptPart.objects.count()) == (before, 0, 0)
    deposit.refresh_from_db()
    assert deposit.identity == "open"


def test_an_agreement_that_was_cancelled_since_it_was_read_is_refused(
    deposit: Receipt, agreement: Agreement, canada: Donor, officer: User
) -> None:
    instalment = first_of(agreement)
    cancel_agreement(Agreement.objects.get(), on=DAY, reason="error", by=officer)
    with pytest.raises(ValueInvalid, match="AGR-2026-0001 was cancelled on 2026-03-02"):
        identify_deposit(deposit, on=LATER, parts=[Part(canada, usd("1000"), instalment)], by=officer)


def test_a_deposit_is_not_identified_before_it_came(deposit: Receipt, acme: Donor, officer: User) -> None:
    with pytest.raises(ValueInvalid, match="2026-03-02 or later"):
        identify_deposit(deposit, on=date(2026, 3, 1), parts=[Part(acme, usd("1000"))], by=officer)


def test_a_day_of_a_year_that_is_not_open_is_refused(deposit: Receipt, officer: User) -> None:
    with pytest.raises((YearNotOpen, PeriodClosed)):
        return_deposit(deposit, on=date(2027, 1, 1), reason="late", by=officer)


def test_what_is_identified_is_neither_identified_again_nor_returned(
    deposit: Receipt, acme: Donor, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(acme, usd("1000"))], by=officer)
    with pytest.raises(StateUnfit, match="identified on 2026-03-09: take that back first"):
        return_deposit(deposit, on=LATER, reason="no", by=officer)
    with pytest.raises(StateUnfit, match="RCT-2026-0001 is identified: take that back first"):
        reverse_receipt(deposit, on=LATER, reason="no", by=officer)


def test_an_ordinary_receipt_is_not_identified(receipt: Receipt, acme: Donor, officer: User) -> None:
    with pytest.raises(StateUnfit, match="known from the first day"):
        identify_deposit(receipt, on=LATER, parts=[Part(acme, usd("6000"))], by=officer)


def test_an_identification_that_was_a_mistake_is_undone_and_made_again(
    deposit: Receipt, agreement: Agreement, canada: Donor, acme: Donor, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(acme, usd("1000"))], by=officer)
    undo_placement(deposit, on=LATER, reason="it is Canada's", by=officer)
    assert balances(UNIDENTIFIED) == {"GENERAL": (-100000, -100000)}
    identify_deposit(deposit, on=LATER, parts=[Part(canada, usd("1000"), first_of(agreement))], by=officer)
    assert balances("Income:Contributions:ACME") == {}
    assert check() == []


def test_a_return_is_undone_and_a_deposit_reversed(deposit: Receipt, officer: User) -> None:
    returned = return_deposit(deposit, on=LATER, reason="slip", by=officer)
    with pytest.raises(StateUnfit, match="RCT-2026-0001/D1, which two people decided: prepare its reversal"):
        undo_placement(deposit, on=LATER, reason="it never left", by=officer)
    reverse(returned, on=LATER, reason="it never left", by=officer)
    assert check() == []
    with pytest.raises(StateUnfit, match=f"was reversed on {LATER} already"):
        reverse(returned, on=LATER, reason="again", by=officer)
    reverse_receipt(deposit, on=LATER, reason="it never came", by=officer)
    assert [total for total in totals(Scope(), by=("account",)) if total.functional] == []
    assert check() == []


def test_nothing_is_undone_of_a_deposit_that_waits(deposit: Receipt, officer: User) -> None:
    with pytest.raises(StateUnfit, match="neither identified nor returned"):
        undo_placement(deposit, on=LATER, reason="no", by=officer)


def test_an_identification_whose_money_is_allocated_is_not_undone(
    deposit: Receipt, acme: Donor, project: Project, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(acme, usd("1000"))], by=officer)
    allocate(project=project, decided_on=LATER, lines={"POOL": usd("900")}, by=officer)
    with pytest.raises(FundsFirst, match=r"POOL has USD 100\.00 to allocate"):
        undo_placement(deposit, on=LATER, reason="slip", by=officer)


def test_an_agreement_with_a_part_of_a_deposit_is_not_cancelled(
    deposit: Receipt, agreement: Agreement, canada: Donor, officer: User
) -> None:
    identify_deposit(deposit, on=LATER, parts=[Part(canada, usd("1000"), first_of(agreement))], by=officer)
    with pytest.raises(StateUnfit, match="reverse them first"):
        cancel_agreement(agreement, on=LATER, reason="error", by=officer)


def test_only_who_records_receipts_may(deposit: Receipt, bank: BankAccount, acme: Donor, approver: User) -> None:
    with pytest.raises(NotPermitted):
        record_deposit(facts=Facts(bank, DAY, usd("5"), "D-2"), by=approver)
    with pytest.raises(NotPermitted):
        identify_deposit(deposit, on=LATER, parts=[Part(acme, usd("1000"))], by=approver)
    with pytest.raises(NotPermitted):
        return_deposit(deposit, on=LATER, reason="no", by=approver)
    with pytest.raises(NotPermitted):
        undo_placement(deposit, on=LATER, reason="no", by=approver)


def test_each_donor_is_told_of_the_own_part_alone(
    deposit: Receipt, agreement: Agreement, acme: Donor, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, usd("600"), first_of(agreement)), Part(acme, usd("400"))]
    identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    rows = make_statement(acme, as_of=LATER).receipts
    assert [(row.number, row.agreement, to_amount(row.amount)) for row in rows] == [("RCT-2026-0001", "", usd("400"))]
    assert make_statement(acme, as_of=DAY).receipts == ()
    assert make_statement(canada, as_of=LATER).figures.received == 60000


def test_the_figures_of_a_day_have_what_was_identified_by_then(
    deposit: Receipt, agreement: Agreement, acme: Donor, canada: Donor, officer: User
) -> None:
    parts = [Part(canada, usd("600"), first_of(agreement)), Part(acme, usd("400"))]
    identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    found = {group.key: group for group in group_contributions(Grouping.DONOR)}
    assert {code: group.functional.received for code, group in found.items()} == {"ACME": 40000, "CAN": 60000}
    assert found["ACME"].gifts == 1
    before = group_contributions(Grouping.DONOR, until=DAY)
    assert [(group.key, group.functional.received) for group in before] == [("CAN", 0)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: Receipt.objects.update(amount=999), "It is of USD 999.00, its parts"),
        (lambda: Receipt.objects.update(identity="open"), "it is identified"),
        (lambda: Receipt.objects.update(received_on=date(2026, 3, 1)), "is dated 2026-03-01"),
        (lambda: Placement.objects.update(placed_on=date(2026, 3, 8)), "is dated 2026-03-08"),
        (lambda: Placement.objects.update(undone_on=LATER), "it is not identified"),
        (lambda: Placement.objects.update(returned=True), "it is returned"),
        (lambda: ReceiptPart.objects.filter(instalment=None).update(amount=399), "its parts add up to USD 999.00"),
        (lambda: ReceiptPart.objects.exclude(instalment=None).update(settled=599), "599.00 on the document"),
        (lambda: ReceiptPart.objects.filter(instalment=None).delete(), "its parts add up to USD 600.00"),
    ],
)
def test_a_deposit_that_was_changed_past_the_operations_is_found(
    change: Callable[[], Any],
    message: str,
    deposit: Receipt,
    agreement: Agreement,
    acme: Donor,
    canada: Donor,
    officer: User,
) -> None:
    parts = [Part(canada, usd("600"), first_of(agreement)), Part(acme, usd("400"))]
    identify_deposit(deposit, on=LATER, parts=parts, by=officer)
    assert check() == []
    change()
    assert message in " ".join(check())
