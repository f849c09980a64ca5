"""The policy of the treasury, figure by figure: what each event does to which account."""

from datetime import date

from fund.policy import Carried, CashOut, Party
from fund.policy_treasury import (
    Moved,
    Recovered,
    Taken,
    credit_interest,
    pay_secretariat,
    receive_in_kind,
    recover,
    take_charges,
    transfer,
)
from ledger.entries import Draft, find_problems
from ledger.money import Amount

DAY = date(2026, 6, 30)
RBC, CITI = "Assets:Bank:RBC-CAD", "Assets:Bank:CITI-USD"


def cad(minor: int, functional: int) -> Carried:
    return Carried(Amount(minor, "CAD"), functional)


def lines(draft: Draft) -> list[tuple[str, int, int]]:
    """Account, amount and functional amount of each leg, of a draft that the ledger takes."""
    assert find_problems(draft, "USD") == []
    return [(leg.account, leg.amount, leg.functional) for leg in draft.legs]


def test_indirect_cost_is_an_expense_owed_to_the_secretariat_and_given_back_on_the_other_side() -> None:
    charges = [Recovered("AGR-2026-0001", "CYB-01", 90000), Recovered("POOL", "BOR-01", -500)]
    assert lines(recover(number="ICR-2026-04", on=DAY, charges=charges, currency="USD")) == [
        ("Expenses:Projects:CYB-01:IndirectCost", 90000, 90000),
        ("Liabilities:DueToSecretariat", -90000, -90000),
        ("Expenses:Projects:BOR-01:IndirectCost", -500, -500),
        ("Liabilities:DueToSecretariat", 500, 500),
    ]


def test_the_secretariat_is_paid_sub_fund_by_sub_fund() -> None:
    draft = pay_secretariat(number="SEC-2026-0001", on=DAY, bank=CITI, lines=[("POOL", 500)], currency="USD")
    assert lines(draft) == [("Liabilities:DueToSecretariat", 500, 500), (CITI, -500, -500)]


def test_interest_too_small_for_a_cent_is_no_income() -> None:
    shares = [CashOut("POOL", cad(100, 75)), CashOut("GENERAL", cad(1, 0))]
    draft = credit_interest(
        number="INT-2026-06", payee="RBC", month=DAY, on=DAY, bank=RBC, shares=shares, currency="USD"
    )
    assert lines(draft) == [(RBC, 100, 75), ("Income:Interest", -75, -75), (RBC, 1, 0)]
    assert draft.narration == "Interest June 2026, shared INT-2026-06"


def test_what_a_bank_takes_leaves_at_the_average_and_costs_the_rate_of_the_day() -> None:
    taken = [Taken("POOL", cad(1000, 740), 750)]
    draft = take_charges(
        number="BCH-2026-0001", payee="RBC", on=DAY, bank=RBC, taken=taken, description="Fee", currency="USD"
    )
    assert lines(draft) == [
        ("Expenses:BankCharges", 750, 750),
        (RBC, -1000, -740),
        ("Income:Exchange:Realised", -10, -10),
    ]


def test_a_transfer_realises_what_arrives_less_what_left() -> None:
    moved = [Moved("POOL", cad(10000, 7400), Carried(Amount(7250, "USD"), 7250), 300)]
    assert moved[0].realised == 150
    draft = transfer(number="TRF-2026-0001", on=DAY, source=RBC, target=CITI, moved=moved, currency="USD")
    assert lines(draft) == [
        (CITI, 7250, 7250),
        ("Expenses:BankCharges", 300, 300),
        (RBC, -10000, -7400),
        ("Income:Exchange:Realised", -150, -150),
    ]


def test_what_comes_in_kind_is_expense_and_income_without_cash() -> None:
    acme = Party("ACME", "ACME Inc.")
    draft = receive_in_kind(
        number="INK-2026-0001", donor=acme, project="BOR-01", on=DAY, fund="POOL", value=250000, currency="USD"
    )
    assert lines(draft) == [
        ("Expenses:Projects:BOR-01:InKind", 250000, 250000),
        ("Income:InKind:ACME", -250000, -250000),
    ]
