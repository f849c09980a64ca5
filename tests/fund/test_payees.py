"""Payees: who is paid."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import CodeTaken, NotPermitted, ValueInvalid
from fund.models import Payee
from fund.operations.payees import add_payee
from ledger.errors import Refused


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


def test_an_approver_adds_none(approver: User) -> None:
    with pytest.raises(NotPermitted):
        add_payee(code="UNODC", name="UN Office", by=approver)
