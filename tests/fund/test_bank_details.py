"""Bank details: prepared by one person, approved by another, every version kept, and never in the journal."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.errors import NotPermitted, SamePerson, StateUnfit, ValueInvalid
from fund.models import AuditRecord, BankDetails, Disbursement, Donor, Payee
from fund.operations.approvals import reject
from fund.operations.bank_details import Account, approve_bank_details, prepare_bank_details
from fund.operations.people import add_person
from fund.queries.payees import find_details
from ledger.errors import Refused
from ledger.queries import entries

ACCOUNT = Account("Wings Ltd", "GB82 WEST 1234 5698 7654 32", "West Bank", "GBR", "USD")
OTHER = replace(ACCOUNT, account="DE89 3704 0044 0532 0130 00", country="DEU")
APRIL = date(2026, 4, 1)
APPROVE = "/bank-details/BNK-2026-0001/approve/"
SENT = {"holder": "Wings", "account": "GB82 WEST 1234 5698 7654 32", "bank": "West", "country": "GBR"}
SENT |= {"currency": "USD", "valid_from": "2026-06-01"}


@pytest.fixture
def approved(details: BankDetails, approver: User) -> BankDetails:
    assert approve_bank_details(details, by=approver)
    return BankDetails.objects.get()


def test_they_hold_once_another_person_approved_them_and_from_their_day_on(details: BankDetails, approver: User):
    assert find_details(details.recipient, on=APRIL) is None
    approve_bank_details(details, by=approver)
    assert find_details(details.recipient, on=APRIL) == details
    assert find_details(details.recipient, on=date(2026, 2, 28)) is None
    acts = AuditRecord.objects.filter(subject="BNK-2026-0001").order_by("pk")
    assert [(act.act, act.user.username) for act in acts] == [
        ("prepare bank details", "officer"),
        ("approve bank details", "approver"),
    ]
    assert not entries().exists()


def test_the_number_stands_in_no_audit_record(approved: BankDetails) -> None:
    told = AuditRecord.objects.get(act="approve bank details").detail
    assert told.startswith("WINGS, account •••• 5432 from 2026-03-01 (SHA-256 ")
    assert "WEST" not in told


def test_the_earlier_version_holds_until_the_change_is_approved(
    approved: BankDetails, payee: Payee, officer: User, approver: User
) -> None:
    change = prepare_bank_details(payee, facts=OTHER, valid_from=APRIL, by=officer)
    assert find_details(payee, on=APRIL) == approved
    approve_bank_details(change, by=approver)
    assert [find_details(payee, on=on) for on in (APRIL, date(2026, 3, 31))] == [change, approved]


def test_a_donor_has_details_for_refunds(fund_year: int, canada: Donor, officer: User) -> None:
    details = prepare_bank_details(canada, facts=ACCOUNT, valid_from=APRIL, by=officer)
    assert (details.recipient, details.payee) == (canada, None)


@pytest.mark.parametrize(
    ("facts", "day", "error", "message"),
    [
        (replace(ACCOUNT, account="GB82 WEST 1234 5698 7654 33"), APRIL, ValueInvalid, "no IBAN"),
        (replace(ACCOUNT, bic="X"), APRIL, ValueInvalid, "8 or 11"),
        (replace(ACCOUNT, holder=" "), APRIL, ValueInvalid, "This is needed"),
        (replace(ACCOUNT, country=""), APRIL, ValueInvalid, "the country of the bank"),
        (replace(ACCOUNT, currency="ZZZ"), APRIL, ValueInvalid, "not a currency"),
        (replace(ACCOUNT, bic="WESTGB2L", bank="West Bank"), APRIL, StateUnfit, "BNK-2026-0001 has the same account"),
        (OTHER, date(2026, 2, 28), ValueInvalid, "2026-03-01 or later"),
    ],
)
def test_what_cannot_be_is_refused(
    approved: BankDetails, officer: User, facts: Account, day: date, error: type[Refused], message: str
) -> None:
    with pytest.raises(error, match=message):
        prepare_bank_details(approved.recipient, facts=facts, valid_from=day, by=officer)
    assert BankDetails.objects.count() == 1


def test_one_change_waits_at_a_time(details: BankDetails, approver: User, officer: User) -> None:
    with pytest.raises(StateUnfit, match="BNK-2026-0001 waits for a decision already"):
        prepare_bank_details(details.recipient, facts=OTHER, valid_from=APRIL, by=officer)
    reject(details, reason="Not theirs", by=approver)
    assert prepare_bank_details(details.recipient, facts=OTHER, valid_from=APRIL, by=officer).is_waiting


def test_nobody_approves_what_they_prepared_nor_without_the_right(
    details: BankDetails, officer: User, auditor: User
) -> None:
    officer.is_superuser = True
    officer.save()
    with pytest.raises(SamePerson):
        approve_bank_details(details, by=officer)
    with pytest.raises(NotPermitted):
        approve_bank_details(details, by=auditor)
    assert BankDetails.objects.get().is_waiting


def test_a_forged_approval_is_refused_and_nothing_is_written(
    details: BankDetails, officer_client: Client, auditor_client: Client
) -> None:
    assert [client.post(APPROVE).status_code for client in (officer_client, auditor_client)] == [403, 403]
    assert BankDetails.objects.get().is_waiting


def test_an_approver_sees_old_and_new_and_who_asked_for_each_beside_each_other_and_approves(
    approved: BankDetails, payee: Payee, approver_client: Client
) -> None:
    asking = add_person("asking", role="Finance officer")[0]
    change = prepare_bank_details(payee, facts=OTHER, valid_from=APRIL, by=asking)
    page = approver_client.get(change.get_absolute_url())
    assert page.context["rows"][-1][:3] == ("Asked for by", "officer", "asking")
    asked = re.findall(r"<td>(officer|asking)</td>", approver_client.get("/payees/WINGS/").content.decode())
    assert asked[:2] == ["asking", "officer"]
    changed = [str(label) for label, _old, _new, is_other in page.context["rows"] if is_other]
    assert changed == ["Account", "BIC", "Country of the bank"]
    for text in ("GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00", "Asked for by"):
        assert text in page.content.decode()
    done = approver_client.post("/bank-details/BNK-2026-0002/approve/", follow=True)
    assert "BNK-2026-0002 is approved." in done.content.decode()


def test_who_pays_and_approves_nothing_sees_the_end_of_the_number(
    details: BankDetails, auditor_client: Client, donor_client: Client
) -> None:
    for url in ("/payees/WINGS/", "/bank-details/BNK-2026-0001/"):
        page = auditor_client.get(url).content.decode()
        assert "•••• 5432" in page
        assert "WEST1234" not in page.replace(" ", "")
        assert donor_client.get(url).status_code == 403


def test_an_officer_asks_for_a_change_on_the_page_and_a_refused_form_keeps_all(
    fund_year: int, payee: Payee, officer_client: Client
) -> None:
    url = "/payees/WINGS/bank-details/new/"
    refused = officer_client.post(url, SENT | {"account": "GB82 WEST 1234 5698 7654 33"})
    assert refused.status_code == 422
    assert "GB82 WEST 1234 5698 7654 33" in refused.content.decode()
    assert officer_client.post(url, SENT)["Location"] == "/bank-details/BNK-2026-0001/"
    assert "BNK-2026-0001" in officer_client.get("/approvals/").content.decode()


@pytest.mark.parametrize("client", ["approver_client", "auditor_client", "donor_client"])
def test_others_ask_for_none(payee: Payee, client: str, request: pytest.FixtureRequest) -> None:
    answer = request.getfixturevalue(client).post("/payees/WINGS/bank-details/new/", SENT)
    assert (answer.status_code, BankDetails.objects.count()) == (403, 0)


def test_the_page_of_a_payment_shows_where_it_goes_and_what_speaks_against_it(
    disbursement: Disbursement, approver: User, officer: User, approver_client: Client
) -> None:
    def read() -> str:
        text: str = approver_client.get("/disbursements/DSB-2026-0001/").content.decode()
        return text

    assert "No bank details of Wings hold on 2026-03-20." in read()
    details = prepare_bank_details(disbursement.payee, facts=ACCOUNT, valid_from=date(2026, 3, 1), by=officer)
    assert "bank details waits" in read()
    approve_bank_details(details, by=approver)
    page = read()
    assert "GB82 WEST 1234 5698 7654 32" in page
    assert "approved on 2026-06-15, less than 30 days ago" in page
    facts: dict[str, Any] = {"decided_at": "2026-05-16T12:00:00Z"}
    BankDetails.objects.update(**facts)
    assert "less than 30 days ago" not in read()
