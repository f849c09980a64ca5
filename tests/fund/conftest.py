"""A small fund, made through the fund's own operations: who works in it, its accounts, a donor, a first agreement."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.fund.fixtures.contributions import *
from tests.fund.fixtures.corrections import *
from tests.fund.fixtures.people import *
from tests.fund.fixtures.programme import *


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    """15 June 2026, whatever the clock says: the first instalment of `agreement` is overdue, the second due soon."""
    with time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC)):
        yield date(2026, 6, 15)


@pytest.fixture
def count_queries() -> Callable[[Client, str], int]:
    """How many queries a page takes."""

    def count_queries(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    return count_queries
