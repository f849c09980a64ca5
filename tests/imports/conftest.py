"""A fund that has begun: a year, a bank account, a donor, an agreement of CAN/2026/7 and its first receipt."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.models import Agreement, BankAccount, Receipt
from fund.operations.agreements import Due
from fund.operations.donors import add_donor
from fund.operations.people import add_person
from fund.operations.receipts import Facts, record_receipt
from fund.operations.treasury import add_bank_account, open_year
from tests.deeds import sign_agreement
from tests.shorthand import usd


@pytest.fixture
def officer(db: None) -> User:
    return add_person("officer", role="Finance officer")[0]


@pytest.fixture
def bank(officer: User) -> BankAccount:
    open_year(2026, by=officer)
    return add_bank_account(code="CITI-USD", name="Citibank New York", currency="USD", by=officer)


@pytest.fixture
def agreement(bank: BankAccount, officer: User) -> Agreement:
    """AGR-2026-0001, reference CAN/2026/7: USD 6,000.00, signed on 15 January and due on 1 March 2026."""
    donor = add_donor(code="CAN", name="Canada", donor_class="state_party", country="CAN", by=officer)
    return sign_agreement(
        donor=donor,
        signed_on=date(2026, 1, 15),
        amount=usd("6000"),
        instalments=[Due(date(2026, 3, 1), usd("6000"))],
        reference="CAN/2026/7",
        by=officer,
    )


@pytest.fixture
def receipt(agreement: Agreement, bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001, bank reference BANK-1: USD 6,000.00 of the agreement on 1 March 2026."""
    facts = Facts(bank, date(2026, 3, 1), usd("6000"), "BANK-1")
    return record_receipt(agreement=agreement, facts=facts, by=officer)
