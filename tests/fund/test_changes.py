"""What an act changed is part of its audit record: before and after, and nobody changes the record."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from fund.models import Approval, AuditRecord, Disbursement, Donor, Pledge, Refusal
from fund.operations.disbursements import approve_disbursement
from fund.operations.donors import change_donor
from fund.operations.pledges import withdraw_pledge


def changes(act: str) -> dict[str, tuple[str, str]]:
    found = AuditRecord.objects.get(act=act).changes
    return {name: (before, after) for name, before, after in found}


def test_a_new_document_was_nothing_before(pledge: Pledge) -> None:
    assert AuditRecord.objects.get(act="announce pledge").before == ""
    found = changes("announce pledge")
    assert found["Amount"] == ("", "USD 100000")
    assert found["Donor"] == ("", "Canada")
    assert found["Announced on"] == ("", "2026-01-05")


def test_only_what_changed_is_kept(pledge: Pledge, officer: User) -> None:
    withdraw_pledge(pledge, on=date(2026, 2, 1), reason="gone", by=officer)
    assert changes("withdraw pledge") == {"Withdrawn on": ("", "2026-02-01")}


def test_a_decision_keeps_the_state_before_and_after(disbursement: Disbursement, approver: User) -> None:
    approve_disbursement(disbursement, by=approver)
    found = changes("approve disbursement")
    assert found["State"] == ("prepared", "paid")
    assert found["Decided by"] == ("", "approver")


def test_a_donor_who_is_renamed_keeps_the_old_name_in_the_record(canada: Donor, officer: User) -> None:
    found = Donor.objects.get(pk=canada.pk)
    change_donor(found, name="Kanada", donor_class="state_party", country="CAN", by=officer)
    assert changes("change donor") == {"Name": ("Canada", "Kanada")}


def test_what_changed_is_shown_and_found(canada: Donor, officer: User, auditor_client: Client) -> None:
    change_donor(Donor.objects.get(pk=canada.pk), name="Kanadá", donor_class="state_party", country="CAN", by=officer)
    page = auditor_client.get("/audit-trail/?q=kanad").content.decode()
    assert "<del>Canada</del>" in page
    assert "<ins>Kanadá</ins>" in page


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
