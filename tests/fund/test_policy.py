"""The accounting policy, figure by figure: what each event does to which account."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fund import policy, policy_allocations, policy_receipts, policy_treasury
from fund.policy import Carried, CashOut, Charge, Party, Reserved, Share
from fund.policy_obligations import cancel_obligation, obligate
from fund.policy_receipts import Arrival
from fund.policy_treasury import Item
from ledger.entries import Draft, find_problems
from ledger.money import Amount

CANADA = Party("CAN", "Canada")
DAY = date(2026, 2, 10)


def cad(minor: int, functional: int) -> Carried:
    return Carried(Amount(minor, "CAD"), functional)


def lines(draft: Draft) -> dict[str, tuple[int, int]]:
    """(amount, functional) by account."""
    return {leg.account: (leg.amount, leg.functional) for leg in draft.legs}


def arrival(**changes: object) -> Arrival:
    facts: dict[str, object] = {
        "number": "RCT-2026-0001",
        "donor": CANADA,
        "on": DAY,
        "fund": "AGR-2026-0001",
        "bank": "Assets:Bank:RBC-CAD",
        "arrived": cad(5998500, 4438890),
        "charges": 1110,
        "settled": [Share("AGR-2026-0001/1", cad(6000000, 4380000))],
        "agreement": "AGR-2026-0001",
    }
    return Arrival(**(facts | changes))  # type: ignore[arg-type]


def test_a_pledge_stays_inside_the_memorandum() -> None:
    draft = policy.announce_pledge(number="PLG-2026-0001", donor=CANADA, on=DAY, pledged=cad(100, 73))
    assert all(leg.account.startswith("Equity:Memorandum:") and leg.fund == "GENERAL" for leg in draft.legs)


def test_an_agreement_on_signature_is_income_at_once() -> None:
    share = Share("AGR-2026-0001/1", cad(6000000, 4380000))
    draft = policy.sign_agreement(
        number="AGR-2026-0001",
        donor=CANADA,
        on=DAY,
        fund="AGR-2026-0001",
        on_signature=True,
        instalments=[share],
        currency="USD",
    )
    assert lines(draft) == {
        "Assets:Receivable:CAN": (6000000, 4380000),
        "Income:Contributions:CAN": (-4380000, -4380000),
    }


def test_an_agreement_on_receipt_is_a_memorandum_until_the_money_comes() -> None:
    share = Share("AGR-2026-0001/1", cad(6000000, 4380000))
    draft = policy.sign_agreement(
        number="AGR-2026-0001",
        donor=CANADA,
        on=DAY,
        fund="POOL",
        on_signature=False,
        instalments=[share],
        currency="USD",
    )
    assert lines(draft) == {
        "Equity:Memorandum:Committed:CAN": (6000000, 4380000),
        "Equity:Memorandum:Commitments": (-6000000, -4380000),
    }


def test_a_receipt_of_many_instalments_names_its_agreement_alone() -> None:
    many = [Share(f"AGR-2026-0001/{position}", cad(100, 73)) for position in range(1, 41)]
    draft = policy_receipts.receive(arrival(settled=many), on_signature=True, currency="USD")
    assert draft.narration.endswith(" of AGR-2026-0001")
    assert find_problems(draft, "USD") == []


def test_a_receipt_settles_the_receivable_at_its_carrying_amount() -> None:
    draft = policy_receipts.receive(arrival(), on_signature=True, currency="USD")
    assert lines(draft) == {
        "Assets:Bank:RBC-CAD": (5998500, 4438890),
        "Expenses:BankCharges": (1110, 1110),
        "Assets:Receivable:CAN": (-6000000, -4380000),
        "Income:Exchange:Realised": (-60000, -60000),
    }


def test_a_receipt_on_receipt_is_the_income_and_reverses_the_memorandum() -> None:
    draft = policy_receipts.receive(arrival(), on_signature=False, currency="USD")
    assert lines(draft) == {
        "Assets:Bank:RBC-CAD": (5998500, 4438890),
        "Expenses:BankCharges": (1110, 1110),
        "Income:Contributions:CAN": (-4440000, -4440000),
        "Equity:Memorandum:Committed:CAN": (-6000000, -4380000),
        "Equity:Memorandum:Commitments": (6000000, 4380000),
    }


def test_what_goes_beyond_the_instalments_is_never_income() -> None:
    over = arrival(arrived=cad(6050000, 4477000), charges=0, excess=cad(50000, 37000), overpaid="AGR-2026-0001/1")
    for on_signature in (True, False):
        draft = policy_receipts.receive(over, on_signature=on_signature, currency="USD")
        assert lines(draft)["Liabilities:Unapplied:CAN"] == (-50000, -37000)
        assert find_problems(draft, "USD") == []


def test_a_receipt_of_two_instalments_on_receipt_shares_the_income_without_a_cent_lost() -> None:
    parts = [Share(f"AGR-2026-0001/{n}", cad(100, 73)) for n in (1, 2, 3)]
    three = arrival(arrived=cad(300, 220), charges=0, settled=parts)
    draft = policy_receipts.receive(three, on_signature=False, currency="USD")
    income = [-leg.functional for leg in draft.legs if leg.account == "Income:Contributions:CAN"]
    assert income == [74, 73, 73]


def test_a_gift_is_income_of_the_pool() -> None:
    gift = arrival(fund="POOL", settled=[], agreement="")
    draft = policy_receipts.receive_gift(gift, currency="USD")
    assert lines(draft)["Income:Contributions:CAN"] == (-4440000, -4440000)
    assert {leg.fund for leg in draft.legs} == {"POOL"}


def test_a_payment_leaves_the_bank_at_its_carrying_amount() -> None:
    draft = policy.disburse(
        number="DSB-2026-0001",
        payee="SecureTrain SA",
        on=DAY,
        bank="Assets:Bank:RBC-CAD",
        charges=[Charge("AGR-2026-0001", "CYB-01", "Contractual", 750000)],
        cash=[CashOut("AGR-2026-0001", cad(1000000, 740000))],
        currency="USD",
    )
    assert lines(draft) == {
        "Expenses:Projects:CYB-01:Contractual": (750000, 750000),
        "Assets:Bank:RBC-CAD": (-1000000, -740000),
        "Income:Exchange:Realised": (-10000, -10000),
    }


def test_each_sub_fund_of_a_payment_balances_by_itself() -> None:
    charges = [Charge("A", "P", "Travel", 120000), Charge("B", "P", "Travel", 80001)]
    cash = [CashOut("A", cad(160000, 119999)), CashOut("B", cad(106667, 80000))]
    draft = policy.disburse(
        number="D", payee="x", on=DAY, bank="Assets:Bank:X", charges=charges, cash=cash, currency="USD"
    )
    assert find_problems(draft, "USD") == []
    for fund in ("A", "B"):
        assert sum(leg.functional for leg in draft.legs if leg.fund == fund) == 0


BANK_ITEM = Item("Assets:Bank:RBC-CAD", "AGR-2026-0001", Amount(4998500, "CAD"), 3698890)


def revalue(*items: Item, cad: str = "0.7525") -> Draft | None:
    rates = {"CAD": Decimal(cad), "JPY": Decimal("0.005")}
    return policy_treasury.revalue(number="REV-2026-06", on=date(2026, 6, 30), items=items, rates=rates, currency="USD")


def test_revaluation_takes_the_old_carrying_amount_out_and_the_new_one_in() -> None:
    draft = revalue(BANK_ITEM)
    assert draft
    assert [(leg.account, leg.amount, leg.functional) for leg in draft.legs] == [
        ("Assets:Bank:RBC-CAD", -4998500, -3698890),
        ("Assets:Bank:RBC-CAD", 4998500, 3761371),
        ("Income:Exchange:Unrealised", -62481, -62481),
    ]
    assert (draft.narration, draft.links) == ("Revaluation June 2026", ("REV-2026-06",))


def test_what_the_fund_owes_costs_more_when_its_currency_rises() -> None:
    draft = revalue(Item("Liabilities:Unapplied:CAN", "POOL", Amount(-50000, "CAD"), -37000, "AGR-2026-0001/2"))
    assert draft
    assert [leg.functional for leg in draft.legs] == [37000, -37625, 625]
    assert [leg.instalment for leg in draft.legs] == ["AGR-2026-0001/2", "AGR-2026-0001/2", ""]


@pytest.mark.parametrize(("yen", "carried"), [(1, 1), (-1, -1), (3, 2), (-3, -2), (10, 5)])
def test_revaluation_rounds_half_up_item_by_item(yen: int, carried: int) -> None:
    draft = revalue(Item("Assets:Bank:MUFG-JPY", "POOL", Amount(yen, "JPY"), 0))
    assert draft
    assert draft.legs[1].functional == carried


def test_each_sub_fund_of_a_revaluation_balances_by_itself() -> None:
    draft = revalue(BANK_ITEM, Item("Assets:Receivable:CAN", "POOL", Amount(4000000, "CAD"), 2920000, "A/2"))
    assert draft
    assert find_problems(draft, "USD") == []


def test_item_that_is_carried_at_its_closing_rate_is_left_out() -> None:
    kept = Item("Assets:Bank:RBC-CAD", "POOL", Amount(100, "CAD"), 75)
    draft = revalue(kept, BANK_ITEM)
    assert draft
    assert {leg.fund for leg in draft.legs} == {"AGR-2026-0001"}
    assert revalue(kept) is None


@pytest.mark.parametrize(
    ("account", "currency"),
    [
        ("Income:Contributions:CAN", "USD"),
        ("Expenses:BankCharges", "USD"),
        ("Equity:Allocated:CYB-01", "USD"),
        ("Assets:Receivable:CAN", ""),
        ("Equity:Memorandum:Pledges", ""),
    ],
)
def test_income_and_expense_accounts_take_the_functional_currency_alone(account: str, currency: str) -> None:
    assert policy.account_currency(account, "USD") == currency


def test_a_contract_and_its_cancellation_are_one_memorandum_pair() -> None:
    facts: dict[str, Any] = {"number": "OBL-2026-0001", "payee": "Firm", "project": "CYB-01", "on": DAY}
    facts |= {"lines": [Reserved("OBL-2026-0001/1", "POOL", 1200)], "currency": "USD"}
    let, cancelled = obligate(**facts), cancel_obligation(**facts, reason="Over")
    assert lines(let) == {
        "Equity:Memorandum:Obligated:CYB-01": (1200, 1200),
        "Equity:Memorandum:Obligations": (-1200, -1200),
    }
    assert [leg.opposite() for leg in cancelled.legs] == list(let.legs)
    assert (let.kind, let.links) == ("obligation", ("OBL-2026-0001",))
    assert cancelled.narration == "Obligation OBL-2026-0001 cancelled: Over"
    assert not find_problems(let, "USD")


def test_a_payment_releases_its_contract_in_the_same_entry() -> None:
    charge = Charge("POOL", "CYB-01", "Travel", 100, obligation="OBL-2026-0001/1", released=60)
    cash = [CashOut("POOL", Carried(Amount(100, "USD"), 100))]
    facts: dict[str, Any] = {"number": "DSB-2026-0001", "payee": "Firm", "on": DAY, "bank": "Assets:Bank:CITI-USD"}
    draft = policy.disburse(**facts, charges=[charge], cash=cash, currency="USD")
    assert lines(draft)["Equity:Memorandum:Obligated:CYB-01"] == (-60, -60)
    assert draft.links == ("DSB-2026-0001", "OBL-2026-0001")


def test_what_is_returned_or_moved_stays_inside_equity() -> None:
    facts: dict[str, Any] = {"number": "ALC-2026-0003", "project": "CYB-01", "on": DAY, "currency": "USD"}
    facts["lines"] = [("AGR-2026-0001", 70)]
    returned, moved = (
        policy_allocations.return_allocation(**facts),
        policy_allocations.reallocate(**facts, source="BOR-01"),
    )
    assert lines(returned) == {"Equity:Allocated:CYB-01": (70, 70), "Equity:Unallocated": (-70, -70)}
    assert lines(moved) == {"Equity:Allocated:BOR-01": (70, 70), "Equity:Allocated:CYB-01": (-70, -70)}
    assert (returned.links, moved.links) == (("ALC-2026-0003",), ("ALC-2026-0003", "AGR-2026-0001"))
