"""Every form carries a key: sent again, it leads where it led before; with other content it is refused."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from fund.models import (
    Advance,
    Agreement,
    Answer,
    Attachment,
    AuditRecord,
    BankAccount,
    Delegation,
    Donor,
    Project,
    Receipt,
    SecretariatPayment,
)
from fund.operations.advance_returns import Back, record_return
from fund.operations.attachments import attach
from fund.operations.bank_charges import record_bank_charge
from fund.operations.deposits import Part, identify_deposit
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.letters import record_letter
from fund.operations.project_closures import close_operations
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.reconciliations import BankStatement, record_reconciliation
from fund.operations.recoveries import run_recovery
from fund.operations.revaluations import run_revaluation
from fund.operations.screenings import record_screening
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account
from ledger.money import parse_amount
from tests.deeds import return_deposit
from tests.fund.form_changes import CHANGES, RECEIPT, Change
from tests.shorthand import usd

pytestmark = pytest.mark.django_db


# tests/fund/test_attachment_pages.py sends its file twice.
WITH_FILE = {"fund:attachment-new"}
# They send a file, and are forms only because what they ask for takes a while.
READ_ONLY = {"reports:audit-workbook", "reports:book-download"}


UNSAFE = {"post", "put", "patch", "delete"}


def post_names(patterns: Iterable[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The addresses that take a form; a view that is a plain function may."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from post_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif UNSAFE & set(dir(getattr(pattern.callback, "view_class", None) or type("View", (), {"post": None}))):
            yield f"{namespace}{pattern.name}"


def test_every_address_that_takes_a_form_is_tested_here_or_changes_nothing() -> None:
    # Signing in and out is the packages' own, and harmless when it is repeated.
    names = {name for name in post_names(get_resolver().url_patterns) if not name.startswith("account_")}
    assert names == {f"fund:{change.name}" for change in CHANGES} | READ_ONLY | WITH_FILE


@pytest.fixture
def donor_match(canada: Donor, officer: User) -> None:
    record_screening(canada, screened_on=date(2026, 6, 1), list_name="L", result="possible", note="Name", by=officer)


@pytest.fixture
def came_back(sent: Advance, bank: BankAccount, officer: User) -> None:
    lines = {"ADV-2026-0001/1": parse_amount("300", "USD")}
    record_return(sent, back=Back(bank, date(2026, 5, 4), "BACK-1"), lines=lines, by=officer)


@pytest.fixture
def delegation(approver: User, officer: User) -> Delegation:
    day = timezone.localdate()
    return Delegation.objects.create(pk=1, giver=approver, receiver=officer, since=day, until=day, reason="Leave")


@pytest.fixture
def returned(deposit: Receipt, officer: User) -> None:
    return_deposit(deposit, on=date(2026, 3, 9), reason="Sent by mistake", by=officer)


@pytest.fixture
def identified(deposit: Receipt, canada: Donor, officer: User) -> None:
    identify_deposit(deposit, on=date(2026, 3, 9), parts=[Part(canada, usd("50"))], by=officer)


@pytest.fixture
def letter(agreement: Agreement, officer: User) -> None:
    record_letter(donor=agreement.donor, sent_on=date(2026, 6, 1), way="mail", by=officer)


@pytest.fixture
def border(officer: User) -> Project:
    return add_project(code="BOR-01", facts=ProjectFacts("Borders", [1], ["GTM"], date(2026, 1, 1)), by=officer)


@pytest.fixture
def stopped(project: Project, officer: User) -> Project:
    close_operations(project, on=date(2026, 5, 1), by=officer)
    return project


@pytest.fixture
def revaluation(cad_agreement: Agreement, officer: User) -> None:
    run_revaluation(month="2026-03", by=officer)


@pytest.fixture
def recovery(spent_by_terms: None, officer: User) -> None:
    run_recovery(month="2026-03", by=officer)


@pytest.fixture
def interest(receipt: Receipt, bank: BankAccount, officer: User) -> None:
    record_interest(bank_account=bank, month="2026-03", amount=parse_amount("10", "USD"), by=officer)


@pytest.fixture
def bank_charge(receipt: Receipt, bank: BankAccount, officer: User) -> None:
    amount = parse_amount("10", "USD")
    record_bank_charge(bank_account=bank, charged_on=date(2026, 3, 5), amount=amount, description="Fees", by=officer)


@pytest.fixture
def reconciliation(receipt: Receipt, bank: BankAccount, officer: User) -> None:
    statement = BankStatement(bank, date(2026, 3, 31), "3/2026", parse_amount("6000", "USD"))
    record_reconciliation(statement=statement, lines=[], by=officer)


@pytest.fixture
def other_bank(fund_year: int, officer: User) -> BankAccount:
    return add_bank_account(code="B-1", name="Bank", currency="USD", by=officer)


@pytest.fixture
def transfer(receipt: Receipt, bank: BankAccount, other_bank: BankAccount, officer: User) -> None:
    amount = parse_amount("10", "USD")
    record_transfer(facts=TransferFacts(bank, other_bank, date(2026, 3, 5), amount, amount), by=officer)


@pytest.fixture
def in_kind(fund_year: int, canada: Donor, project: Project, officer: User) -> None:
    gift = Gift(canada, project, date(2026, 3, 5), parse_amount("10", "USD"), "Laptops", "Prices")
    record_in_kind(gift=gift, by=officer)


@pytest.fixture
def payment(recovery: None, bank: BankAccount, officer: User) -> SecretariatPayment:
    lines = {"AGR-2026-0001": parse_amount("84", "USD")}
    return prepare_payment(bank_account=bank, paid_on=date(2026, 4, 2), lines=lines, by=officer)


@pytest.fixture
def paid_payment(payment: SecretariatPayment, approver: User) -> None:
    approve_payment(payment, by=approver)


@pytest.fixture
def attachment(agreement: Agreement, officer: User) -> Attachment:
    file = ContentFile(b"%PDF-1.7 signed", name="agreement.pdf")
    return attach(agreement, file=file, description="The agreement", by=officer)


@pytest.fixture(params=CHANGES, ids=lambda change: change.path)
def change(request: pytest.FixtureRequest) -> Change:
    found: Change = request.param
    for name in found.fixtures.split():
        request.getfixturevalue(name)
    return found


@pytest.fixture
def reader(change: Change, request: pytest.FixtureRequest) -> Client:
    client: Client = request.getfixturevalue(change.reader)
    return client


def find_key(response: Any) -> str:
    """The key that a page offers, or nothing."""
    found = re.search(r'name="retry_key" value="([0-9a-f-]{36})"', response.content.decode())
    return found[1] if found else ""


def test_a_form_sent_again_leads_where_it_led_and_other_content_is_refused(change: Change, reader: Client) -> None:
    sent = change.sent | {"retry_key": find_key(reader.get(change.page))}
    first = reader.post(change.path, sent)
    acts = AuditRecord.objects.count()
    again = reader.post(change.path, sent, follow=True)
    assert (first.status_code, again.redirect_chain) == (302, [(first["Location"], 302)])
    assert "This was recorded already: " in again.content.decode()
    other = reader.post(change.path, sent | {"more": "1"})
    assert (other.status_code, AuditRecord.objects.count(), Answer.objects.count()) == (422, acts, 1)
    assert "This was sent before with other content, and that was recorded" in other.content.decode()
    assert find_key(other) != sent["retry_key"]
    assert bool(find_key(other)) != change.once


def test_a_form_without_a_key_is_refused_and_shown_with_one(change: Change, reader: Client) -> None:
    acts = AuditRecord.objects.count()
    for key in ("", "no key"):
        answer = reader.post(change.path, change.sent | {"retry_key": key})
        page = answer.content.decode()
        assert (answer.status_code, AuditRecord.objects.count(), Answer.objects.count()) == (422, acts, 0)
        assert "The form did not arrive whole: nothing was recorded." in page
        assert all(value in page for value in change.sent.values())
    assert reader.post(change.path, change.sent | {"retry_key": find_key(answer)}).status_code == 302


# Each download of the book leaves a record with the sum of what was sent.
@pytest.mark.parametrize(("path", "records"), [("/reports/book/download/", 2), ("/reports/audit-workbook/", 0)])
def test_what_is_asked_for_by_a_form_and_changes_nothing_needs_no_key(
    receipt: Receipt, auditor_client: Client, path: str, records: int
) -> None:
    acts = AuditRecord.objects.count()
    sent = {"since": "2026-01-01", "until": "2026-06-01", "retry_key": ""}
    assert [auditor_client.post(path, sent).status_code for _ in range(2)] == [200, 200]
    assert (AuditRecord.objects.count(), Answer.objects.count()) == (acts + records, 0)


GIFT = "/receipts/new/?donor=CAN"


def test_a_changed_amount_under_a_used_key_is_refused_and_what_was_typed_stays(
    canada: Donor, bank: BankAccount, officer_client: Client
) -> None:
    sent = RECEIPT | {"retry_key": str(uuid4())}
    officer_client.post(GIFT, sent)
    other = officer_client.post(GIFT, sent | {"amount": "51", "reference": "B-10"})
    assert 'value="51"' in other.content.decode()
    assert "that was recorded: RCT-2026-0001 is recorded." in str(other.context["form"].non_field_errors())
    officer_client.post(GIFT, sent | {"amount": "51", "reference": "B-10", "retry_key": find_key(other)})
    assert Receipt.objects.count() == 2


def test_a_refused_form_keeps_its_key_and_its_correction_uses_it(
    canada: Donor, bank: BankAccount, officer_client: Client
) -> None:
    sent = RECEIPT | {"retry_key": str(uuid4())}
    refused = [officer_client.post(GIFT, sent | wrong) for wrong in ({"amount": "x"}, {"received_on": "2025-01-01"})]
    assert [(answer.status_code, find_key(answer)) for answer in refused] == [(422, sent["retry_key"])] * 2
    assert officer_client.post(GIFT, sent).status_code == 302


def test_another_persons_key_is_refused(
    canada: Donor, bank: BankAccount, officer_client: Client, sign_in: Callable[[User], Client]
) -> None:
    sent = RECEIPT | {"retry_key": str(uuid4())}
    officer_client.post(GIFT, sent)
    other = User.objects.create_user("other")
    other.groups.set(User.objects.get(username="officer").groups.all())
    answer = sign_in(other).post(GIFT, sent)
    assert (answer.status_code, Receipt.objects.count()) == (422, 1)
    assert "Its key is another person" in answer.content.decode()


def test_the_address_is_part_of_the_content(
    canada: Donor, acme: Donor, bank: BankAccount, officer_client: Client
) -> None:
    sent = RECEIPT | {"retry_key": str(uuid4())}
    officer_client.post(GIFT, sent)
    assert officer_client.post("/receipts/new/?donor=ACME", sent).status_code == 422


def test_a_retry_is_answered_even_where_its_agreement_stands_no_more(
    receipt: Receipt, agreement: Agreement, officer_client: Client
) -> None:
    path, sent = "/receipts/new/?agreement=AGR-2026-0001", RECEIPT | {"retry_key": str(uuid4())}
    first = officer_client.post(path, sent)
    Agreement.objects.update(cancelled_on="2026-06-01")
    assert officer_client.post(path, sent)["Location"] == first["Location"] == "/receipts/RCT-2026-0002/"
