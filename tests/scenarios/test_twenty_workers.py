"""Twenty workers post five hundred receipts, each sent twice at the same moment, on a database of the chosen engine."""

import os
from collections import Counter

import pytest
from django.db import connection

from fund.checks import run_checks as run_fund_checks
from fund.models import Answer, AuditRecord, Receipt
from fund.operations.donors import add_donor
from fund.operations.people import add_person
from fund.operations.treasury import add_bank_account, open_year
from ledger.checks import run_checks as run_ledger_checks
from ledger.queries import entries
from tests.scenarios.workers import Answered, send_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _fund(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fund that takes receipts, for processes with the project's own settings."""
    officer, _ = add_person("officer", role="Finance officer")
    open_year(2025, by=officer)
    add_donor(code="CAN", name="Canada", donor_class="state_party", country="CAN", by=officer)
    add_bank_account(code="CITI-USD", name="Citibank", currency="USD", by=officer)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "fund.config.settings")
    # A file's name is its whole path, a server's follows its address.
    name = str(connection.settings_dict["NAME"])
    base = "sqlite://" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0]
    monkeypatch.setenv("DATABASE_URL", f"{base}/{name}")


def count_statuses(answers: list[Answered]) -> dict[tuple[int, ...], int]:
    """How many receipts got which two statuses."""
    both: dict[int, list[int]] = {}
    for answer in answers:
        both.setdefault(answer.number, []).append(answer.status)
    return Counter(tuple(sorted(statuses)) for statuses in both.values())


def check_books(count: int) -> None:
    """So many receipts and entries, numbered without a gap, in books that hold."""
    numbers = [f"{number:04d}" for number in range(1, count + 1)]
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [f"RCT-2025-{number}" for number in numbers]
    assert sorted(entries().values_list("number", flat=True)) == [f"JE-2025-00{number}" for number in numbers]
    assert AuditRecord.objects.filter(act="record receipt").count() == count
    assert [*run_ledger_checks(print), *run_fund_checks(print)] == []


@pytest.mark.usefixtures("_fund")
def test_of_two_that_send_the_same_money_one_is_accepted_and_one_refused() -> None:
    answers = send_all(500, username="officer", same_key=False)
    assert count_statuses(answers) == {(302, 422): 500}
    refused = [answer.text for answer in answers if answer.status == 422]
    assert all("already: it is the same money." in page for page in refused)
    check_books(500)


@pytest.mark.usefixtures("_fund")
def test_of_two_that_send_the_same_form_one_acts_and_both_are_led_to_its_receipt() -> None:
    answers = send_all(100, username="officer", same_key=True)
    assert count_statuses(answers) == {(302, 302): 100}
    assert set(Counter((answer.number, answer.text) for answer in answers).values()) == {2}
    assert Answer.objects.count() == 100
    check_books(100)
