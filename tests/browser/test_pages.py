"""Every page: accessible in light and dark, wide and narrow; nothing hangs out of it, nothing is in the console."""

import json
from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.addresses import GROUPS, NO_PAGES, Address, address_names
from tests.browser.conftest import Enter
from tests.browser.small_fund import People
from tests.settings import ENGINE

WIDE, NARROW = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
# How a page looks does not depend on the database: on PostgreSQL it is opened, and only asked whether it is as wide.
SIZES = {"wide": WIDE, "narrow": NARROW} if ENGINE == "sqlite" else {"wide": WIDE}
# So many addresses are one test, or one would go on long after the others ended.
AT_ONCE = 20
PARTS = {
    f"{group} {start // AT_ONCE + 1}": addresses[start : start + AT_ONCE]
    for group, addresses in GROUPS.items()
    for start in range(0, len(addresses), AT_ONCE)
}
AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}


def test_every_address_is_looked_at_or_is_no_page() -> None:
    looked_at = {address.name for group in GROUPS.values() for address in group}
    assert set(address_names()) == looked_at | NO_PAGES
    assert not looked_at & NO_PAGES


def settle(page: Page) -> None:
    """Waits until the page has measured its tables anew."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def find_violations(page: Page, options: dict[str, list[str]], where: str) -> list[str]:
    settle(page)
    # As Axe.run does, but the script once for each page, and without the long list of what is right.
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.axe_script)
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(results => results.violations)")
    return [
        f"{where}: {violation['id']}: {' '.join(node['target'])} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def find_overflow(page: Page, where: str) -> list[str]:
    settle(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{where}: the page is {width} pixels too wide"] if width else []


def look_at(page: Page) -> list[str]:
    """What is wrong with a page that is open, wide and narrow, and dark where it is wide: the colours are the same."""
    problems = []
    for name, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]  # the two sizes above
        page.emulate_media(color_scheme="light")
        if ENGINE == "sqlite":
            problems += find_violations(page, EVERYTHING, f"{name}, light")
            if name == "wide":
                page.emulate_media(color_scheme="dark")
                problems += find_violations(page, COLOURS, f"{name}, dark")
        problems += find_overflow(page, name)
    return problems


def listen(page: Page, *, status: int = 200) -> list[str]:
    """A list that takes what the page writes to its console from now on, and what its scripts fail of."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # Chromium reports the status of a page that refuses as an error too; that is looked at anyway.
        if message.type in ("error", "warning") and not (status >= 400 and f"status of {status}" in message.text):
            said.append(f"console: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    return said


def visit(page: Page, url: str, *, status: int = 200) -> list[str]:
    """Opens a page and says what is wrong with it: the answer, the console, and what `look_at` finds."""
    said = listen(page, status=status)
    answer = page.goto(url)
    got = answer.status if answer else 0
    problems = [] if got == status else [f"answered {got}, not {status}"]
    problems += look_at(page) + said
    return [f"{url}: {problem}" for problem in problems]


def visit_all(enter: Enter, addresses: Sequence[Address]) -> list[str]:
    pages: dict[str, Page] = {}
    problems: list[str] = []
    for address in addresses:
        page = pages.get(address.reader) or pages.setdefault(address.reader, enter(address.reader))
        problems += visit(page, address.url)
    return problems


SPOIL = """() => {
    const main = document.querySelector("main");
    main.insertAdjacentHTML("beforeend", '<p style="color: red">Refused</p><img src="/nowhere.png"><p>Wide</p>');
    main.lastElementChild.style.width = "3000px";
    setTimeout(() => { throw new Error("a script that fails") });
}"""


@pytest.mark.browser
def test_whoever_looks_finds_what_is_wrong(people: People, enter: Enter) -> None:
    page = enter("")
    page.goto("/accounts/login/")
    said = listen(page)
    # What is wrong after a page has loaded comes when it comes.
    with page.expect_event("pageerror"), page.expect_console_message(lambda message: "404" in message.text):
        page.evaluate(SPOIL)
    problems = "\n".join(look_at(page) + said)
    of_axe = ["image-alt"] if ENGINE == "sqlite" else []
    for wrong in (*of_axe, "pixels too wide", "Content Security Policy", "a script that fails", "404"):
        assert wrong in problems


@pytest.mark.browser
@pytest.mark.parametrize("part", PARTS)
def test_pages_are_sound(small_fund: People, enter: Enter, part: str) -> None:
    assert visit_all(enter, PARTS[part]) == []


@pytest.mark.browser
def test_first_pages_of_a_new_fund_are_sound(people: People, enter: Enter) -> None:
    lists = [address for group in GROUPS.values() for address in group if address.name.endswith(("-list", "overview"))]
    # What is listed of a project or an agreement begins when there is one.
    assert visit_all(enter, [address for address in lists if address.reader == "officer" and not address.args]) == []


@pytest.mark.browser
@pytest.mark.parametrize(("reader", "url", "status"), [("officer", "/nowhere/", 404), ("donor", "/journal/", 403)])
def test_pages_that_refuse_are_sound(people: People, enter: Enter, reader: str, url: str, status: int) -> None:
    assert visit(enter(reader), url, status=status) == []


@pytest.mark.browser
def test_forms_with_errors_are_sound(small_fund: People, enter: Enter) -> None:
    page, problems = enter("officer"), []
    for name in ("donor-new", "pledge-new", "agreement-new", "project-new", "allocation-new", "disbursement-new"):
        url = reverse(f"fund:{name}")
        page.goto(url)
        page.get_by_role("main").locator("button.primary").click()
        page.get_by_role("alert").wait_for()
        problems += [f"{url}: {problem}" for problem in look_at(page)]
    assert problems == []
