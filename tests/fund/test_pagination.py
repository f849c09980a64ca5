import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fund.models import NumberSeries
from fund.views import pagination
from fund.views.pagination import LongListPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> None:
    NumberSeries.objects.bulk_create(NumberSeries(prefix="RCT", year=year) for year in range(2001, 2008))


def test_short_list_is_counted_to_its_end(series: None) -> None:
    paginator = LongListPaginator(NumberSeries.objects.order_by("year"), 3)
    assert (paginator.count, paginator.num_pages, paginator.has_more) == (7, 3, False)


def test_long_list_is_counted_as_far_as_it_is_shown(series: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "MOST", 5)
    paginator = LongListPaginator(NumberSeries.objects.order_by("-year"), 3)
    with CaptureQueriesContext(connection) as captured:
        assert (paginator.count, paginator.num_pages, paginator.has_more) == (5, 2, True)
    assert "LIMIT 6" in captured.captured_queries[0]["sql"]
    assert [one.year for one in paginator.page(2)] == [2004, 2003]


def test_plain_list_is_paged_too() -> None:
    assert LongListPaginator(list("abcd"), 3).num_pages == 2
