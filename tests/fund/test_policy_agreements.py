"""What changes an agreement after its signature, figure by figure."""

from datetime import date

import pytest

from fund import policy
from fund.policy import Carried, CashOut, Charge, Party, Release, Share, is_held
from fund.policy_agreements import Change, accept_milestone, amend_agreement
from ledger.entries import Draft
from ledger.money import Amount

IADB = Party("IADB", "Inter-American Development Bank")
DAY = date(2026, 8, 3)
FUND = "AGR-2026-0003"


def lines(draft: Draft | None) -> dict[str, tuple[int, int]]:
    """(amount, functional) by account."""
    assert draft is not None
    assert sum(leg.functional for leg in draft.legs) == 0
    assert {leg.fund for leg in draft.legs} == {FUND}
    return {leg.account: (leg.amount, leg.functional) for leg in draft.legs}


def amend(minor: int, functional: int, **changes: object) -> Draft | None:
    facts: dict[str, object] = {"number": f"{FUND}/A1", "agreement": FUND, "donor": IADB, "on": DAY, "fund": FUND}
    change = Change(f"{FUND}/2", Amount(minor, "EUR"), functional)
    facts |= {"changes": [change], "currency": "USD", "on_signature": True}
    return amend_agreement(**(facts | changes))  # type: ignore[arg-type]


def test_the_income_of_a_conditional_agreement_is_deferred_at_the_signatures_rate() -> None:
    draft = policy.sign_agreement(
        number=FUND,
        donor=IADB,
        on=DAY,
        fund=FUND,
        on_signature=True,
        instalments=[Share(f"{FUND}/1", Carried(Amount(2000000, "EUR"), 2160000))],
        currency="USD",
        conditional=True,
    )
    assert lines(draft) == {
        "Assets:Receivable:IADB": (2000000, 2160000),
        "Liabilities:Deferred:IADB": (-2160000, -2160000),
    }


def test_what_a_payment_releases_is_debited_to_the_deferred_income() -> None:
    draft = policy.disburse(
        number="DSB-2026-0001",
        payee="UNODC",
        on=DAY,
        bank="Assets:Bank:CITI-USD",
        charges=[Charge(FUND, "BOR-01", "Transfers", 920000)],
        cash=[CashOut(FUND, Carried(Amount(920000, "USD"), 920000))],
        currency="USD",
        releases=[Release(FUND, "IADB", 900000)],
    )
    assert lines(draft) == {
        "Expenses:Projects:BOR-01:Transfers": (920000, 920000),
        "Assets:Bank:CITI-USD": (-920000, -920000),
        "Liabilities:Deferred:IADB": (900000, 900000),
        "Income:Contributions:IADB": (-900000, -900000),
    }


def test_4000_off_an_instalment_debit_the_income_and_credit_the_receivable() -> None:
    draft = amend(-400000, -400000)
    assert draft is not None
    assert (draft.kind, draft.links, draft.narration) == ("agreement", (f"{FUND}/A1", FUND), f"Amendment {FUND}/A1")
    assert lines(draft) == {
        "Income:Contributions:IADB": (400000, 400000),
        "Assets:Receivable:IADB": (-400000, -400000),
    }


@pytest.mark.parametrize(
    ("functional", "deferred", "expected"),
    [
        (108, 0, {"Liabilities:Deferred:IADB": (-108, -108)}),
        (-108, 500, {"Liabilities:Deferred:IADB": (108, 108)}),
        (-108, 100, {"Liabilities:Deferred:IADB": (100, 100), "Income:Contributions:IADB": (8, 8)}),
        (-108, 0, {"Income:Contributions:IADB": (108, 108)}),
    ],
)
def test_of_a_conditional_agreement_no_more_than_is_deferred_is_taken_back_of_it(
    functional: int, deferred: int, expected: dict[str, tuple[int, int]]
) -> None:
    minor = 100 if functional > 0 else -100
    found = lines(amend(minor, functional, conditional=True, deferred=deferred))
    assert found == expected | {"Assets:Receivable:IADB": (minor, functional)}


def test_on_receipt_an_amendment_stays_inside_the_memorandum() -> None:
    assert lines(amend(100, 108, on_signature=False)) == {
        "Equity:Memorandum:Committed:IADB": (100, 108),
        "Equity:Memorandum:Commitments": (-100, -108),
    }


def test_an_amendment_of_days_has_no_entry() -> None:
    assert amend(0, 0) is None


def test_an_accepted_milestone_is_of_a_kind_of_its_own() -> None:
    released = Release(FUND, "IADB", 400)
    draft = accept_milestone(
        number=f"{FUND}/M1", agreement=FUND, donor=IADB, on=DAY, title="Held", released=released, currency="USD"
    )
    assert draft.kind == "milestone"
    assert lines(draft) == {"Liabilities:Deferred:IADB": (400, 400), "Income:Contributions:IADB": (-400, -400)}


def test_deferred_income_is_no_held_money() -> None:
    assert is_held("Liabilities:Unapplied:CAN")
    assert not is_held("Liabilities:Deferred:IADB")
    assert not is_held("Assets:Bank:CITI-USD")
