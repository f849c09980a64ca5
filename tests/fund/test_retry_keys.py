"""Every form carries a key: sent again, it leads where it led before; with other content it is refused."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from fund.errors import KeySpent
from fund.models import (
    Advance,
    AdvanceReport,
    Agreement,
    Answer,
    Attachment,
    AuditRecord,
    BankAccount,
    Delegation,
    Disbursement,
    Donor,
    Project,
    Receipt,
    SecretariatPayment,
)
from fund.operations.advance_reports import Verdict, review_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.answers import KEPT, Attempt, Outcome, answer_once
from fund.operations.attachments import attach
from fund.operations.bank_charges import record_bank_charge
from fund.operations.deposits import return_deposit
from fund.operations.disbursements import approve_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.interest import record_interest
from fund.operations.letters import record_letter
from fund.operations.project_closures import close_operations
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.screenings import record_screening
from fund.operations.secretariat import approve_payment, prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account
from fund.views.attempts import read_attempt
from ledger.money import parse_amount

pytestmark = pytest.mark.django_db

ONE_LINE = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
LINE = ONE_LINE | {"lines-0-fund": "AGR-2026-0001", "lines-0-amount": "100"}
REASON = {"reason": "No"}
LEAVE = {"receiver": "officer", "since": "2026-06-15", "until": "2026-06-30", "reason": "Leave"}
ACCEPTANCE = {"on": "2026-06-01", "note": "Held"}
REVERSAL = {"on": "2026-06-01", "reason": "A slip"}
PROJECT = {"title": "Training", "starts_on": "2026-01-01", "countries": "GTM", "recommendations": "15"}
DONOR = {"name": "Peru", "donor_class": "state_party", "country": "PER"}
RECEIPT = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-9", "amount": "50", "charges": ""}
INSTALMENTS = {"instalments-TOTAL_FORMS": "1", "instalments-INITIAL_FORMS": "0", "instalments-0-due_on": "2026-07-01"}
AMENDMENT = INSTALMENTS | {"amended_on": "2026-06-01", "after": "0", "note": "More", "instalments-0-amount": "50"}
MILESTONE = {"title": "Course", "due_on": "2026-07-01", "amount": "5"}
PLEDGE = {"donor": "CAN", "announced_on": "2026-02-01", "amount_0": "5", "amount_1": "USD"}
LAST_DAY = {"expires_on": "2026-12-31", "reason": "Letter 7"}
AGREEMENT = INSTALMENTS | {"donor": "CAN", "signed_on": "2026-02-01", "recognition": "on_signature", "amount_0": "5"}
ALLOCATION = LINE | {"project": "CYB-01", "decided_on": "2026-03-10"}
LETTER = {"donor": "CAN", "sent_on": "2026-06-15", "way": "mail"}
PARTS = ONE_LINE | {"lines-0-place": "AGR-2026-0001/1", "lines-0-amount": "50"}
APPLICATION = {"place": "gift/CAN", "amount": "40", "on": "2026-03-09", "word": "L-1", "word_on": "2026-03-08"}
APPLICATION |= {"bank_account": "CITI-USD"}
MOVE = ALLOCATION | {"project": "BOR-01", "source": "CYB-01"}
CANCELLATION = REVERSAL | {"AGR-2026-0001": "500"}
OBLIGATION = LINE | {"project": "CYB-01", "payee": "Wings", "purpose": "Flights", "category": "Travel"}
OBLIGATION |= {"let_on": "2026-03-12", "ends_on": "2026-12-31"}
BUDGET = ONE_LINE | {"decided_on": "2026-03-12", "lines-0-output": "Analysts are trained", "lines-0-year": "2026"}
BUDGET |= {"lines-0-category": "IndirectCost", "lines-0-amount": "100"}
PAYMENT = LINE | {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-20", "lines-0-project": "CYB-01"}

DETAILS = {"holder": "Wings", "account": "GB82WEST12345698765432", "bank": "West", "country": "GBR"}
DETAILS |= {"currency": "USD", "valid_from": "2026-06-01"}
SCREENING = {"screened_on": "2026-06-01", "list_name": "A list", "result": "possible", "note": "The same name"}

ADVANCE = LINE | {"partner": "UNODC", "bank_account": "CITI-USD", "paid_on": "2026-03-20", "lines-0-project": "CYB-01"}
REPORT = ONE_LINE | {"reported_on": "2026-04-10", "certified_by": "Head", "lines-0-line": "1"}
REPORT |= {"lines-0-category": "Travel", "lines-0-amount": "600"}
REVIEW = {"accepted-1": "500", "question-1": "No invoice"}
BACK = {"bank_account": "CITI-USD", "received_on": "2026-05-04", "reference": "BACK-1", "line-1": "300"}
TERMS = {"starts_on": "2026-02-01", "rate": "7", "base": "expenditure"}
INTEREST = {"bank_account": "CITI-USD", "month": "2026-03", "amount": "10"}
NO_INTEREST = {"bank_account": "CITI-USD", "month": "2026-03"}
CHARGE = {"bank_account": "CITI-USD", "charged_on": "2026-03-05", "amount": "10", "description": "Fees"}
TRANSFER = {"source": "CITI-USD", "target": "B-1", "moved_on": "2026-03-05", "amount": "10", "arrived": "10"}
IN_KIND = {"donor": "CAN", "project": "CYB-01", "received_on": "2026-03-05", "amount_0": "10"}
IN_KIND |= {"description": "Laptops", "measurement": "Prices"}
OF_INSTALMENT = {"dated_on": "2026-05-01", "grounds": "Wound up", "AGR-2026-0001/1": "100"}
GOES_BACK = {"amount_0": "50", "amount_1": "USD", "dated_on": "2026-04-01", "word": "Note 1", "word_on": "2026-03-30"}
GOES_BACK |= {"grounds": "They ask for it"}
BY_HAND = {"dated_on": "2026-04-01", "grounds": "Booked twice", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0"}
BY_HAND |= {"lines-0-account": "Expenses:BankCharges", "lines-0-fund": "AGR-2026-0001", "lines-0-debit": "20"}
BY_HAND |= {"lines-1-account": "Assets:Bank:CITI-USD", "lines-1-fund": "AGR-2026-0001", "lines-1-credit": "20"}
OUT_OF = {"bank_account": "CITI-USD", "paid_on": "2026-04-03"}
PAYS = {"bank_account": "CITI-USD", "paid_on": "2026-06-10", "pays_AGR-2026-0001": "84.00"}


class Change(NamedTuple):
    """A form that changes something: its address, what there has to be before, what it sends, and who sends it."""

    name: str
    path: str
    fixtures: str
    sent: dict[str, str]
    reader: str = "officer_client"
    # Whether it can be done once, so that its button is there no more.
    once: bool = False

    @property
    def page(self) -> str:
        """Where the form stands; a button stands on its document's page."""
        return self.path.removesuffix("approve/").removesuffix("1/end/")


