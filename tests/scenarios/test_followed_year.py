"""The worked year's money, followed: gains, interest, indirect cost, deferred income and gifts in kind included."""

from datetime import date

import pytest

from fund.models import Donor
from fund.queries.flows import Asked, Rest, follow, follow_every_donor
from fund.queries.statements import make_statement
from fund.views.flow_links import Links
from fund.views.flow_pictures import draw_flow, load_names
from tests.scenarios.test_worked_year import replay

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 31)


def test_every_donors_money_is_followed_by_the_figures_of_the_statement() -> None:
    replay()
    whole, every = follow(Asked(DAY)), follow_every_donor(Asked(DAY))
    for fund in {source.fund for source in whole.sources}:
        came = sum(source.amount for source in whole.sources if source.fund == fund)
        assert came == sum(use.amount for use in whole.uses if use.fund == fund)
        assert came == sum(use.amount for _, use in every if use.fund == fund)
    for donor in Donor.objects.all():
        flow, line = follow(Asked(DAY, donor=donor)), make_statement(donor, as_of=DAY).whole
        found = (flow.paid_in, flow.spent, flow.sum_of(Rest.OBLIGATED), flow.sum_of(Rest.OTHER))
        assert found == (line.paid_in, line.spent, line.obligated, line.other)


def test_what_is_below_zero_flows_into_its_sub_fund() -> None:
    replay()
    flow = follow(Asked(DAY))
    assert any(use.amount < 0 for use in flow.uses)
    picture = draw_flow(flow, load_names(flow, Links(flow.asked, {})))
    assert picture
    assert any(band["title"].startswith("Interest and gains → ") for band in picture["bands"])
