"""The pages of runs and bank events, and the checklist: what is shown before posting, who may, what is said."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from fund.models import (
    Agreement,
    Allocation,
    Amendment,
    AuditRecord,
    BankAccount,
    BankReconciliation,
    Disbursement,
    Donor,
    Interest,
    NoInterest,
    Project,
    Receipt,
    Recovery,
    Revaluation,
    SecretariatPayment,
)
from fund.operations.deposits import record_deposit
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.receipts import Facts, record_gift
from fund.operations.reconciliations import withdraw_reconciliation
from fund.operations.recoveries import Terms, run_recovery, set_recovery_terms
from fund.operations.secretariat import prepare_payment
from fund.operations.treasury import add_rate
from fund.queries.period_end import find_steps
from fund.queries.statements import make_statement
from ledger.money import parse_amount
from ledger.periods import Period
from ledger.queries import entries
from tests.deeds import return_deposit
from tests.shorthand import run

FUND = "AGR-2026-0001"
STATEMENT = {"bank_account": "CITI-USD", "dated_on": "2026-01-31", "reference": "1", "balance": "50"}
STATEMENT |= {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}


@pytest.fixture
def charged(disbursement: Disbursement, officer: User, approver: User) -> Recovery:
    """ICR-2026-03: 12 per cent of USD 700.00, owed to the Secretariat."""
    approve_disbursement(disbursement, by=approver)
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(12), "expenditure"), by=officer)
    return run_recovery(month="2026-03", by=officer)


@pytest.fixture
def payment(charged: Recovery, bank: BankAccount, officer: User) -> SecretariatPayment:
    lines = {FUND: parse_amount("84", "USD")}
    return prepare_payment(bank_account=bank, paid_on=date(2026, 4, 2), lines=lines, by=officer)


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_revaluation_is_shown_and_then_posted_as_it_was_shown(
    cad_agreement: Agreement, officer_client: Client
) -> None:
    page = read(officer_client, "/revaluations/new/?month=2026-03")
    assert all(figure in page for figure in ("CAD\xa01,000.00", "0.75", "730.00", "750.00", "20.00"))
    answer = officer_client.post("/revaluations/new/?month=2026-03", {"month": "2026-03"}, follow=True)
    assert answer.redirect_chain == [("/revaluations/REV-2026-03/", 302)]
    assert "20.00" in answer.content.decode()
    assert "Nothing to post" in read(officer_client, "/revaluations/new/?month=2026-03")


def test_a_missing_rate_is_named_with_the_way_to_add_it(cad_agreement: Agreement, officer_client: Client) -> None:
    page = read(officer_client, "/revaluations/new/?month=2026-05")
    assert "No CAD rate of" in page
    assert "/rates/new/?currency=CAD" in page
    answer = officer_client.post("/revaluations/new/?month=2026-05", {"month": "2026-05"})
    assert (answer.status_code, Revaluation.objects.count()) == (422, 0)


def test_interest_is_shown_with_the_balances_that_it_comes_from(receipt: Receipt, officer_client: Client) -> None:
    query = "/interest/new/?bank_account=CITI-USD&month=2026-03&amount=10"
    page = read(officer_client, query)
    assert all(figure in page for figure in (FUND, "186,000.00", "31", "6,000.00", "10.00"))
    sent = {"bank_account": "CITI-USD", "month": "2026-03", "amount": "10"}
    assert officer_client.post(query, sent)["Location"] == "/interest/INT-2026-03/"
    answer = officer_client.get(query)
    assert answer.status_code == 422
    assert "CITI-USD has interest of 2026-03 already: INT-2026-03." in answer.content.decode()


def test_a_link_fills_a_form_in_without_complaining_of_the_rest(bank: BankAccount, officer_client: Client) -> None:
    page = read(officer_client, "/interest/new/?bank_account=CITI-USD&month=2026-03")
    assert 'value="2026-03"' in page
    assert "Nothing was posted" not in page


def test_what_a_run_lacks_is_said_and_nothing_is_posted(
    allocation: Allocation, bank: BankAccount, officer: User, approver: User, officer_client: Client
) -> None:
    line = Line(FUND, allocation.project, "Travel", parse_amount("3000", "USD"))
    paid = prepare_disbursement(payee="X", bank_account=bank, paid_on=date(2026, 3, 20), lines=[line], by=officer)
    approve_disbursement(paid, by=approver)
    set_recovery_terms(fund=FUND, terms=Terms(date(2026, 1, 15), Decimal(100), "expenditure"), by=officer)
    before = entries().count()
    page = read(officer_client, "/indirect-cost/new/?month=2026-03")
    assert "CYB-01 lacks USD 1,000.00 of AGR-2026-0001 for it." in page
    assert "/allocations/new/?fund=AGR-2026-0001&amp;project=CYB-01" in page
    answer = officer_client.post("/indirect-cost/new/", {"month": "2026-03"})
    assert "CYB-01 has USD 2,000.00 of AGR-2026-0001 left" in answer.content.decode()
    assert (answer.status_code, entries().count()) == (422, before)


def test_terms_are_set_on_a_small_form_and_shown_with_the_agreement(
    agreement: Agreement, officer_client: Client
) -> None:
    url = f"/sub-funds/{FUND}/indirect-cost/"
    sent = {"starts_on": "2026-01-15", "rate": "7.5", "base": "expenditure", "exempt": "100", "ceiling": "5000"}
    assert 'value="2026-01-15"' in read(officer_client, url)
    assert officer_client.post(url, sent)["Location"] == f"/sub-funds/{FUND}/"
    assert "USD\xa05,000.00" in read(officer_client, f"/sub-funds/{FUND}/")
    assert "7.50 per cent of expenditure from 2026-01-15" in read(officer_client, f"/agreements/{FUND}/")
    assert officer_client.get("/sub-funds/GENERAL/indirect-cost/").status_code == 404
    officer_client.post(url, {"starts_on": "2026-02-15", "rate": "5", "base": "receipt"})
    records = AuditRecord.objects.filter(act="set recovery terms", subject=FUND)
    assert list(records.values_list("detail", flat=True)) == [
        "5.00 per cent of receipt from 2026-02-15",
        "7.50 per cent of expenditure from 2026-01-15, the first USD 100.00 free, at most USD 5,000.00",
    ]


def test_a_payment_is_prepared_with_what_is_owed_and_approved_by_another(
    charged: Recovery, bank: BankAccount, officer_client: Client, approver_client: Client
) -> None:
    page = read(officer_client, "/secretariat-payments/new/")
    assert all(text in page for text in ('value="84.00"', "USD 84.00 owed."))
    sent = {"bank_account": "CITI-USD", "paid_on": "2026-06-10", f"pays_{FUND}": "84.00"}
    url = officer_client.post("/secretariat-payments/new/", sent)["Location"]
    assert "Approve</button>" not in read(officer_client, url)
    assert officer_client.post(f"{url}approve/").status_code == 403
    assert "Approve</button>" in read(approver_client, url)
    assert approver_client.post(f"{url}approve/").status_code == 302
    assert SecretariatPayment.objects.get().state == "paid"
    again = approver_client.post(f"{url}approve/")
    assert (again.status_code, "is paid already" in again.content.decode()) == (422, True)


def test_a_payment_beyond_what_is_owed_is_refused_beside_its_form(
    charged: Recovery, bank: BankAccount, officer_client: Client
) -> None:
    sent = {"bank_account": "CITI-USD", "paid_on": "2026-06-10", f"pays_{FUND}": "84.01"}
    answer = officer_client.post("/secretariat-payments/new/", sent)
    assert (answer.status_code, SecretariatPayment.objects.count()) == (422, 0)
    assert "owes the Secretariat USD 84.00" in answer.content.decode()


def test_nothing_owed_leads_to_what_charges_it(fund_year: int, officer_client: Client) -> None:
    page = read(officer_client, "/secretariat-payments/new/")
    assert "Nothing is owed to the Secretariat" in page
    assert "/indirect-cost/new/" in page


PAGES = (
    "revaluations",
    "indirect-cost",
    "interest",
    "bank-charges",
    "bank-reconciliations",
    "transfers",
    "in-kind",
    "secretariat-payments",
)


@pytest.mark.parametrize("page", PAGES)
def test_lists_say_what_to_do_and_who_may_not_is_refused(
    page: str, fund_year: int, officer_client: Client, auditor_client: Client, donor_client: Client
) -> None:
    assert "Nothing yet" in read(officer_client, f"/{page}/")
    assert f'href="/{page}/new/"' in read(officer_client, f"/{page}/")
    assert f'href="/{page}/new/"' not in read(auditor_client, f"/{page}/")
    before = entries().count()
    assert auditor_client.get(f"/{page}/new/").status_code == 403
    assert auditor_client.post(f"/{page}/new/", {"month": "2026-03"}).status_code == 403
    assert donor_client.get(f"/{page}/").status_code == 403
    assert entries().count() == before


def test_reversals_are_refused_to_who_only_reads(charged: Recovery, auditor_client: Client) -> None:
    url = f"/indirect-cost/{charged}/"
    assert "Reverse…" not in read(auditor_client, url)
    answer = auditor_client.post(f"{url}reverse/", {"on": "2026-06-01", "reason": "x"})
    charged.refresh_from_db()
    assert (answer.status_code, charged.reversed_on) == (403, None)


def test_what_is_in_kind_is_a_line_of_its_own_on_the_donors_statement(
    acme: Donor, project: Project, fund_year: int, officer: User, officer_client: Client
) -> None:
    gift = Gift(acme, project, date(2026, 5, 4), parse_amount("2500", "USD"), "Laptops", "Price list")
    record_in_kind(gift=gift, by=officer)
    statement = make_statement(acme, as_of=date(2026, 6, 1))
    assert (statement.given_in_kind, statement.figures.received, statement.spent) == (250000, 0, 0)
    assert make_statement(acme, as_of=date(2026, 5, 3)).in_kind == ()
    page = read(officer_client, reverse("portal:donor-statement", args=["ACME"]))
    assert all(text in page for text in ("INK-2026-0001", "Laptops", "Price list", "2,500.00"))


class TestChecklist:
    @pytest.fixture(autouse=True)
    def spring(self) -> Iterator[None]:
        with time_machine.travel(datetime(2026, 4, 15, 12, tzinfo=UTC)):
            yield

    @pytest.fixture
    def gift(self, acme: Donor, bank: BankAccount, officer: User) -> Receipt:
        """USD 50.00 in CITI-USD in January."""
        facts = Facts(bank, date(2026, 1, 10), parse_amount("50", "USD"), "G")
        return record_gift(donor=acme, facts=facts, by=officer)

    def find_counts(self, client: Client) -> dict[str, int]:
        return {step.name + step.account: step.count for step, _url in client.get("/period-end/").context["steps"]}

    def test_each_step_has_its_count_and_where_to_act(
        self, cad_agreement: Agreement, gift: Receipt, cad_bank: BankAccount, officer: User, officer_client: Client
    ) -> None:
        assert self.find_counts(officer_client) == {
            "statementCITI-USD": 1,
            "statementRBC-CAD": 0,
            "unidentified": 0,
            "approval": 0,
            "reports": 0,
            "overdue": 0,
            "pledges": 0,
            "interestCITI-USD": 1,
            "interestRBC-CAD": 0,
            "recovery": 0,
            "revaluation": 0,
            "check": 1,
        }
        page = read(officer_client, "/period-end/")
        assert "/bank-reconciliations/new/?bank_account=CITI-USD&amp;dated_on=2026-01-31" in page
        assert "/interest/new/?bank_account=CITI-USD&amp;month=2026-01" in page
        assert ("It held nothing" in page, page.count("1 open"), page.count("Done")) == (True, 3, 9)
        assert "Still open:" in read(officer_client, "/closing/")

    def test_what_waits_what_is_overdue_and_what_is_not_charged_counts(
        self, spent_by_terms: None, cad_agreement: Agreement, prepared_amendment: Amendment
    ) -> None:
        steps = [{step.name.value: step.count for step in find_steps(Period(2026, month))} for month in (2, 3)]
        counts = [[found[name] for name in ("approval", "overdue", "recovery")] for found in steps]
        assert counts == [[0, 1, 0], [1, 1, 1]]

    def test_every_unidentified_deposit_of_the_month_counts(
        self, bank: BankAccount, officer: User, officer_client: Client
    ) -> None:
        for on in (date(2026, 1, 10), date(2026, 1, 31), date(2026, 2, 1)):
            record_deposit(facts=Facts(bank, on, parse_amount("50", "USD"), f"D-{on}"), by=officer)
        returned = record_deposit(facts=Facts(bank, date(2026, 1, 5), parse_amount("7", "USD"), "D"), by=officer)
        return_deposit(returned, on=date(2026, 1, 6), reason="not ours", by=officer)
        assert self.find_counts(officer_client)["unidentified"] == 2

    def test_steps_are_done_one_after_the_other_and_closing_warns_no_more(
        self, cad_agreement: Agreement, gift: Receipt, cad_bank: BankAccount, officer: User, officer_client: Client
    ) -> None:
        add_rate(currency="CAD", effective_on=date(2026, 1, 31), rate=Decimal("0.74"), by=officer)
        assert self.find_counts(officer_client)["revaluation"] == 1
        sent = {"bank_account": "CITI-USD", "month": "2026-01"}
        for url, form in (
            ("/bank-reconciliations/new/", STATEMENT),
            ("/revaluations/new/", {"month": "2026-01"}),
            ("/interest/none/", sent),
            ("/period-end/check/", {"month": "2026-01"}),
        ):
            assert officer_client.post(url, form).status_code == 302
        assert set(self.find_counts(officer_client).values()) == {0}
        assert "Still open:" not in read(officer_client, "/closing/")
        page = read(officer_client, "/period-end/")
        assert ("None, as marked" in page, "Every step is done." in page) == (True, True)

    def test_a_later_posting_asks_for_the_statement_again_until_another_is_reconciled(
        self, gift: Receipt, bank: BankAccount, acme: Donor, officer: User, officer_client: Client
    ) -> None:
        officer_client.post("/bank-reconciliations/new/", STATEMENT)
        assert self.find_counts(officer_client)["statementCITI-USD"] == 0
        later = Facts(bank, date(2026, 1, 31), parse_amount("7", "USD"), "H")
        record_gift(donor=acme, facts=later, by=officer)
        assert self.find_counts(officer_client)["statementCITI-USD"] == 1
        page = read(officer_client, "/period-end/")
        assert "The books had USD 50.00 when it was reconciled, and have USD 57.00 now" in page
        assert '<a href="/bank-reconciliations/BRC-2026-0001/">Look</a>' in page
        withdraw_reconciliation(BankReconciliation.objects.get(), on=date(2026, 4, 15), reason="Late", by=officer)
        officer_client.post("/bank-reconciliations/new/", STATEMENT | {"balance": "57"})
        assert self.find_counts(officer_client)["statementCITI-USD"] == 0

    def test_a_later_entry_asks_for_the_check_again(
        self, agreement: Agreement, bank: BankAccount, officer_client: Client, canada: Donor
    ) -> None:
        officer_client.post("/period-end/check/", {"month": "2026-01"})
        assert self.find_counts(officer_client)["check"] == 0
        sent = {"donor": "CAN", "announced_on": "2026-02-01", "amount_0": "5", "amount_1": "USD"}
        officer_client.post("/pledges/new/", sent)
        assert self.find_counts(officer_client)["check"] == 1

    def test_a_problem_is_named_and_stays_open(self, receipt: Receipt, officer_client: Client) -> None:
        Receipt.objects.update(amount=Decimal(5))
        answer = officer_client.post("/period-end/check/", {"month": "2026-01"}, follow=True)
        assert 'class="message error"' in answer.content.decode()
        assert "RCT-2026-0001" in answer.content.decode()
        assert self.find_counts(officer_client)["check"] == 1

    def test_closing_stays_possible_with_what_is_open(self, bank: BankAccount, officer_client: Client) -> None:
        assert officer_client.post("/closing/", {"period": "2026-01"}).status_code == 302

    def test_an_auditor_reads_it_and_acts_on_nothing(self, bank: BankAccount, auditor_client: Client) -> None:
        page = read(auditor_client, "/period-end/")
        assert "/interest/new/" not in page
        assert auditor_client.post("/period-end/check/", {"month": "2026-01"}).status_code == 403
        sent = {"bank_account": "CITI-USD", "month": "2026-01"}
        assert auditor_client.post("/interest/none/", sent).status_code == 403
        assert not NoInterest.objects.exists()

    def test_without_a_year_it_says_what_to_do(self, officer_client: Client) -> None:
        assert "No month is due" in read(officer_client, "/period-end/")


class TestCommands:
    def test_each_posts_once_by_its_key(
        self, charged: Recovery, bank: BankAccount, cad_bank: BankAccount, officer: User
    ) -> None:
        acts: tuple[tuple[str, tuple[Any, ...], str], ...] = (
            ("record_interest", ("CITI-USD", "2026-03", "10"), "INT-2026-03 is posted: USD 10.00 in CITI-USD.\n"),
            ("record_interest", ("RBC-CAD", "2026-03", "none"), "RBC-CAD is marked: no interest in 2026-03.\n"),
            ("record_bank_charge", ("CITI-USD", date(2026, 4, 2), "5", "Fees"), "BCH-2026-0001 is posted.\n"),
        )
        for name, arguments, said in acts:
            count = entries().count()
            first = run(name, *arguments, by="officer", key=name + str(arguments[0]))
            assert first == said
            assert entries().count() - count == int("none" not in arguments)
            assert run(name, *arguments, by="officer", key=name + str(arguments[0])) == said
            assert entries().count() - count == int("none" not in arguments)

    def test_a_run_says_what_it_posted_or_that_there_is_nothing(self, cad_agreement: Agreement, officer: User) -> None:
        assert run("revalue", "2026-03", by="officer") == "REV-2026-03 is posted: USD 20.00 unrealised.\n"
        for name, message in (("revalue", "nothing to post"), ("recover_indirect_cost", "nothing to post")):
            with pytest.raises(CommandError, match=message):
                call_command(name, "2026-03", by="officer")

    def test_an_account_that_is_not_there_is_refused_with_those_that_are(self, bank: BankAccount) -> None:
        with pytest.raises(CommandError, match="There are: CITI-USD"):
            run("record_interest", "X", "2026-03", "10")
        assert not Interest.objects.exists()

    def test_only_a_finance_officer_runs_them(self, bank: BankAccount, auditor: User, officer: User) -> None:
        with pytest.raises(CommandError, match="officer"):
            run("revalue", "2026-03", by="auditor")
