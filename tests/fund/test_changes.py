"""What an act changed is part of its audit record: before and after, and nobody changes the record."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fund.models import Agreement, Approval, AuditRecord, Disbursement, Donor, Pledge, Refusal
from fund.operations.amendments import prepare_amendment
from fund.operations.disbursements import approve_disbursement
from fund.operations.donors import add_donor, change_donor
from fund.operations.pledges import withdraw_pledge
from fund.queries.changes import add_changes


def changes(act: str) -> dict[str, tuple[str, str]]:
    [found] = add_changes(AuditRecord.objects.filter(act=act))
    return {name: (before, after) for name, before, after in found.changes}


def test_a_new_document_was_nothing_before(pledge: Pledge) -> None:
    assert AuditRecord.objects.get(act="announce pledge").before == ""
    found = changes("announce pledge")
    assert found["Amount"] == ("", "USD 100,000.00")
    assert found["Donor"] == ("", "Canada")
    assert found["Announced on"] == ("", "2026-01-05")


def test_only_what_changed_is_kept(pledge: Pledge, officer: User) -> None:
    withdraw_pledge(pledge, on=date(2026, 2, 1), reason="gone", by=officer)
    assert changes("withdraw pledge") == {"Withdrawn on": ("", "2026-02-01")}


def test_a_decision_keeps_the_state_before_and_after(disbursement: Disbursement, approver: User) -> None:
    approve_disbursement(disbursement, by=approver)
    found = changes("approve disbursement")
    assert found["State"] == ("Awaiting approval", "Paid")
    assert found["Decided by"] == ("", "approver")


def test_what_waits_keeps_its_lines_as_they_were_prepared(disbursement: Disbursement) -> None:
    said = "fund AGR-2026-0001, project CYB-01 · Cyber security training, category Travel, amount USD 700.00"
    assert changes("prepare disbursement")["Line 1"] == ("", said)


def test_what_is_prepared_without_lines_shows_none(agreement: Agreement, officer: User) -> None:
    day = date(2027, 1, 1)
    prepare_amendment(agreement, amended_on=date(2026, 3, 5), note="By letter", ends_on=day, by=officer)
    assert not [name for name in changes("prepare amendment") if name.startswith("Line")]


def test_a_donor_who_is_renamed_keeps_the_old_name_in_the_record(canada: Donor, officer: User) -> None:
    found = Donor.objects.get(pk=canada.pk)
    change_donor(found, name="Kanada", donor_class="state_party", country="CAN", by=officer)
    assert changes("change donor") == {"Name": ("Canada", "Kanada")}


def test_what_changed_is_shown_and_found(canada: Donor, officer: User, auditor_client: Client) -> None:
    change_donor(Donor.objects.get(pk=canada.pk), name="Kanadá", donor_class="state_party", country="CAN", by=officer)
    page = auditor_client.get("/audit-trail/?q=kanad").content.decode()
    assert "<del>Canada</del>" in page
    assert "<ins>Kanadá</ins>" in page


STORED = [
    ("prepare agreement", "AGR-2026-0009", "recognition", "on_signature", "On signature"),
    ("prepare agreement", "AGR-2026-0009", "earmarked", "False", "No"),
    ("prepare agreement", "AGR-2026-0009", "earmark_countries", '["CAN", "GTM"]', "Canada, Guatemala"),
    ("prepare agreement", "AGR-2026-0009", "donor", "{donor}", "CAN · Canada"),
    ("prepare agreement", "AGR-2026-0009", "donor", "0", "0"),
    ("prepare agreement", "AGR-2026-0009", "donor", "Kanada", "Kanada"),
    ("approve agreement as the first of two", "AGR-2026-0009", "decided_by", "{officer}", "officer"),
    ("approve advance report, first of two", "ADV-2026-0001/R1", "state", "approved", "Accepted"),
    ("prepare disbursement", "DSB-2026-0001", "decided_at", "2026-06-15 12:00:01.5+00:00", "2026-06-15 12:00 UTC"),
    ("prepare disbursement", "DSB-2026-0001", "amount", "XXX 1", "XXX 1"),
    ("prepare disbursement", "DSB-2026-0001", "a_former_field", "on_signature", "on_signature"),
    ("change donor", "CAN", "donor_class", "state_party", "State Party"),
    ("delegate approval", "officer", "receiver", "{officer}", "officer"),
    ("check something", "X", "state", "approved", "approved"),
]


@pytest.mark.parametrize(("act", "subject", "field", "stored", "shown"), STORED)
def test_a_stored_value_is_shown_as_people_know_it(
    act: str, subject: str, field: str, stored: str, shown: str, canada: Donor, officer: User
) -> None:
    text = json.dumps({field: stored.format(donor=canada.pk, officer=officer.pk)})
    AuditRecord.objects.create(user=officer, act=act, subject=subject, after=text)
    assert changes(act) == {field.replace("_", " ").capitalize(): ("", shown)}
    assert AuditRecord.objects.get(act=act).after == text


def test_a_name_that_is_a_number_is_no_id(canada: Donor, officer: User) -> None:
    add_donor(code="SPORT", name=str(canada.pk), donor_class="private_sector", country="", by=officer)
    after = json.dumps({"donor": str(canada.pk)})
    AuditRecord.objects.create(user=officer, act="announce pledge", subject="PLG-2026-0001", after=after)
    assert changes("announce pledge") == {"Donor": ("", str(canada.pk))}


def test_names_cost_as_much_for_thirty_records_as_for_three(canada: Donor, officer: User) -> None:
    after = json.dumps({"donor": str(canada.pk), "decided_by": str(officer.pk)})
    record = {"user": officer, "act": "prepare agreement", "subject": "AGR-2026-0009", "after": after}
    costs = []
    for more in (3, 27):
        AuditRecord.objects.bulk_create(AuditRecord(**record) for _ in range(more))
        with CaptureQueriesContext(connection) as queries:
            add_changes(AuditRecord.objects.filter(subject="AGR-2026-0009"))
        costs.append(len(queries))
    assert costs == [4, 4]


@pytest.mark.parametrize("model", [AuditRecord, Refusal, Approval])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_it(
    disbursement: Disbursement, approver: User, auditor_client: Client, model: Any, change: str
) -> None:
    auditor_client.post("/disbursements/DSB-2026-0001/approve/")
    approve_disbursement(disbursement, by=approver)
    assert model.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(model._meta.db_table))
