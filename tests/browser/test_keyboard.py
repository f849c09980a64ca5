"""What the keyboard alone can do, and what reaches paper."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser.addresses import PREPARED
from tests.browser.conftest import Enter
from tests.browser.small_fund import People

pytestmark = pytest.mark.browser

# What has the focus, whether a ring shows it, and whether it lies open to the eye and under no other thing.
FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width, 30) / 2, box.top + Math.min(box.height, 20) / 2];
    const top = document.elementFromPoint(x, y);
    return {
        name: element.outerHTML.slice(0, 80),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: element.contains(top) || Boolean(top?.contains(element)),
    };
}"""


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_first_key_offers_to_skip_the_navigation(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    page.goto("/agreements/")
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_text("Skip to the content")
    expect(focused(page)).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("url", ["/", "/agreements/new/", "/journal/"])
def test_focus_is_seen_wherever_it_goes(small_fund: People, enter: Enter, url: str) -> None:
    page = enter("officer", reduced_motion="reduce")
    page.goto(url)
    hidden = []
    for _ in range(45):
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUS)
        if not (state["ring"] and state["seen"]) and "<body" not in state["name"]:
            hidden.append(state)
    assert hidden == []


def test_single_keys_search_and_open_a_new_document(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    page.goto("/donors/")
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("No donor")
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page.get_by_role("table").get_by_text("Canada").first).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("New donor")


def test_what_is_wrong_is_reached_at_once(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    page.goto("/donors/new/")
    page.get_by_label("Name").press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()


def test_narrow_page_opens_its_navigation_from_a_button(small_fund: People, enter: Enter) -> None:
    page = enter("officer", viewport={"width": 390, "height": 844})
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Journal").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Journal")


@pytest.mark.parametrize(
    ("reader", "url"),
    [("officer", "/"), ("officer", "/trial-balance/"), ("officer", "/receipts/"), ("donor", "/statement/")],
)
def test_paper_shows_the_content_alone(small_fund: People, enter: Enter, reader: str, url: str) -> None:
    page = enter(reader)
    page.emulate_media(media="print")
    page.goto(url)
    for hidden in (".top", ".nav", ".foot", ".skip", "main .actions", "main form", "button"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Voluntary Contributions Trust Fund").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_paper_leaves_out_what_can_be_done(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    page.goto("/ageing/")
    act = page.get_by_role("link", name="New receipt").first
    expect(act).to_be_visible()
    page.emulate_media(media="print")
    expect(act).to_be_hidden()
    expect(page.get_by_role("link", name="Remind").first).to_be_hidden()
    expect(page.get_by_role("cell", name="1,125.00").first).to_be_visible()


def test_navigation_shows_the_open_page_however_long_it_is(small_fund: People, enter: Enter) -> None:
    page = enter("officer", viewport={"width": 1360, "height": 600})
    page.goto("/flow/")
    expect(page.get_by_role("navigation", name="Main").locator("[aria-current]")).to_be_in_viewport()


def test_enter_goes_on_to_the_next_document_after_a_decision(small_fund: People, enter: Enter) -> None:
    page = enter("approver")
    page.goto(reverse("fund:disbursement", args=[PREPARED]))
    page.get_by_role("button", name="Approve").press("Enter")
    following = page.get_by_role("link", name="Next:")
    expect(following).to_be_focused()
    url = str(following.get_attribute("href"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(url)}$"))


def test_a_band_of_a_picture_is_followed_by_key_and_by_click(small_fund: People, enter: Enter) -> None:
    page = enter("officer")
    for follow in ("press", "click"):
        page.goto("/flow/")
        band = page.get_by_role("link", name="→ Travel:")
        band.press("Enter") if follow == "press" else band.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Travel")
