from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fund.queries.figures import Figures, Grouping, add_groups, contributions, group_contributions
from tests.reports.small_fund import SmallFund, money

pytestmark = pytest.mark.django_db

WHOLE = Figures(signed=223651, received=158401, unapplied=7500, outstanding=83250)


def by(grouping: Grouping, until: date | None = None) -> dict[str, Figures]:
    return {group.key: group.functional for group in group_contributions(grouping, until=until)}


def test_a_receipt_counts_for_the_year_of_its_agreement_and_a_gift_for_its_own(small_fund: SmallFund) -> None:
    assert by(Grouping.YEAR) == {
        "2025": Figures(signed=70000, received=81300, unapplied=7500, outstanding=0),
        "2026": Figures(signed=153651, received=77101, unapplied=0, outstanding=83250),
    }


@pytest.mark.parametrize("grouping", Grouping)
def test_every_grouping_adds_up_to_the_whole(small_fund: SmallFund, grouping: Grouping) -> None:
    whole = add_groups(group_contributions(grouping))
    assert (whole.functional, whole.agreements, whole.gifts) == (WHOLE, 3, 1)


def test_what_was_cancelled_or_taken_back_is_neither_signed_nor_received(small_fund: SmallFund) -> None:
    assert by(Grouping.DONOR)["USA"] == Figures(signed=150000, received=70000, outstanding=80000)
    before = by(Grouping.DONOR, until=date(2026, 1, 31))["USA"]
    assert before == Figures(signed=159900, outstanding=159900)
    assert by(Grouping.DONOR, until=date(2026, 2, 19))["USA"].received == 100000


def test_a_group_of_one_currency_has_its_figures_in_it_too(small_fund: SmallFund) -> None:
    found = {group.key: group for group in group_contributions(Grouping.DONOR)}
    canada = found["CAN"]
    assert (canada.currency, canada.own) == ("CAD", Figures(signed=100000, received=110000, unapplied=10000))
    kuwait = found["SUM"]
    assert (kuwait.currency, kuwait.own) == ("KWD", Figures(signed=11234, received=1234, outstanding=10000))
    assert group_contributions(Grouping.YEAR)[1].own is None


def test_classes_come_in_the_order_of_recommendation_34(small_fund: SmallFund) -> None:
    assert list(by(Grouping.CLASS)) == ["state_party", "private_sector", "civil_society"]


def test_the_charges_of_a_gift_count_as_received(small_fund: SmallFund) -> None:
    received = by(Grouping.DONOR)["CAN"].received
    gift = small_fund.give(small_fund.canada, small_fund.rbc, "2026-03-10", "CAD 90", charges="CAD 10")
    assert by(Grouping.DONOR)["CAN"].received == received + 7500
    own = {one.number: one.own for one in contributions() if one.donor == "CAN"}
    assert own[gift.number] == Figures(received=money("CAD 100").minor)


def test_more_agreements_take_no_more_queries(small_fund: SmallFund) -> None:
    with CaptureQueriesContext(
        connection,
    ) as before:
        group_contributions(Grouping.DONOR)
    for day in ("2026-03-10", "2026-03-11"):
        small_fund.sign(small_fund.usa, day, [("2026-12-01", "USD 10")])
    with CaptureQueriesContext(connection) as after:
        group_contributions(Grouping.DONOR)
    assert len(after) == len(before)