def decisions(name: str, page: str, fixtures: str) -> list[Change]:
    """The two decisions on a document that waits."""
    return [
        Change(f"{name}-approve", f"{page}approve/", fixtures, {}, "approver_client", once=True),
        Change(f"{name}-reject", f"{page}reject/", fixtures, REASON, "approver_client"),
    ]


CHANGES = [
    Change("donor-new", "/donors/new/", "officer", DONOR | {"code": "PER"}),
    Change("donor-edit", "/donors/CAN/edit/", "canada", DONOR),
    Change("pledge-new", "/pledges/new/", "fund_year canada", PLEDGE),
    Change("pledge-last-day", "/pledges/PLG-2026-0001/last-day/", "pledge", LAST_DAY),
    Change("pledge-withdraw", "/pledges/PLG-2026-0001/withdraw/", "pledge", REVERSAL),
    Change("pledge-lapse", "/pledges/PLG-2026-0001/lapse/", "pledge", REVERSAL),
    Change("payee-new", "/payees/new/", "officer", {"name": "Wings"}),
    Change("payee-edit", "/payees/WINGS/edit/", "payee", {"name": "Wings Ltd", "country": "GTM"}),
    Change("payee-bank-details-new", "/payees/WINGS/bank-details/new/", "payee", DETAILS),
    Change("payee-screening-new", "/payees/WINGS/screenings/new/", "payee", SCREENING),
    Change("payee-match-clear", "/payees/WINGS/screenings/clear/", "match", REVERSAL, "approver_client"),
    Change("donor-bank-details-new", "/donors/CAN/bank-details/new/", "canada", DETAILS),
    Change("donor-screening-new", "/donors/CAN/screenings/new/", "canada", SCREENING),
    Change("donor-match-clear", "/donors/CAN/screenings/clear/", "donor_match", REVERSAL, "approver_client"),
    Change("bank-details-approve", "/bank-details/BNK-2026-0001/approve/", "details", {}, "approver_client", once=True),
    Change("bank-details-reject", "/bank-details/BNK-2026-0001/reject/", "details", REASON, "approver_client"),
    Change("agreement-new", "/agreements/new/", "fund_year canada", AGREEMENT | {"amount_1": "USD"}),
    Change("agreement-cancel", "/agreements/AGR-2026-0001/cancel/", "agreement", REVERSAL),
    Change("agreement-amend", "/agreements/AGR-2026-0001/amend/", "agreement", AMENDMENT),
    *decisions("agreement", "/agreements/AGR-2026-0001/", "prepared_agreement"),
    *decisions("amendment", "/agreements/AGR-2026-0001/amendments/1/", "prepared_amendment"),
    Change("milestone-new", "/agreements/AGR-2026-0001/milestones/new/", "conditional", MILESTONE),
    Change("milestone-accept", "/agreements/AGR-2026-0001/milestones/1/accept/", "milestone", ACCEPTANCE),
    Change("milestone-reverse", "/agreements/AGR-2026-0001/milestones/1/reverse/", "milestone", REVERSAL),
    Change("receipt-new", "/receipts/new/?agreement=AGR-2026-0001", "agreement bank", RECEIPT),
    Change("receipt-new", "/receipts/new/?donor=CAN", "canada bank", RECEIPT),
    Change("receipt-reverse", "/receipts/RCT-2026-0001/reverse/", "receipt", REVERSAL),
    Change("deposit-new", "/receipts/new/deposit/", "bank", RECEIPT),
    Change("parts-new", "/receipts/new/parts/", "agreement bank", RECEIPT | PARTS),
    Change("receipt-identify", "/receipts/RCT-2026-0001/identify/", "agreement deposit", PARTS | {"on": "2026-03-09"}),
    Change("receipt-return", "/receipts/RCT-2026-0001/return/", "deposit", REVERSAL),
    Change("receipt-undo", "/receipts/RCT-2026-0001/undo/", "returned", REVERSAL),
    Change("application-new", "/unapplied/new/?of=AGR-2026-0001/2", "overpaid", APPLICATION),
    Change("application-reverse", "/unapplied/APL-2026-0001/reverse/", "application", REVERSAL),
    Change("letter-new", f"/letters/new/?{urlencode(LETTER)}", "agreement", LETTER),
    Change("letter-withdraw", "/letters/LTR-2026-0001/withdraw/", "letter", REVERSAL | {"on": "2026-06-15"}),
    Change("project-new", "/projects/new/", "officer", PROJECT | {"code": "TRN"}),
    Change("project-edit", "/projects/CYB-01/edit/", "project", PROJECT),
    Change("allocation-new", "/allocations/new/", "receipt project", ALLOCATION),
    Change("allocation-reverse", "/allocations/ALC-2026-0001/reverse/", "allocation", REVERSAL),
    *decisions("allocation", "/allocations/ALC-2026-0001/", "prepared_allocation"),
    Change("allocation-return", "/allocations/return/", "allocation", ALLOCATION),
    Change("allocation-move", "/allocations/move/", "allocation border", MOVE),
    Change("obligation-new", "/obligations/new/", "allocation", OBLIGATION),
    Change("obligation-cancel", "/obligations/OBL-2026-0001/cancel/", "obligation", CANCELLATION),
    Change("budget-new", "/projects/CYB-01/budgets/new/", "fund_year project", BUDGET),
    Change("project-close-operations", "/projects/CYB-01/close-operations/", "project", {"on": "2026-06-01"}),
    Change("project-close-accounts", "/projects/CYB-01/close-accounts/", "stopped", {"on": "2026-06-01"}),
    Change("project-reopen", "/projects/CYB-01/reopen/", "stopped", REASON),
    Change("disbursement-new", "/disbursements/new/", "allocation", PAYMENT | {"lines-0-category": "Travel"}),
    *decisions("disbursement", "/disbursements/DSB-2026-0001/", "disbursement"),
    Change("disbursement-reverse", "/disbursements/DSB-2026-0001/reverse/", "paid", REVERSAL),
    Change("advance-new", "/advances/new/", "allocation partner", ADVANCE),
    Change("advance-approve", "/advances/ADV-2026-0001/approve/", "advance", {}, "approver_client", once=True),
    Change("advance-reject", "/advances/ADV-2026-0001/reject/", "advance", REASON, "approver_client"),
    Change("advance-reverse", "/advances/ADV-2026-0001/reverse/", "sent", REVERSAL),
    Change("advance-report-new", "/advances/ADV-2026-0001/reports/new/", "sent", REPORT),
    Change(
        "advance-report-review", "/advances/ADV-2026-0001/reports/1/review/", "report", REVIEW, "approver_client"
    ),
    Change(
        "advance-report-reject", "/advances/ADV-2026-0001/reports/1/reject/", "report", REASON, "approver_client"
    ),
    Change("advance-report-reverse", "/advances/ADV-2026-0001/reports/1/reverse/", "accepted", REVERSAL),
    Change("advance-return-new", "/advances/ADV-2026-0001/returns/new/", "sent", BACK),
    Change("advance-return-reverse", "/advances/ADV-2026-0001/returns/1/reverse/", "came_back", REVERSAL),
    Change("bank-account-new", "/bank-accounts/new/", "fund_year", {"code": "B-1", "name": "Bank", "currency": "USD"}),
    Change("rate-new", "/rates/new/", "fund_year", {"currency": "CAD", "effective_on": "2026-01-01", "rate": "0.7"}),
    Change("year-list", "/years/", "officer", {"year": "2027"}),
    Change("closing-list", "/closing/", "fund_year", {"period": "2026-01"}),
    Change("delegation-list", "/delegations/", "officer", LEAVE, "approver_client"),
    Change("delegation-end", "/delegations/1/end/", "delegation", {}, "approver_client"),
    Change("revaluation-new", "/revaluations/new/?month=2026-03", "cad_agreement", {"month": "2026-03"}),
    Change("revaluation-reverse", "/revaluations/REV-2026-03/reverse/", "revaluation", REVERSAL),
    Change("recovery-new", "/indirect-cost/new/?month=2026-03", "spent_by_terms", {"month": "2026-03"}),
    Change("recovery-reverse", "/indirect-cost/ICR-2026-03/reverse/", "recovery", REVERSAL),
    Change("recovery-terms", "/sub-funds/POOL/indirect-cost/", "fund_year", TERMS),
    Change("interest-new", f"/interest/new/?{urlencode(INTEREST)}", "receipt", INTEREST),
    Change("interest-reverse", "/interest/INT-2026-03/reverse/", "interest", REVERSAL),
    Change("no-interest", "/interest/none/", "bank", NO_INTEREST),
    Change("bank-charge-new", f"/bank-charges/new/?{urlencode(CHARGE)}", "receipt", CHARGE),
    Change("bank-charge-reverse", "/bank-charges/BCH-2026-0001/reverse/", "bank_charge", REVERSAL),
    Change("transfer-new", f"/transfers/new/?{urlencode(TRANSFER)}", "receipt other_bank", TRANSFER),
    Change("transfer-reverse", "/transfers/TRF-2026-0001/reverse/", "transfer", REVERSAL),
    Change("in-kind-new", "/in-kind/new/", "fund_year canada project", IN_KIND | {"amount_1": "USD"}),
    Change("in-kind-reverse", "/in-kind/INK-2026-0001/reverse/", "in_kind", REVERSAL),
    Change("secretariat-payment-new", "/secretariat-payments/new/", "recovery", PAYS),
    *decisions("secretariat-payment", "/secretariat-payments/SEC-2026-0001/", "payment"),
    Change("secretariat-payment-reverse", "/secretariat-payments/SEC-2026-0001/reverse/", "paid_payment", REVERSAL),
    Change("write-off-new", "/write-offs/new/?agreement=AGR-2026-0001", "agreement", OF_INSTALMENT),
    Change("write-off-approve", "/write-offs/WOF-2026-0001/approve/", "write_off", {}, "approver_client", once=True),
    Change("write-off-reject", "/write-offs/WOF-2026-0001/reject/", "write_off", REASON, "approver_client"),
    Change("write-off-reverse", "/write-offs/WOF-2026-0001/reverse/", "lost", REVERSAL),
    Change("refund-new", "/refunds/new/?agreement=AGR-2026-0001", "receipt", GOES_BACK),
    Change("refund-approve", "/refunds/RFD-2026-0001/approve/", "refund", {}, "approver_client", once=True),
    Change("refund-reject", "/refunds/RFD-2026-0001/reject/", "refund", REASON, "approver_client"),
    Change("refund-pay", "/refunds/RFD-2026-0001/pay/", "agreed", OUT_OF),
    Change("refund-reverse", "/refunds/RFD-2026-0001/reverse/", "agreed", REVERSAL),
    Change("manual-entry-new", "/manual-entries/new/", "receipt", BY_HAND),
    Change(
        "manual-entry-approve",
        "/manual-entries/MAN-2026-0001/approve/",
        "manual_entry",
        {},
        "approver_client",
        once=True,
    ),
    Change("manual-entry-reject", "/manual-entries/MAN-2026-0001/reject/", "manual_entry", REASON, "approver_client"),
    Change("manual-entry-reverse", "/manual-entries/MAN-2026-0001/reverse/", "entered", REVERSAL),
    Change("books-check", "/period-end/check/", "fund_year", {"month": "2026-01"}),
    Change("attachment-withdraw", "/attachments/AGR-2026-0001/1/withdraw/", "attachment", REASON),
]  # fmt: skip
# tests/fund/test_attachment_pages.py sends its file twice.
WITH_FILE = {"fund:attachment-new"}
# They send a file, and are forms only because what they ask for takes a while.
READ_ONLY = {"reports:audit-workbook", "reports:book-download"}


