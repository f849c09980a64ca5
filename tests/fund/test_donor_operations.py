import pytest
from django.contrib.auth.models import User

from fund.errors import CodeTaken, NotPermitted, ValueInvalid
from fund.models import AuditRecord, Donor
from fund.operations.donors import add_donor, change_donor


def add(
    by: User, code: str = "MEX", name: str = "Mexico", donor_class: str = "state_party", country: str = ""
) -> Donor:
    return add_donor(code=code, name=name, donor_class=donor_class, country=country, by=by)


def test_a_donor_is_kept_with_who_added_it(officer: User) -> None:
    donor = add(officer, code=" mex ", country="mex")
    assert (donor.code, donor.country) == ("MEX", "MEX")
    record = AuditRecord.objects.get(subject="MEX")
    assert (record.user, record.act) == (officer, "add donor")


def test_a_code_belongs_to_one_donor(officer: User) -> None:
    add(officer)
    with pytest.raises(CodeTaken, match="MEX is the code of Mexico") as refusal:
        add(officer, name="Other")
    assert refusal.value.field == "code"


def test_a_name_belongs_to_one_donor_however_it_is_written(officer: User) -> None:
    add(officer)
    with pytest.raises(CodeTaken, match="with the code MEX"):
        add(officer, code="OTHER", name="  MEXICO ")


@pytest.mark.parametrize("code", ["", "-A", "A B", "Ä", "A:B", "A" * 31, "A\x00"])
def test_a_code_that_no_account_can_carry_is_refused(officer: User, code: str) -> None:
    with pytest.raises(ValueInvalid):
        add(officer, code=code)


@pytest.mark.parametrize("name", ["", "   ", "A\x00B", "x" * 201])
def test_a_name_that_cannot_be_shown_is_refused(officer: User, name: str) -> None:
    with pytest.raises(ValueInvalid):
        add(officer, name=name)


@pytest.mark.parametrize("country", ["PRV", "CA", "CANADA", "1"])
def test_a_country_outside_iso_3166_is_refused(officer: User, country: str) -> None:
    with pytest.raises(ValueInvalid, match="ISO 3166-1"):
        add(officer, country=country)


def test_a_class_outside_recommendation_34_is_refused_with_those_there_are(officer: User) -> None:
    with pytest.raises(ValueInvalid, match="State Party, Other State"):
        add(officer, donor_class="friend")


def test_a_change_keeps_the_code(officer: User) -> None:
    donor = change_donor(add(officer), name="México", donor_class="state_party", country="MEX", by=officer)
    assert (donor.code, Donor.objects.get().name) == ("MEX", "México")


def test_a_donors_own_name_can_be_written_otherwise(officer: User) -> None:
    add(officer, code="OTHER", name="Other")
    donor = change_donor(add(officer), name="MEXICO", donor_class="state_party", country="", by=officer)
    assert donor.name == "MEXICO"
    with pytest.raises(CodeTaken, match="Other is a donor already"):
        change_donor(donor, name="other", donor_class="state_party", country="", by=officer)


def test_who_may_only_read_adds_no_donor(auditor: User) -> None:
    with pytest.raises(NotPermitted):
        add(auditor)
