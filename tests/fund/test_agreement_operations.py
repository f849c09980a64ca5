from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.checks import run_checks
from fund.errors import (
    CodeTaken,
    InstalmentsDiffer,
    NotPermitted,
    PledgeUnfit,
    RateMissing,
    StateUnfit,
    ValueInvalid,
)
from fund.models import Agreement, Donor, Pledge, Receipt
from fund.operations.agreements import Due, approve_agreement, prepare_agreement
from fund.operations.pledges import announce_pledge, withdraw_pledge
from fund.operations.reversals import reverse_receipt
from fund.queries.contributions import open_pledges
from ledger.errors import AmountInvalid, UnknownCurrency, YearNotOpen
from ledger.money import Amount, parse_amount
from ledger.queries import Scope, entries, totals
from tests.deeds import cancel_agreement, sign_agreement
from tests.fund.standings import agreement_standings

DAY = date(2026, 1, 20)


def sign(donor: Donor, by: User, amount: str = "100", currency: str = "CAD", **changes: Any) -> Agreement:
    whole = parse_amount(amount, currency)
    signed_on = changes.pop("signed_on", DAY)
    facts: dict[str, Any] = {"signed_on": signed_on, "amount": whole, "instalments": [Due(signed_on, whole)]}
    return sign_agreement(donor=donor, by=by, **(facts | changes))


def balances() -> dict[str, int]:
    return {total.account: total.functional for total in totals(Scope(), by=("account",)) if total.functional}


def test_an_agreements_functional_amount_is_divided_among_its_instalments_to_the_cent(
    canada: Donor, officer: User, rates: int
) -> None:
    thirds = [Due(DAY, Amount(minor, "CAD")) for minor in (3333, 3333, 3334)]
    agreement = sign(canada, officer, instalments=thirds)
    standing = agreement_standings([agreement])[agreement.number]
    assert (standing.signed, standing.outstanding, standing.carried) == (10000, 10000, 7300)


@pytest.mark.parametrize("parts", [("60", "50"), ("60",), ()])
def test_instalments_that_do_not_add_up_are_refused_and_nothing_is_written(
    canada: Donor, officer: User, rates: int, parts: tuple[str, ...]
) -> None:
    instalments = [Due(DAY, parse_amount(part, "CAD")) for part in parts]
    with pytest.raises(InstalmentsDiffer):
        sign(canada, officer, instalments=instalments)
    with pytest.raises(ValueInvalid, match=r"Line 2: The amount is more than zero\."):
        sign(canada, officer, instalments=[Due(DAY, parse_amount(text, "CAD")) for text in ("100", "0")])
    assert not Agreement.objects.exists()
    assert not entries().exists()


def test_the_message_says_how_far_the_instalments_are_off(canada: Donor, officer: User, rates: int) -> None:
    with pytest.raises(InstalmentsDiffer, match=r"CAD 110\.00, CAD 10\.00 more than the agreement's CAD 100\.00"):
        sign(canada, officer, instalments=[Due(DAY, parse_amount("110", "CAD"))])


def test_a_day_outside_the_open_years_is_refused_with_the_years_that_are_open(
    canada: Donor, officer: User, rates: int
) -> None:
    with pytest.raises(YearNotOpen, match="Open: 2026") as refusal:
        sign(canada, officer, currency="USD", signed_on=date(2027, 1, 1))
    assert refusal.value.field == "signed_on"


def test_a_currency_without_a_rate_is_refused(canada: Donor, officer: User, rates: int) -> None:
    with pytest.raises(RateMissing, match="No EUR rate"):
        sign(canada, officer, currency="EUR")


def test_a_rate_that_is_too_old_is_refused_with_its_day(canada: Donor, officer: User, rates: int) -> None:
    with pytest.raises(RateMissing, match="the latest is of 2026-04-01"):
        sign(canada, officer, signed_on=date(2026, 6, 1))


def test_an_amount_with_too_many_decimals_or_an_unknown_currency_is_refused() -> None:
    with pytest.raises(AmountInvalid, match="no decimals"):
        parse_amount("1.5", "JPY")
    with pytest.raises(UnknownCurrency, match="ISO 4217"):
        parse_amount("1.5", "USX")


def test_a_reference_belongs_to_one_agreement(canada: Donor, officer: User, rates: int) -> None:
    sign(canada, officer, reference="X-1")
    with pytest.raises(CodeTaken, match="AGR-2026-0001"):
        sign(canada, officer, reference="X-1")


def test_who_may_only_read_signs_nothing(canada: Donor, auditor: User, rates: int) -> None:
    with pytest.raises(NotPermitted):
        sign(canada, auditor)


def test_an_agreement_takes_what_it_signs_off_its_pledge(canada: Donor, officer: User, rates: int) -> None:
    pledged = parse_amount("300", "CAD")
    pledge = announce_pledge(donor=canada, announced_on=DAY, amount=pledged, by=officer)
    sign(canada, officer, pledge=pledge)
    left = open_pledges([pledge])[pledge.number]
    assert (left.amount.minor, left.functional) == (20000, 14600)