def post_names(patterns: Iterable[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The addresses that take a form; a view that is a plain function may."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from post_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif hasattr(getattr(pattern.callback, "view_class", None) or type("View", (), {"post": None}), "post"):
            yield f"{namespace}{pattern.name}"


def test_every_address_that_takes_a_form_is_tested_here_or_changes_nothing() -> None:
    # Signing in and out is the packages' own, and harmless when it is repeated.
    names = {name for name in post_names(get_resolver().url_patterns) if not name.startswith("account_")}
    assert names == {f"fund:{change.name}" for change in CHANGES} | READ_ONLY | WITH_FILE


@pytest.fixture
def paid(disbursement: Disbursement, approver: User) -> Disbursement:
    approve_disbursement(disbursement, by=approver)
    return disbursement


@pytest.fixture
def donor_match(canada: Donor, officer: User) -> None:
    record_screening(canada, screened_on=date(2026, 6, 1), list_name="L", result="possible", note="Name", by=officer)


@pytest.fixture
def accepted(report: AdvanceReport, approver: User) -> None:
    review_report(report, verdicts=[Verdict(parse_amount("600", "USD"))], by=approver)


@pytest.fixture
def came_back(sent: Advance, bank: BankAccount, officer: User) -> None:
    lines = {"ADV-2026-0001/1": parse_amount("300", "USD")}
    record_return(sent, back=Back(bank, date(2026, 5, 4), "BACK-1"), lines=lines, by=officer)


@pytest.fixture
def delegation(approver: User, officer: User) -> Delegation:
    day = timezone.localdate()
    return Delegation.objects.create(pk=1, giver=approver, receiver=officer, since=day, until=day, reason="Leave")


@pytest.fixture
def returned(deposit: Receipt, officer: User) -> Receipt:
    return_deposit(deposit, on=date(2026, 3, 9), reason="Sent by mistake", by=officer)
    return deposit


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
def spent_by_terms(paid: Disbursement, officer: User) -> None:
    terms = Terms(date(2026, 1, 15), Decimal(12), "expenditure")
    set_recovery_terms(fund="AGR-2026-0001", terms=terms, by=officer)


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


def test_a_form_sent_again_leads_where_it_led_and_does_nothing_more(change: Change, reader: Client) -> None:
    sent = change.sent | {"retry_key": find_key(reader.get(change.page))}
    first = reader.post(change.path, sent)
    acts = AuditRecord.objects.count()
    again = reader.post(change.path, sent, follow=True)
    assert (first.status_code, again.redirect_chain) == (302, [(first["Location"], 302)])
    assert "This was recorded already: " in again.content.decode()
    assert (AuditRecord.objects.count(), Answer.objects.count()) == (acts, 1)


def test_the_same_key_with_other_content_is_refused_and_a_fresh_one_offered(change: Change, reader: Client) -> None:
    sent = change.sent | {"retry_key": str(uuid4())}
    reader.post(change.path, sent)
    acts = AuditRecord.objects.count()
    other = reader.post(change.path, sent | {"more": "1"})
    assert (other.status_code, AuditRecord.objects.count()) == (422, acts)
    assert "This was sent before with other content, and that was recorded" in other.content.decode()
    assert find_key(other) != sent["retry_key"]
    assert bool(find_key(other)) != change.once


@pytest.mark.parametrize("key", ["", "no key"])
def test_a_form_without_a_key_is_refused_and_shown_with_one(change: Change, reader: Client, key: str) -> None:
    acts = AuditRecord.objects.count()
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


def make_attempt(content: bytes, user: User) -> Attempt:
    data = {"retry_key": str(uuid4()), "file": SimpleUploadedFile("a.csv", content)}
    request = RequestFactory().post("/somewhere/", data)
    attempt = read_attempt(request, user)
    assert [file.read() for file in request.FILES.getlist("file")] == [content]
    return attempt


def test_the_bytes_of_a_file_are_content_and_can_be_read_afterwards(officer: User) -> None:
    assert make_attempt(b"a", officer).sha256 == make_attempt(b"a", officer).sha256
    assert make_attempt(b"a", officer).sha256 != make_attempt(b"b", officer).sha256


def act(key: str, sha256: str = "") -> bool:
    return answer_once(Attempt(key, "page", sha256), lambda: Outcome("Done."))[1]


def test_old_keys_go_a_few_with_each_new_one() -> None:
    for number in range(30):
        act(f"old-{number}")
    Answer.objects.update(at=timezone.now() - KEPT - timedelta(seconds=1))
    act("new")
    assert Answer.objects.count() == 11
    act("newer")
    assert set(Answer.objects.values_list("key", flat=True)) == {"new", "newer"}


def test_a_key_is_kept_for_thirty_days() -> None:
    act("key")
    Answer.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    act("other")
    assert act("key")
    with pytest.raises(KeySpent, match="If it is meant to be, beside the other, send it again with a new key"):
        act("key", "other content")
