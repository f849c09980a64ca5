"""A finance officer's path, from the first step of a new fund to a payment; an approver lets out what posts."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.small_fund import YEAR, People

pytestmark = pytest.mark.browser


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Types each value into the box with its label."""
    for label, value in values.items():
        page.get_by_role("main").get_by_label(label, exact=True).fill(value)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("main").get_by_label(label, exact=True).select_option(option)


def fill_amount(page: Page, text: str) -> None:
    page.get_by_role("group", name="Amount").get_by_role("textbox").fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def open_new(page: Page, name: str) -> None:
    """From a list of the navigation to the form of a new one, by the key."""
    page.get_by_role("link", name=name, exact=True).click()
    expect_heading(page, name)
    page.wait_for_load_state()
    page.keyboard.press("n")


def begin(page: Page) -> None:
    """The first steps: a year, a bank account."""
    page.get_by_role("link", name="Open a fiscal year").click()
    fill(page, {"Year": str(YEAR)})
    press(page, "Open the year")
    expect(page.get_by_role("status")).to_have_text(f"{YEAR} is open.")
    open_new(page, "Bank accounts")
    fill(page, {"Code": "citi-usd", "Name": "Citibank New York"})
    choose(page, "Currency", "USD")
    press(page, "Add bank account")
    expect_heading(page, "Assets:Bank:CITI-USD")


def add_donor(page: Page) -> None:
    open_new(page, "Donors")
    fill(page, {"Code": "BRA", "Name": "Brazil"})
    choose(page, "Class", "State Party")
    press(page, "Add donor")
    expect_heading(page, "Brazil")


def announce(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="New pledge").click()
    fill(page, {"Announced on": f"{YEAR}-01-05"})
    fill_amount(page, "12,000.00")
    page.keyboard.press("Control+Enter")
    expect_heading(page, f"PLG-{YEAR}-0001")


def sign(page: Page) -> None:
    """An agreement that fulfils the pledge: a wrong sum first, then two instalments with a blank line between."""
    page.get_by_role("main").locator("a.primary").click()
    fill(page, {"Signed on": f"{YEAR}-01-15"})
    page.get_by_label("Earmarked: a sub-fund of its own").check()
    page.get_by_role("button", name="Add an instalment").click()
    lines = page.locator("[data-lines] tbody tr")
    for line, (due, amount) in {0: ("03-01", "7000"), -1: ("09-01", "4000")}.items():
        lines.nth(line).get_by_label("Due on").fill(f"{YEAR}-{due}")
        lines.nth(line).get_by_label("Amount").fill(amount)
    expect(page.locator("output")).to_have_text("Lines: 11,000.00, 1,000.00 still to come")
    press(page, "Prepare")
    expect(page.get_by_role("alert")).to_contain_text("USD 1,000.00 less than the agreement")
    filled = page.locator("[data-lines] tbody tr").filter(has=page.locator("input[value='4000']"))
    filled.get_by_label("Amount").fill("5000")
    expect(page.locator("output")).to_contain_text("as the amount")
    press(page, "Prepare")
    expect_heading(page, f"AGR-{YEAR}-0001")


def receive(page: Page) -> None:
    """Once the agreement is approved, its page leads to its receipts."""
    page.reload()
    page.get_by_role("main").get_by_role("link", name="Record a receipt").click()
    fill(page, {"Received on": f"{YEAR}-03-02", "Amount that arrived": "7000", "Bank reference": "fw 77"})
    press(page, "Post the receipt")
    expect_heading(page, f"RCT-{YEAR}-0001")


def add_project(page: Page) -> None:
    open_new(page, "Projects")
    fill(page, {"Code": "CYB-01", "Title": "Cyber training", "First day": f"{YEAR}-01-01"})
    page.get_by_role("checkbox", name="15.").check()
    page.get_by_label("Find a country").fill("guate")
    page.get_by_role("checkbox", name="Guatemala").check()
    press(page, "Save the project")
    expect_heading(page, "CYB-01")


