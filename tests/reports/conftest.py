import os

import pytest

from tests.kept import Kept
from tests.reports.small_fund import SmallFund
from tests.reports.stock_tools import StockTools, make_stock_tools

FUND = Kept(SmallFund)


@pytest.fixture
def small_fund(db: None) -> SmallFund:
    return FUND.get()


@pytest.fixture(scope="session")
def stock_tools(tmp_path_factory: pytest.TempPathFactory) -> StockTools:
    """A clean environment, one for all processes of the session."""
    own = tmp_path_factory.getbasetemp()
    return make_stock_tools(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
