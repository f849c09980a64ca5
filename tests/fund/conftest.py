"""A small fund, made through the fund's own operations: who works in it, its accounts, a donor, a first agreement."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import (
    Advance,
    AdvanceReport,
    Agreement,
    Allocation,
    Amendment,
    Application,
    BankAccount,
    BankDetails,
    Disbursement,
    Donor,
    ManualEntry,
    Milestone,
    Obligation,
    Payee,
    Pledge,
    Project,
    Receipt,
    Refund,
    Screening,
    WriteOff,
)
from fund.operations.advance_reports import Spent, record_report
from fund.operations.advances import Line as AdvancedLine
from fund.operations.advances import approve_advance, prepare_advance
from fund.operations.agreements import Due, Earmark, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.amendments import Term, prepare_amendment
from fund.operations.applications import Word, apply_unapplied
from fund.operations.bank_details import Account, prepare_bank_details
from fund.operations.deposits import record_deposit
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.donors import add_donor
from fund.operations.manual_entries import Line as Posting
from fund.operations.manual_entries import approve_manual_entry, prepare_manual_entry
from fund.operations.milestones import plan_milestone
from fund.operations.obligations import record_obligation
from fund.operations.payees import add_payee
from fund.operations.people import add_person
from fund.operations.pledges import announce_pledge
from fund.operations.projects import ProjectFacts, add_project
from fund.operations.receipts import Facts, record_receipt
from fund.operations.refunds import approve_refund, prepare_refund
from fund.operations.screenings import record_screening
from fund.operations.treasury import add_bank_account, add_rate, open_year
from fund.operations.write_offs import approve_write_off, prepare_write_off
from ledger.money import Amount, parse_amount
from tests.deeds import allocate, sign_agreement


def usd(text: str) -> Amount:
    return parse_amount(text, "USD")


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


@pytest.fixture
def officer(db: None) -> User:
    return add_person("officer", role="Finance officer")[0]


@pytest.fixture
def approver(db: None) -> User:
    return add_person("approver", role="Approver")[0]


@pytest.fixture
def auditor(db: None) -> User:
    return add_person("auditor", role="Auditor")[0]


@pytest.fixture
def donor_user(canada: Donor) -> User:
    return add_person("canadian", donor=canada)[0]


class Browser(Client):
    """Sends forms as a page does, each with a key of its own unless the test gives one."""

    def post(self, path: str, data: Any = None, *args: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().post(path, {"retry_key": str(uuid4())} | (data or {}), *args, **options)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser of its own for each person."""

    def sign_in(user: User) -> Client:
        client = Browser()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def officer_client(officer: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(officer)


@pytest.fixture
def approver_client(approver: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(approver)


@pytest.fixture
def auditor_client(auditor: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(auditor)


@pytest.fixture
def donor_client(donor_user: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(donor_user)


@pytest.fixture
def fund_year(officer: User) -> int:
    open_year(2026, by=officer)
    return 2026


@pytest.fixture
def bank(fund_year: int, officer: User) -> BankAccount:
    return add_bank_account(code="CITI-USD", name="Citibank New York", currency="USD", by=officer)


@pytest.fixture
def canada(officer: User) -> Donor:
    return add_donor(code="CAN", name="Canada", donor_class="state_party", country="CAN", by=officer)


@pytest.fixture
def pledge(fund_year: int, canada: Donor, officer: User) -> Pledge:
    """PLG-2026-0001: USD 100,000.00, nothing of it signed."""
    return announce_pledge(donor=canada, announced_on=date(2026, 1, 5), amount=usd("100000"), by=officer)


@pytest.fixture
def agreement(fund_year: int, canada: Donor, officer: User) -> Agreement:
    """AGR-2026-0001: USD 10,000.00, due on 1 March and 1 July, earmarked without limits, nothing received."""
    return sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=usd("10000"),
        instalments=[Due(date(2026, 3, 1), usd("6000")), Due(date(2026, 7, 1), usd("4000"))],
        earmark=Earmark(),
        reference="CAN/2026/7",
        by=officer,
    )


@pytest.fixture
def receipt(agreement: Agreement, bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001: the agreement's first instalment, on the day."""
    facts = Facts(bank, date(2026, 3, 1), usd("6000"), "BANK-1")
    return record_receipt(agreement=agreement, facts=facts, by=officer)


@pytest.fixture
def conditional(fund_year: int, canada: Donor, officer: User) -> Agreement:
    """AGR-2026-0001: USD 1,000.00, due on 1 March, earmarked without limits, deferred, nothing received."""
    return sign_agreement(
        donor=canada,
        signed_on=date(2026, 1, 15),
        amount=usd("1000"),
        instalments=[Due(date(2026, 3, 1), usd("1000"))],
        recognition="as_conditions_met",
        earmark=Earmark(),
        by=officer,
    )


@pytest.fixture
def deposit(bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001: USD 50.00 of nobody knows whom, on 2 March."""
    return record_deposit(facts=Facts(bank, date(2026, 3, 2), usd("50"), "D-1"), by=officer)


@pytest.fixture
def overpaid(agreement: Agreement, bank: BankAccount, officer: User) -> Receipt:
    """RCT-2026-0001: USD 10,100.00 of AGR-2026-0001, which is owed 10,000.00: 100.00 beyond AGR-2026-0001/2."""
    facts = Facts(bank, date(2026, 3, 1), usd("10100"), "BANK-1")
    return record_receipt(agreement=agreement, facts=facts, by=officer, accept_excess=True)


@pytest.fixture
def application(overpaid: Receipt, agreement: Agreement, bank: BankAccount, officer: User) -> Application:
    """APL-2026-0001: USD 40.00 of what is unapplied, as a gift to the pool."""
    return apply_unapplied(
        source=agreement.instalments.get(position=2),
        amount=usd("40"),
        on=date(2026, 3, 9),
        word=Word("L-1", date(2026, 3, 8)),
        bank_account=bank,
        by=officer,
    )


@pytest.fixture
def milestone(conditional: Agreement, officer: User) -> Milestone:
    """AGR-2026-0001/M1: USD 400.00 of what is deferred, planned."""
    return plan_milestone(conditional, title="Course held", due_on=date(2026, 5, 1), amount=usd("400"), by=officer)


@pytest.fixture
def project(officer: User) -> Project:
    facts = ProjectFacts("Cyber security training", [15, 16], ["GTM"], date(2026, 1, 1))
    return add_project(code="CYB-01", facts=facts, by=officer)


@pytest.fixture
def allocation(receipt: Receipt, project: Project, officer: User) -> Allocation:
    """ALC-2026-0001: USD 5,000.00 of AGR-2026-0001, which has 6,000.00, for CYB-01."""
    lines = {"AGR-2026-0001": usd("5000")}
    return allocate(project=project, decided_on=date(2026, 3, 10), lines=lines, by=officer)


@pytest.fixture
def prepared_agreement(fund_year: int, canada: Donor, officer: User) -> Agreement:
    """AGR-2026-0001: USD 100.00, due on 1 March, earmarked without limits; it awaits approval."""
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("100"), "earmark": Earmark()}
    dues = [Due(date(2026, 3, 1), usd("100"))]
    return prepare_agreement(donor=canada, instalments=dues, reference="CAN/9", by=officer, **facts)


@pytest.fixture
def prepared_amendment(agreement: Agreement, officer: User) -> Amendment:
    """AGR-2026-0001/A1: the second instalment lowered to USD 3,000.00, a third of 500.00; it awaits approval."""
    terms = [Term(date(2026, 8, 1), usd("3000"), "AGR-2026-0001/2"), Term(date(2026, 12, 1), usd("500"))]
    return prepare_amendment(agreement, amended_on=date(2026, 3, 5), note="By letter", terms=terms, by=officer)


@pytest.fixture
def prepared_allocation(receipt: Receipt, project: Project, officer: User) -> Allocation:
    """ALC-2026-0001: USD 5,000.00 of AGR-2026-0001, which has 6,000.00, for CYB-01; it awaits approval."""
    lines = {"AGR-2026-0001": usd("5000")}
    return prepare_allocation(project=project, decided_on=date(2026, 3, 10), lines=lines, by=officer)


@pytest.fixture
def disbursement(allocation: Allocation, bank: BankAccount, officer: User) -> Disbursement:
    """DSB-2026-0001: USD 700.00 of the allocation, prepared by the officer, not decided."""
    line = Line("AGR-2026-0001", allocation.project, "Travel", usd("700"))
    return prepare_disbursement(payee="Wings", bank_account=bank, paid_on=date(2026, 3, 20), lines=[line], by=officer)


@pytest.fixture
def obligation(allocation: Allocation, officer: User) -> Obligation:
    """OBL-2026-0001: USD 2,000.00 of the allocation's 5,000.00, let on 15 March for training."""
    return record_obligation(
        project=allocation.project,
        payee="SecureTrain SA",
        purpose="Training of analysts",
        category="Contractual",
        let_on=date(2026, 3, 15),
        ends_on=date(2026, 12, 31),
        lines={"AGR-2026-0001": usd("2000")},
        by=officer,
    )


@pytest.fixture
def payee(officer: User) -> Payee:
    return add_payee(code="WINGS", name="Wings", by=officer)


@pytest.fixture
def details(fund_year: int, payee: Payee, officer: User) -> BankDetails:
    """BNK-2026-0001: an account of Wings from 1 March on, prepared by the officer, not decided."""
    facts = Account("Wings Ltd", "GB82 WEST 1234 5698 7654 32", "West Bank", "GBR", "USD", "WESTGB2L")
    return prepare_bank_details(payee, facts=facts, valid_from=date(2026, 3, 1), by=officer)


@pytest.fixture
def match(payee: Payee, officer: User) -> Screening:
    """A possible match of Wings on 1 June, recorded by the officer, not cleared."""
    facts: dict[str, Any] = {"list_name": "A list", "result": "possible", "note": "The same name"}
    return record_screening(payee, screened_on=date(2026, 6, 1), **facts, by=officer)


@pytest.fixture
def partner(officer: User) -> Payee:
    return add_payee(code="UNODC", name="UN Office on Drugs and Crime", by=officer)


@pytest.fixture
def advance(allocation: Allocation, bank: BankAccount, partner: Payee, officer: User) -> Advance:
    """ADV-2026-0001: USD 1,000.00 of the allocation's 5,000.00 for UNODC, prepared by the officer, not decided."""
    lines = [AdvancedLine("AGR-2026-0001", allocation.project, usd("1000"))]
    return prepare_advance(partner=partner, bank_account=bank, paid_on=date(2026, 3, 20), lines=lines, by=officer)


@pytest.fixture
def sent(advance: Advance, approver: User) -> Advance:
    """The same, approved and paid."""
    approve_advance(advance, by=approver)
    return advance


@pytest.fixture
def report(sent: Advance, officer: User) -> AdvanceReport:
    """ADV-2026-0001/R1: USD 600.00 of travel, recorded by the officer, not reviewed."""
    lines = [Spent(sent.lines.get(), "Travel", usd("600"))]
    facts: dict[str, Any] = {"reported_on": date(2026, 4, 10), "certified_by": "Head of finance"}
    return record_report(sent, lines=lines, by=officer, **facts)


@pytest.fixture
def rates(fund_year: int, officer: User) -> int:
    """The open year, with CAD rates that last to the middle of May."""
    for month, rate in (("01", "0.73"), ("02", "0.74"), ("03", "0.75"), ("04", "0.75")):
        add_rate(currency="CAD", effective_on=date.fromisoformat(f"2026-{month}-01"), rate=Decimal(rate), by=officer)
    return fund_year


@pytest.fixture
def acme(officer: User) -> Donor:
    return add_donor(code="ACME", name="ACME Inc.", donor_class="private_sector", by=officer)


@pytest.fixture
def cad_bank(fund_year: int, officer: User) -> BankAccount:
    return add_bank_account(code="RBC-CAD", name="Royal Bank", currency="CAD", by=officer)


@pytest.fixture
def cad_agreement(rates: int, canada: Donor, officer: User) -> Agreement:
    """CAD 1,000.00 at 0.73, due on 15 February, unearmarked: for the pool."""
    amount = parse_amount("1000", "CAD")
    instalments = [Due(date(2026, 2, 15), amount)]
    return sign_agreement(donor=canada, signed_on=date(2026, 1, 15), amount=amount, instalments=instalments, by=officer)


@pytest.fixture
def write_off(agreement: Agreement, officer: User) -> WriteOff:
    """WOF-2026-0001: USD 1,000.00 of the first instalment and 4,000.00 of the second, prepared."""
    lines = {"AGR-2026-0001/1": usd("1000"), "AGR-2026-0001/2": usd("4000")}
    return prepare_write_off(agreement, dated_on=date(2026, 5, 1), grounds="Wound up", lines=lines, by=officer)


@pytest.fixture
def refund(receipt: Receipt, agreement: Agreement, officer: User) -> Refund:
    """RFD-2026-0001: USD 1,000.00 of the 6,000.00 that AGR-2026-0001 has, prepared."""
    word = Word("Note 77", date(2026, 3, 30))
    facts: dict[str, Any] = {"dated_on": date(2026, 4, 1), "word": word, "grounds": "The donor asks for it"}
    return prepare_refund(agreement, amount=usd("1000"), by=officer, **facts)


@pytest.fixture
def manual_entry(receipt: Receipt, officer: User) -> ManualEntry:
    """MAN-2026-0001: USD 20.00 of bank charges out of AGR-2026-0001, prepared."""
    accounts = (("Expenses:BankCharges", 2000), ("Assets:Bank:CITI-USD", -2000))
    lines = [Posting(name, "AGR-2026-0001", Amount(minor, "USD"), minor) for name, minor in accounts]
    return prepare_manual_entry(dated_on=date(2026, 4, 1), grounds="Booked twice", lines=lines, by=officer)


@pytest.fixture
def lost(write_off: WriteOff, approver: User) -> WriteOff:
    """The write-off, approved."""
    approve_write_off(write_off, by=approver)
    return write_off


@pytest.fixture
def agreed(refund: Refund, approver: User) -> Refund:
    """The refund, approved and not paid."""
    approve_refund(refund, by=approver)
    return refund


@pytest.fixture
def entered(manual_entry: ManualEntry, approver: User) -> ManualEntry:
    """The manual entry, approved."""
    approve_manual_entry(manual_entry, by=approver)
    return manual_entry