def allocate(page: Page) -> None:
    open_new(page, "Allocations")
    choose(page, "Project", "CYB-01 · Cyber training")
    fill(page, {"Decided on": f"{YEAR}-04-01"})
    line = page.locator("[data-lines] tbody tr").first
    line.get_by_label("Sub-fund").select_option(f"AGR-{YEAR}-0001")
    line.get_by_label("Amount in USD").fill("6000")
    press(page, "Prepare")
    expect_heading(page, f"ALC-{YEAR}-0001")


def prepare(page: Page) -> None:
    """More than is allocated is refused beside the line, and what was typed is kept."""
    open_new(page, "Disbursements")
    fill(page, {"Payee": "Instructors Ltd", "Day of payment": f"{YEAR}-05-01"})
    choose(page, "Bank account", "CITI-USD")
    line = page.locator("[data-lines] tbody tr").first
    for label, value in {"Sub-fund": f"AGR-{YEAR}-0001", "Project": "CYB-01", "Category": "Travel"}.items():
        line.get_by_label(label).select_option(value)
    box = line.get_by_label("Sub-fund").bounding_box()
    assert box is not None
    assert box["width"] >= 150, "the number of the sub-fund is cut"
    line.get_by_label("Amount").fill("6500")
    press(page, "Prepare")
    expect(page.get_by_role("alert")).to_contain_text("CYB-01 has USD 6,000.00")
    line.get_by_label("Amount").fill("650")
    press(page, "Prepare")
    expect_heading(page, f"DSB-{YEAR}-0001")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def approve(page: Page, number: str) -> None:
    """From the overview, which says what is the approver's to decide."""
    page.goto("/")
    expect(page.get_by_role("heading", name="Yours to decide")).to_be_visible()
    page.get_by_role("link", name=number).click()
    press(page, "Approve")
    expect(page.get_by_role("status").first).to_contain_text("approved and posted")


def expect_chain_and_text(page: Page) -> None:
    """The whole chain beside the document, and one click away the entry as Beancount text."""
    chain = page.get_by_role("complementary", name="Chain")
    for prefix in ("PLG", "AGR", "RCT", "ALC", "DSB"):
        expect(chain).to_contain_text(f"{prefix}-{YEAR}-0001")
    number = f"JE-{YEAR}-000005"
    page.locator("summary").get_by_text(number).click()
    text = page.get_by_role("region", name=f"Beancount text of {number}")
    expect(text).to_contain_text(f"^DSB-{YEAR}-0001")
    expect(text).to_contain_text("Expenses:Projects:CYB-01:Travel")


def test_officer_takes_money_from_the_pledge_to_the_payment(people: People, sign_in: Enter) -> None:
    page = sign_in("officer")
    approver = sign_in("approver")
    for kind, steps in {
        "AGR": (begin, add_donor, announce, sign),
        "ALC": (receive, add_project, allocate),
        "DSB": (prepare,),
    }.items():
        for step in steps:
            step(page)
        approve(approver, f"{kind}-{YEAR}-0001")
    expect_chain_and_text(approver)
    page.get_by_role("link", name="Overview").click()
    for figure in ("12,000.00", "7,000.00", "5,000.00", "6,000.00", "650.00", "6,350.00"):
        expect(page.locator(".stats")).to_contain_text(figure)


def test_form_that_is_pressed_twice_makes_one_document(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    page.goto("/pledges/new/?donor=CAN")
    choose(page, "Donor", "CAN")
    fill(page, {"Announced on": f"{YEAR}-06-01"})
    fill_amount(page, "77")
    page.get_by_role("main").locator("button.primary").dblclick()
    expect_heading(page, f"PLG-{YEAR}-0002")
    page.goto("/pledges/")
    expect(page.get_by_role("row").filter(has_text="77.00")).to_have_count(1)


def test_auditor_reads_everything_and_is_offered_nothing_to_change(small_fund: People, enter: Enter) -> None:
    page = enter("auditor")
    page.goto("/")
    addresses = [link.get_attribute("href") or "" for link in page.get_by_role("navigation").get_by_role("link").all()]
    assert len(addresses) > 12
    for address in addresses:
        page.goto(address)
        expect_heading(page, "")
        assert page.get_by_role("main").locator("form[method=post]:not([data-download])").count() == 0, address
        assert page.get_by_role("main").locator("a[data-new], a[href$='/new/']").count() == 0, address
