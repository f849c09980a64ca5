"""Statements of banks beside the books: what agrees is recorded, what does not is refused, what was wrong withdrawn."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from fund.errors import BalancesDiffer, NotPermitted, RunTwice, StateUnfit, ValueInvalid
from fund.models import AuditRecord, BankAccount, BankReconciliation, BankReconciliationLine, Receipt, Refusal
from fund.operations.bank_charges import record_bank_charge
from fund.operations.reconciliations import (
    BankStatement,
    Difference,
    record_reconciliation,
    withdraw_reconciliation,
)
from ledger.errors import Refused
from ledger.money import Amount
from ledger.queries import entries
from tests.lifted import lifted
from tests.shorthand import cad, check, run, usd

MARCH = date(2026, 3, 31)
CHEQUE = Difference("Cheque 17, not debited yet", usd("-120"))
URL = "/bank-reconciliations/BRC-2026-0001/"
SENT = {"bank_account": "CITI-USD", "dated_on": "2026-03-31", "reference": "3/2026", "balance": "6,120.00"}
SENT |= {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
SENT |= {"lines-0-text": CHEQUE.text, "lines-0-amount": "-120"}


def reconcile(bank: BankAccount, by: User, balance: Amount, *lines: Difference, on: date = MARCH) -> BankReconciliation:
    return record_reconciliation(statement=BankStatement(bank, on, "3/2026", balance), lines=lines, by=by)


@pytest.fixture
def reconciled(receipt: Receipt, bank: BankAccount, officer: User) -> BankReconciliation:
    """BRC-2026-0001 of 31 March: the bank's USD 6,120.00 and a cheque of 120.00 are the books' 6,000.00."""
    return reconcile(bank, officer, usd("6120"), CHEQUE)


def charge(bank: BankAccount, by: User, on: date = MARCH) -> None:
    record_bank_charge(bank_account=bank, charged_on=on, amount=usd("5"), description="Fees", by=by)


def test_what_agrees_is_recorded_and_posts_nothing(
    receipt: Receipt, bank: BankAccount, cad_bank: BankAccount, officer: User
) -> None:
    before = entries().count()
    # An account may be overdrawn at the bank; one that never moved has a statement too.
    overdrawn = reconcile(bank, officer, usd("-0.01"), Difference("In transit", usd("6000.01")))
    empty = reconcile(cad_bank, officer, cad("0"))
    assert [str(one) for one in (overdrawn, empty)] == ["BRC-2026-0001", "BRC-2026-0002"]
    assert (str(overdrawn.booked.amount), str(empty.booked.amount)) == ("6000.00", "0.00")
    assert (entries().count(), check()) == (before, [])
    record = AuditRecord.objects.get(subject="BRC-2026-0001")
    assert record.detail.startswith("CITI-USD, 2026-03-31: USD -0.01 at the bank, USD 6,000.00 in the books; lines: ")
    assert '"balance": "USD -0.01"' in record.after


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"balance": usd("6120.01")}, BalancesDiffer, r"lines make USD 6,000\.01: USD -0\.01 is .* USD -120\.01\."),
        ({"lines": ()}, BalancesDiffer, r"The books have USD 6,000\.00 in CITI-USD at the end of 2026-03-31"),
        ({"on": date(2026, 2, 28)}, BalancesDiffer, r"The books have USD 0\.00"),
        ({"balance": cad("6120")}, ValueInvalid, "in USD: so are all amounts"),
        ({"lines": (Difference("Cheque", cad("-120")),)}, ValueInvalid, "in USD: so are all amounts"),
        ({"lines": (CHEQUE, Difference("Nothing", usd("0")))}, ValueInvalid, "zero explains nothing"),
        ({"lines": (Difference(" ", usd("-120")),)}, ValueInvalid, "needed"),
        ({"reference": ""}, ValueInvalid, "needed"),
        ({"on": date(2026, 6, 16)}, ValueInvalid, "2026-06-15 or earlier"),
        ({"on": date(2025, 3, 31)}, ValueInvalid, "The books have no 2025. Their years are: 2026"),
    ],
)
def test_what_does_not_agree_is_refused_with_what_would(
    facts: dict[str, Any], error: type[Refused], message: str, receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    said: dict[str, Any] = {"on": MARCH, "reference": "3/2026", "balance": usd("6120"), "lines": (CHEQUE,)} | facts
    statement = BankStatement(bank, said["on"], said["reference"], said["balance"])
    with pytest.raises(error, match=message):
        record_reconciliation(statement=statement, lines=said["lines"], by=officer)
    assert not BankReconciliation.objects.exists()


def test_one_stands_per_account_and_day_until_it_is_withdrawn(
    reconciled: BankReconciliation, bank: BankAccount, officer: User, auditor: User
) -> None:
    with pytest.raises(RunTwice, match="reconciled at 2026-03-31 already: BRC-2026-0001"):
        reconcile(bank, officer, usd("6000"))
    twin = BankReconciliation(bank_account=bank, dated_on=MARCH, number="BRC-2026-0002", created_by=officer)
    twin.balance, twin.booked = reconciled.balance, reconciled.booked
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    with pytest.raises(NotPermitted):
        withdraw_reconciliation(reconciled, on=MARCH, reason="A slip", by=auditor)
    with pytest.raises(ValueInvalid, match="not come yet"):
        withdraw_reconciliation(reconciled, on=date(2099, 1, 1), reason="A slip", by=officer)
    withdraw_reconciliation(reconciled, on=MARCH, reason="A slip", by=officer)
    with pytest.raises(StateUnfit, match="withdrawn on 2026-03-31 already"):
        withdraw_reconciliation(reconciled, on=MARCH, reason="A slip", by=officer)
    assert str(reconcile(bank, officer, usd("6000"))) == "BRC-2026-0002"
    assert check() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda: BankReconciliation.objects.update(balance=Decimal(7)), "lines make USD -113.00, the books had USD"),
        (lambda: BankReconciliation.objects.update(reference="4"), "another reference than the audit record"),
        (lambda: BankReconciliation.objects.update(withdrawn_on=MARCH), "no audit record of “withdraw reconciliation”"),
        (lambda: BankReconciliationLine.objects.update(text="X"), "BRC-2026-0001 has other lines than its audit"),
        (lambda: BankReconciliationLine.objects.all().delete(), "lines make USD 6,120.00, the books had USD 6,000.00"),
    ],
)
def test_what_was_changed_past_the_acts_is_found(
    change: Callable[[], object], problem: str, reconciled: BankReconciliation
) -> None:
    with lifted():
        change()
    assert any(problem in found for found in check()), check()


def test_an_officer_records_what_the_statement_says_and_reads_the_comparison(
    receipt: Receipt, officer_client: Client
) -> None:
    page = officer_client.get("/bank-reconciliations/new/?bank_account=CITI-USD&dated_on=2026-03-31").content.decode()
    assert "The books have USD\xa06,000.00 in CITI-USD at the end of 2026-03-31." in page
    answer = officer_client.post("/bank-reconciliations/new/", SENT | {"balance": "6000"})
    assert (answer.status_code, Refusal.objects.count()) == (422, 1)
    assert "or leave the lines out." in answer.content.decode()
    answer = officer_client.post("/bank-reconciliations/new/", SENT, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    for text in ("USD\xa06,120.00", CHEQUE.text, "−120.00", "USD\xa06,000.00", "Reconciled"):
        assert text in answer.content.decode()
    assert 'bank_account=CITI-USD">2026-03-31</a>' in officer_client.get("/bank-accounts/").content.decode()
    assert f'href="{URL}"' in officer_client.get("/bank-reconciliations/").content.decode()


def test_a_page_says_that_the_books_moved_since_and_withdraws(
    reconciled: BankReconciliation,
    bank: BankAccount,
    cad_bank: BankAccount,
    officer: User,
    officer_client: Client,
    auditor_client: Client,
    count_queries: Callable[[Client, str], int],
) -> None:
    assert "The books have" not in auditor_client.get(URL).content.decode()
    few = count_queries(auditor_client, "/bank-reconciliations/")
    for account, balance, day in ((bank, usd("6000"), 30), (cad_bank, cad("0"), 31)):
        reconcile(account, officer, balance, on=date(2026, 3, day))
    assert count_queries(auditor_client, "/bank-reconciliations/") == few
    charge(bank, officer)
    page = auditor_client.get(URL).content.decode()
    assert ("The books have USD\xa05,995.00 at the end of 2026-03-31 now" in page, "Withdraw…" in page) == (True, False)
    for url in (URL, "/bank-reconciliations/?bank_account=CITI-USD"):
        assert "The books moved since" in auditor_client.get(url).content.decode()
    assert URL not in auditor_client.get("/bank-reconciliations/?bank_account=RBC-CAD").content.decode()
    sent = {"on": "2026-06-15", "reason": "A charge came late"}
    assert auditor_client.post(f"{URL}withdraw/", sent).status_code == 403
    assert "is withdrawn." in officer_client.post(f"{URL}withdraw/", sent, follow=True).content.decode()
    assert "The books have" not in auditor_client.get(URL).content.decode()


def test_a_command_records_it_once_by_its_key(receipt: Receipt, officer: User) -> None:
    facts = ("CITI-USD", "2026-03-31", "3/2026", "6120", "--line=Cheque = 17=-120")
    said = [run("record_reconciliation", *facts, by="officer", key="march") for _ in range(2)]
    assert said == ["BRC-2026-0001 is recorded: CITI-USD is reconciled at 2026-03-31.\n"] * 2
    assert BankReconciliationLine.objects.get().text == "Cheque = 17"
    with pytest.raises(CommandError, match=r"Write it like “Cheque 17=-120\.00”"):
        run("record_reconciliation", *facts, "--line=Cheque", by="officer")
