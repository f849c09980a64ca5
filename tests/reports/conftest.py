import pytest

from tests.reports.small_fund import SmallFund


@pytest.fixture
def small_fund(db: None) -> SmallFund:
    return SmallFund()
