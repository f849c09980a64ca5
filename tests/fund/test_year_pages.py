import pytest
from django.contrib.auth.models import User
from django.test import Client

from fund.models import AuditRecord, Receipt
from ledger.queries import open_years


def test_years_are_listed_with_who_opened_them_and_how_many_entries_they_have(
    receipt: Receipt, officer: User, auditor_client: Client
) -> None:
    User.objects.filter(pk=officer.pk).update(first_name="Maria Silva")
    answer = auditor_client.get("/years/")
    (year,) = answer.context["years"]
    assert (year.year, year.person, year.count) == (2026, "Maria Silva", 2)
    content = answer.content.decode()
    assert 'href="/journal/?since=2026-01-01&amp;until=2026-12-31"' in content
    assert "Open a year" not in content


def test_the_next_year_is_offered(fund_year: int, officer_client: Client) -> None:
    assert officer_client.get("/years/").context["form"]["year"].value() == 2027


def test_the_first_year_offered_is_this_one(officer_client: Client) -> None:
    answer = officer_client.get("/years/")
    assert answer.context["form"]["year"].value() == 2026
    assert "No year is open yet" in answer.content.decode()


def test_an_officer_opens_a_year(fund_year: int, officer_client: Client) -> None:
    answer = officer_client.post("/years/", {"year": "2027"}, follow=True)
    assert answer.redirect_chain == [("/years/", 302)]
    assert "2027 is open." in answer.content.decode()
    assert open_years() == [2026, 2027]


@pytest.mark.parametrize(
    ("year", "message"),
    [
        ("2026", "2026 is open already."),
        ("1", "not a year of the books"),
        ("99999999999999999999", "not a year of the books"),
        ("next", "whole number"),
        ("", "required"),
    ],
)
def test_a_year_that_is_refused_is_not_opened(fund_year: int, officer_client: Client, year: str, message: str) -> None:
    records = AuditRecord.objects.count()
    answer = officer_client.post("/years/", {"year": year})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert answer.context["form"]["year"].value() == year
    assert open_years() == [2026]
    assert AuditRecord.objects.count() == records


@pytest.mark.parametrize("client_name", ["approver_client", "auditor_client", "donor_client"])
@pytest.mark.parametrize("year", ["2027", "nonsense"])
def test_only_officers_open_years(client_name: str, year: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(client_name)
    assert client.post("/years/", {"year": year}).status_code == 403
    assert open_years() == []


def test_a_donor_does_not_see_the_years(donor_client: Client) -> None:
    assert donor_client.get("/years/").status_code == 403
