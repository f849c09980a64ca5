from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from fund.models import Donor, Receipt
from fund.operations.people import add_person

SignIn = Callable[[User], Client]

OWN = "/statement/"


def statement_of(code: str) -> str:
    return reverse("portal:donor-statement", args=[code])


def excel_of(code: str) -> str:
    return reverse("reports:statement-xlsx", args=[code])


def test_a_donor_reads_the_own_statement(receipt: Receipt, donor_client: Client) -> None:
    page = donor_client.get(OWN)
    assert page.status_code == 200
    assert page.context["statement"].donor.code == "CAN"
    for text in ("Statement of Canada", "10,000.00", "6,000.00", "4,000.00", "AGR-2026-0001/2", "RCT-2026-0001"):
        assert text in page.content.decode()


def test_a_donor_learns_nothing_of_another_one(acme: Donor, donor_client: Client) -> None:
    for address in (statement_of("ACME"), excel_of("ACME"), statement_of("NOBODY"), excel_of("NOBODY")):
        assert donor_client.get(address).status_code == 404
    assert donor_client.get(statement_of("CAN")).status_code == 200
    assert donor_client.get(excel_of("CAN")).status_code == 200


@pytest.mark.parametrize("name", ["index", "totals", "audit-workbook"])
def test_a_donor_sees_no_reports(donor_client: Client, name: str) -> None:
    assert donor_client.get(reverse(f"reports:{name}")).status_code == 403


def test_a_donor_cannot_download_the_book(donor_client: Client) -> None:
    assert donor_client.post(reverse("reports:book")).status_code == 403
    assert donor_client.post(reverse("reports:audit-workbook")).status_code == 403


@pytest.mark.parametrize("role", ["Finance officer", "Approver", "Auditor"])
def test_officers_and_auditors_read_every_statement(canada: Donor, sign_in: SignIn, role: str) -> None:
    client = sign_in(add_person("reader", role=role)[0])
    assert client.get(statement_of("CAN")).status_code == 200
    assert client.get(excel_of("CAN")).status_code == 200
    assert client.get(statement_of("NOBODY")).status_code == 404
    assert client.get(OWN).status_code == 404


def test_a_stranger_signs_in_first(canada: Donor, client: Client) -> None:
    for address in (OWN, statement_of("CAN"), excel_of("CAN")):
        page = client.get(address)
        assert page.status_code == 302
        assert page.headers["Location"].startswith(reverse("account_login"))


def test_who_lost_the_access_reads_nothing_more(donor_user: User, donor_client: Client) -> None:
    donor_user.donor_access.delete()
    assert donor_client.get(OWN).status_code == 404
    assert donor_client.get(statement_of("CAN")).status_code == 404
    assert donor_client.get(excel_of("CAN")).status_code == 404


def test_a_statement_of_another_day_leads_to_excel_of_that_day(receipt: Receipt, donor_client: Client) -> None:
    page = donor_client.get(OWN, {"as_of": "2026-02-28"})
    assert page.context["statement"].figures.received == 0
    assert f"{excel_of('CAN')}?as_of=2026-02-28" in page.content.decode()


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday", "2026-02-30", "0000-00-00"])
def test_a_day_that_is_none_is_refused(canada: Donor, donor_client: Client, day: str) -> None:
    page = donor_client.get(OWN, {"as_of": day})
    assert page.status_code == 422
    assert page.context["form"].errors["as_of"]
    assert donor_client.get(excel_of("CAN"), {"as_of": day}).status_code == 400


@pytest.mark.parametrize("code", ["%00", "can", "CAN'--", "%F0%9F%92%A3", "C" * 500])
def test_what_is_no_code_is_nobodys(auditor_client: Client, code: str) -> None:
    assert auditor_client.get(f"/donors/{code}/statement/").status_code == 404
    assert auditor_client.get(f"/reports/statements/{code}.xlsx").status_code == 404


def test_before_there_was_a_fund_there_was_nothing(receipt: Receipt, donor_client: Client) -> None:
    page = donor_client.get(OWN, {"as_of": "0001-01-01"})
    assert (page.status_code, page.context["statement"].agreements) == (200, ())


def test_a_donor_without_anything_has_an_empty_statement(canada: Donor, donor_client: Client) -> None:
    page = donor_client.get(OWN)
    assert page.status_code == 200
    assert "Nothing was signed yet." in page.content.decode()
    assert donor_client.get(excel_of("CAN")).status_code == 200


def test_the_excel_has_the_figures_of_the_page(receipt: Receipt, donor_client: Client) -> None:
    sent = donor_client.get(excel_of("CAN"), {"as_of": "2026-03-01"})
    assert sent.headers["Content-Disposition"] == 'attachment; filename="statement-CAN-2026-03-01.xlsx"'
    book = openpyxl.load_workbook(BytesIO(sent.getvalue()))
    facts = {row[0]: row[1] for row in book["Statement"].iter_rows(min_row=5, max_col=2, values_only=True)}
    assert (facts["Signed"], facts["Received"], facts["Outstanding"]) == (10000, 6000, 4000)
    assert not [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    instalments = list(book["Instalments"].iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in instalments] == ["AGR-2026-0001/1", "AGR-2026-0001/2"]
    assert [row[-1] for row in instalments] == ["Settled", "To come"]
