"""What check_ledger finds of what was changed with the database's own rules lifted, and that nothing makes it end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Model
from django.test import Client

from fund.models import (
    Advance,
    Agreement,
    AmendmentLine,
    Approval,
    AuditRecord,
    BankAccount,
    Disbursement,
    ExchangeRate,
    Instalment,
    Payee,
    Pledge,
    RecoveryTerms,
)
from fund.operations.amendments import Term
from fund.operations.recoveries import Terms, set_recovery_terms
from tests.deeds import amend_agreement
from tests.ledger.test_checks import broken
from tests.lifted import lifted
from tests.shorthand import check, usd

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@contextmanager
def undone() -> Iterator[None]:
    """What is done within it is taken back, before the database looks at what names what."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def terms(receipt: Model, officer: User) -> RecoveryTerms:
    return set_recovery_terms(
        fund="AGR-2026-0001", terms=Terms(date(2026, 3, 1), Decimal(7), "expenditure"), by=officer
    )


@pytest.mark.parametrize(
    ("model", "changed", "problem"),
    [
        (ExchangeRate, {"rate": F("rate") + 1}, "The rate of CAD from 2026-01-01, 1.73, is none that an audit record"),
        (ExchangeRate, {"effective_on": date(2026, 1, 2)}, "The rate of CAD from 2026-01-01 was recorded as 0.73, and"),
        (BankAccount, {"name": "Another"}, "The bank account CITI-USD is Another, USD, its audit record has "),
        (RecoveryTerms, {"rate": Decimal(8)}, "The terms of AGR-2026-0001 from 2026-03-01 has another rate than the"),
        (RecoveryTerms, {"fund": "POOL"}, "The terms of AGR-2026-0001 from 2026-03-01 is gone: the audit records have"),
        (
            Instalment,
            {"due_on": date(2026, 3, 2)},
            "Line 1 of AGR-2026-0001 has another due_on than the",
        ),
        (Instalment, {"position": F("position") + 5}, "AGR-2026-0001/1 is not numbered as a part of AGR-2026-0001."),
        (RecoveryTerms, {"created_at": LONG_AGO}, "Terms of AGR-2026-0001 name another person or minute (2020-01-01 "),
        (Approval, {"at": LONG_AGO}, "AGR-2026-0001 has approvals of other people, or times, than"),
        (Approval, {"on_behalf_of": F("by")}, "AGR-2026-0001 was approved in the place of somebody"),
        (Pledge, {"created_at": LONG_AGO}, "PLG-2026-0001 has 2020-01-01 00:00 as the minute"),
        (Agreement, {"decided_at": LONG_AGO}, "AGR-2026-0001 has 2020-01-01 00:00 as the min"),
    ],
)
def test_what_no_entry_says_is_compared_with_the_audit(
    terms: RecoveryTerms,
    pledge: Pledge,
    cad_cash: Model,
    model: type[Model],
    changed: dict[str, Any],
    problem: str,
) -> None:
    assert check() == []
    first = model._default_manager.order_by("pk")[0]
    with lifted():
        model._default_manager.filter(pk=first.pk).update(**changed)
    assert [line for line in check() if line.startswith(problem)]


def test_a_rate_that_was_changed_with_its_record_is_not_that_of_the_entries(cad_cash: Model) -> None:
    ExchangeRate.objects.update(rate=F("rate") + 1)
    with lifted():
        for record in AuditRecord.objects.filter(act="add rate"):
            amount, rest = record.detail.split(" ", 1)
            AuditRecord.objects.filter(pk=record.pk).update(detail=f"{Decimal(amount) + 1} {rest}")
    found = check()
    assert "JE-2026-000001 carries CAD 1,000.00 at USD 730.00, which no rate makes of it" in found[0]


def test_a_due_day_before_an_amendment_is_the_one_that_was_agreed(agreement: Agreement, officer: User) -> None:
    terms = [Term(date(2026, 5, 1), usd("6000"), "AGR-2026-0001/1")]
    amend_agreement(agreement, amended_on=date(2026, 4, 1), note="Later", terms=terms, by=officer)
    assert check() == []
    AmendmentLine.objects.update(due_before=date(2026, 3, 9))
    assert any(line.startswith("AGR-2026-0001/1 was due on 2026-03-09 before it was") for line in check())


