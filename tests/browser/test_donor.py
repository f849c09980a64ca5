"""A donor's path: the own statement, and nothing else."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import GROUPS
from tests.browser.conftest import Enter
from tests.browser.small_fund import People

pytestmark = pytest.mark.browser


def test_donor_signs_in_and_reads_the_own_statement(small_fund: People, sign_in: Enter) -> None:
    page = sign_in("donor")
    assert page.url.endswith("/statement/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Canada")
    main = page.get_by_role("main")
    for figure in ("50,000.00", "10,000.00", "5,000.00", "950.00"):
        expect(main).to_contain_text(figure)
    expect(main).not_to_contain_text("ACME")
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)


def test_donor_is_refused_every_page_of_the_officers(small_fund: People, enter: Enter) -> None:
    page = enter("donor")
    page.goto("/statement/")
    for group in ("contributions", "programme", "books", "reports"):
        for address in GROUPS[group]:
            if address.reader == "donor" or address.name == "fund:overview" or address.name.startswith("portal:"):
                continue
            answer = page.request.get(address.url)
            assert answer.status in (403, 404), address


def test_donor_is_refused_the_statement_of_another(small_fund: People, enter: Enter) -> None:
    page = enter("donor")
    assert page.request.get("/donors/ACME/statement/").status == 404
    assert page.request.get("/donors/CAN/statement/").status == 200
    assert page.request.get("/reports/statements/ACME.xlsx").status == 404
