import pytest
from django.db import transaction

from tests.kept import Kept, read_rows
from tests.reports.small_fund import SmallFund


@pytest.mark.django_db
def test_what_is_kept_is_written_again_as_it_was_made() -> None:
    kept, found = Kept(SmallFund), []
    for _ in range(2):
        with transaction.atomic():
            kept.get()
            found.append(read_rows())
            transaction.set_rollback(True)
    assert found[0] == found[1]
