"""Payees: who is paid, under which name, and how a new one comes in."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import CodeTaken, NotPermitted, StateUnfit, ValueInvalid
from fund.models import AuditRecord, BankAccount, BankDetails, Disbursement, Obligation, Payee
from fund.operations.approvals import reject
from fund.operations.bank_details import approve_bank_details
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement
from fund.operations.payees import add_payee, change_payee
from fund.queries.changes import add_changes
from ledger.errors import Refused
from ledger.money import parse_amount
from ledger.queries import entries
from tests.deeds import make_approvers


def test_a_payee_has_a_code_and_a_name(officer: User) -> None:
    payee = add_payee(code="unodc", name=" UN Office on  Drugs and Crime", country="AUT", by=officer)
    assert (payee.code, str(payee), payee.country) == ("UNODC", "UN Office on Drugs and Crime", "AUT")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"code": "UNODC", "name": "Other"}, CodeTaken),
        ({"code": "OTHER", "name": "un office"}, CodeTaken),
        ({"code": "a b", "name": "Other"}, ValueInvalid),
        ({"code": "OTHER", "name": ""}, ValueInvalid),
        ({"code": "OTHER", "name": "Other", "country": "XYZ"}, ValueInvalid),
    ],
)
def test_what_cannot_be_is_refused(facts: dict[str, Any], error: type[Refused], officer: User) -> None:
    add_payee(code="UNODC", name="UN Office", by=officer)
    with pytest.raises(error):
        add_payee(**facts, by=officer)
    assert Payee.objects.count() == 1


def test_an_approver_adds_and_changes_none(payee: Payee, approver: User) -> None:
    with pytest.raises(NotPermitted):
        add_payee(code="UNODC", name="UN Office", by=approver)
    with pytest.raises(NotPermitted):
        change_payee(payee, name="Else", country="", by=approver)


def test_a_payment_to_a_new_name_adds_the_payee(disbursement: Disbursement) -> None:
    assert (disbursement.payee.code, disbursement.payee.name) == ("WINGS", "Wings")
    assert AuditRecord.objects.filter(act="add payee", subject="WINGS", detail="Wings").count() == 1


def test_a_payment_to_a_known_name_or_payee_adds_nobody(
    disbursement: Disbursement, bank: BankAccount, officer: User
) -> None:
    [line] = [Line(line.fund, line.project, "Travel", parse_amount("1", "USD")) for line in disbursement.lines.all()]
    facts: dict[str, Any] = {"bank_account": bank, "paid_on": disbursement.paid_on, "lines": [line], "by": officer}
    found = [prepare_disbursement(payee=payee, **facts).payee for payee in (" wings ", disbursement.payee)]
    assert [*found, *Payee.objects.all()] == [disbursement.payee] * 3


def test_a_refused_payment_adds_no_payee(disbursement: Disbursement, bank: BankAccount, officer: User) -> None:
    [line] = [Line(line.fund, line.project, "Travel", parse_amount("9000", "USD")) for line in disbursement.lines.all()]
    with pytest.raises(Refused):
        prepare_disbursement(payee="New", bank_account=bank, paid_on=disbursement.paid_on, lines=[line], by=officer)
    assert [payee.name for payee in Payee.objects.all()] == ["Wings"]


def test_a_change_is_recorded_with_what_was_before(payee: Payee, officer: User) -> None:
    change_payee(payee, name="Wings Ltd", country="GTM", by=officer)
    [recorded] = add_changes(AuditRecord.objects.filter(act="change payee"))
    assert recorded.changes == [("Country", "", "Guatemala"), ("Name", "Wings", "Wings Ltd")]
    add_payee(name="Else", by=officer)
    with pytest.raises(CodeTaken):
        change_payee(payee, name="ELSE", country="", by=officer)


def test_a_name_stays_once_an_approver_may_have_read_it_and_the_country_may_change(
    disbursement: Disbursement, officer: User, settings: Any
) -> None:
    settings.TWO_APPROVERS_FROM = 1
    for approver in make_approvers():
        with pytest.raises(StateUnfit, match="DSB-2026-0001 names Wings: this name stays, unless that waits and is"):
            change_payee(disbursement.payee, name="Other", country="", by=officer)
        approve_disbursement(disbursement, by=approver)
    assert entries().get(kind="disbursement").payee == "Wings"
    assert change_payee(disbursement.payee, name="Wings", country="GTM", by=officer).country == "GTM"


def test_a_contract_keeps_its_payees_name_and_a_rejected_payment_does_not(
    disbursement: Disbursement, obligation: Obligation, officer: User, approver: User
) -> None:
    reject(disbursement, reason="Not ours", by=approver)
    assert change_payee(disbursement.payee, name="Wings Ltd", country="", by=officer).name == "Wings Ltd"
    with pytest.raises(StateUnfit, match="OBL-2026-0001"):
        change_payee(obligation.payee, name="Else", country="", by=officer)


def test_a_name_stays_once_bank_details_are_asked_for(details: BankDetails, officer: User, approver: User) -> None:
    payee = Payee.objects.get()
    for decide in (lambda: None, lambda: approve_bank_details(details, by=approver)):
        decide()
        with pytest.raises(StateUnfit, match="BNK-2026-0001 is the account of Wings"):
            change_payee(payee, name="Else", country="", by=officer)
    assert change_payee(payee, name="Wings", country="GTM", by=officer).country == "GTM"