def test_the_partner_of_an_advance_is_that_of_its_entries(sent: Advance, payee: Payee, partner: Payee) -> None:
    other = Payee.objects.exclude(pk=partner.pk)[0]
    Advance.objects.update(partner=other)
    assert any(line.startswith(f"ADV-2026-0001 names {other}, its entry ") for line in check())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE {} SET currency = '' WHERE name LIKE 'Income:%'",
            "Income:Contributions:CAN takes any currency: it",
        ),
        (
            "UPDATE {} SET currency = '' WHERE name LIKE '%CITI-USD'",
            "Assets:Bank:CITI-USD takes any currency: it was",
        ),
        (
            "UPDATE {} SET currency = 'CAD' WHERE name LIKE '%:CAN'",
            "Assets:Receivable:CAN takes CAD: it was opened for",
        ),
        (
            "INSERT INTO {0} (name, currency, opened_at) SELECT name || '-2', currency, opened_at FROM {0}",
            "Assets:Bank:CITI-USD-2 is open, and no entry opened it.",
        ),
    ],
)
def test_an_account_of_the_books_is_as_it_was_opened(receipt: Model, change: str, problem: str) -> None:
    with broken(change.format("ledger_account")):
        assert any(line.startswith(problem) for line in check())


@pytest.mark.parametrize(
    ("table", "what"), [("donor", "CAN"), ("project", "CYB-01"), ("payee", "WINGS"), ("bankaccount", "CITI-USD")]
)
def test_a_row_that_is_gone_is_named(pledge: Pledge, disbursement: Disbursement, table: str, what: str) -> None:
    with undone():
        execute(f"DELETE FROM fund_{table} WHERE code = '{what}'")
        found = check()
    assert f"{what} is gone: the audit records have it." in found
    assert any(line.endswith("that is not there.") for line in found)


@pytest.mark.parametrize(
    ("act", "kept", "problem"),
    [
        ("approve advance", {"before": ""}, "ADV-2026-0001 has an audit record that does not go on from that before."),
        ("add payee", {"after": ""}, "The audit record of “add payee” on UNODC keeps nothing of it."),
        ("add payee", {"subject": "ELSE"}, "UNODC has no audit record."),
    ],
)
def test_audit_records_that_were_changed_contradict_one_another(
    payee: Payee, sent: Advance, act: str, kept: dict[str, str], problem: str
) -> None:
    assert check() == []
    last = AuditRecord.objects.filter(act=act).latest("id")
    with lifted():
        AuditRecord.objects.filter(pk=last.pk).update(**kept)
    assert problem in check()


@pytest.mark.parametrize("text", ["{", "7", '{"name": 7}', '{"name"}', '["PAN"]'])
def test_an_audit_record_that_cannot_be_read_is_found_and_shown(
    pledge: Pledge, auditor_client: Client, text: str
) -> None:
    with lifted():
        AuditRecord.objects.filter(subject="PLG-2026-0001").update(after=text)
    assert any(("PLG-2026-0001" in line and "cannot be read" in line) or "has an audit" in line for line in check())
    for path in ("/audit-trail/", "/pledges/PLG-2026-0001/"):
        assert auditor_client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("fund_pledge.announced_on", "2026-13-45"),
        ("fund_pledge.announced_on", "infinity"),
        ("fund_receipt.amount", "abc"),
        ("fund_receipt.amount", "NaN"),
        ("fund_instalment.due_on", "soon"),
        ("fund_numberseries.last", "abc"),
        ("fund_agreement.created_at", "2026-13-45"),
        ("fund_instalment.amount_currency", "??"),
    ],
)
def test_a_value_that_is_none_is_named_and_ends_nothing(
    pledge: Pledge, receipt: Model, column: str, value: str
) -> None:
    table, name = column.split(".")
    if connection.vendor == "sqlite" or value in ("infinity", "NaN", "??"):
        with undone():
            execute(f"UPDATE {table} SET {name} = '{value}'")
            found = check()
        assert value == "??" or any("something else than a value as its" in line for line in found)