def test_agreements_that_wait_on_one_pledge_take_what_is_left_of_it_and_no_more(
    canada: Donor, officer: User, approver: User, rates: int
) -> None:
    pledged, amount = parse_amount("300", "CAD"), parse_amount("200", "CAD")
    pledge = announce_pledge(donor=canada, announced_on=DAY, amount=pledged, by=officer)
    facts: dict[str, Any] = {"donor": canada, "signed_on": DAY, "amount": amount, "pledge": pledge, "by": officer}
    first, second, third = (prepare_agreement(instalments=[Due(DAY, amount)], **facts) for _ in range(3))
    for agreement, left in ((first, 10000), (second, 0)):
        assert approve_agreement(agreement, by=approver)
        assert open_pledges([pledge])[pledge.number].amount.minor == left
    with pytest.raises(PledgeUnfit, match="Nothing of PLG-2026-0001 is open"):
        approve_agreement(third, by=approver)


def test_an_agreement_in_another_currency_takes_the_whole_pledge(canada: Donor, officer: User, rates: int) -> None:
    pledged = parse_amount("300", "CAD")
    pledge = announce_pledge(donor=canada, announced_on=DAY, amount=pledged, by=officer)
    sign(canada, officer, currency="USD", pledge=pledge)
    assert open_pledges([pledge])[pledge.number].amount.minor == 0


def test_a_pledge_of_another_donor_is_refused(canada: Donor, acme: Donor, officer: User, rates: int) -> None:
    pledged = parse_amount("300", "CAD")
    pledge = announce_pledge(donor=acme, announced_on=DAY, amount=pledged, by=officer)
    with pytest.raises(PledgeUnfit, match=r"of ACME Inc\., not of Canada"):
        sign(canada, officer, pledge=pledge)


def test_a_withdrawn_pledge_leaves_no_memorandum(canada: Donor, officer: User, rates: int) -> None:
    pledged = parse_amount("300", "CAD")
    pledge = announce_pledge(donor=canada, announced_on=DAY, amount=pledged, by=officer)
    withdraw_pledge(pledge, on=DAY, reason="budget cut", by=officer)
    assert balances() == {}
    with pytest.raises(StateUnfit):
        withdraw_pledge(pledge, on=DAY, reason="again", by=officer)


def test_a_cancelled_agreement_leaves_nothing_in_the_books_and_frees_its_reference(
    canada: Donor, officer: User, rates: int
) -> None:
    agreement = sign(canada, officer, reference="X-1")
    cancel_agreement(agreement, on=DAY, reason="signed in error", by=officer)
    assert balances() == {}
    assert sign(canada, officer, reference="X-1").number == "AGR-2026-0002"


def test_a_cancelled_agreement_opens_its_pledge_again_also_when_the_rest_was_withdrawn(
    canada: Donor, officer: User, rates: int
) -> None:
    pledged = parse_amount("300", "CAD")
    pledge = announce_pledge(donor=canada, announced_on=DAY, amount=pledged, by=officer)
    agreement = sign(canada, officer, pledge=pledge)
    withdraw_pledge(pledge, on=DAY, reason="budget cut", by=officer)
    out_of_date = Pledge.objects.get()
    cancel_agreement(agreement, on=DAY, reason="signed in error", by=officer)
    pledge.refresh_from_db()
    assert (pledge.withdrawn_on, open_pledges([pledge])[pledge.number].amount.minor) == (None, 10000)
    assert run_checks(lambda _: None) == []
    withdraw_pledge(out_of_date, on=date(2026, 1, 25), reason="all of it", by=officer)
    assert balances() == {}
    assert run_checks(lambda _: None) == []


def test_an_agreement_is_not_cancelled_before_its_receipt_was_reversed(
    receipt: Receipt, agreement: Agreement, officer: User
) -> None:
    reverse_receipt(receipt, on=date(2026, 3, 20), reason="taken back", by=officer)
    with pytest.raises(ValueInvalid, match="2026-03-20 or later"):
        cancel_agreement(agreement, on=date(2026, 3, 19), reason="error", by=officer)
    cancel_agreement(agreement, on=date(2026, 3, 20), reason="error", by=officer)


def test_a_reversal_is_not_dated_before_what_it_reverses(canada: Donor, officer: User, rates: int) -> None:
    agreement = sign(canada, officer)
    with pytest.raises(ValueInvalid, match="2026-01-20 or later"):
        cancel_agreement(agreement, on=date(2026, 1, 19), reason="error", by=officer)


def test_numbers_have_no_gap_after_a_refusal(canada: Donor, officer: User, rates: int) -> None:
    sign(canada, officer)
    with pytest.raises(RateMissing):
        sign(canada, officer, currency="EUR")
    assert sign(canada, officer).number == "AGR-2026-0002"
