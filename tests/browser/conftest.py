"""What every test in a real browser may count on."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.small_fund import People, fill, make_people


@pytest.fixture(scope="session", autouse=True)
def _database_beside_event_loop() -> None:
    # Playwright's event loop runs in the main thread until the session ends; so this is not taken back. The live
    # server answers in threads of its own, without it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def _no_lockout(transactional_db: None) -> Iterator[None]:
    """Forget the sign-ins of earlier tests: they all come from one address, and the limit counts them."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def people(transactional_db: None) -> People:
    """Who can sign in to a fund that has one donor and nothing else."""
    return make_people()


@pytest.fixture
def small_fund(people: People) -> People:
    """A fund with a page of every kind, and who can sign in to it."""
    fill(people)
    return people


Enter = Callable[..., Page]


@pytest.fixture
def enter(live_server: LiveServer, new_context: Callable[..., BrowserContext], people: People) -> Enter:
    """Opens the browser of a person who is signed in already, or of a stranger."""

    def enter(reader: str, **options: object) -> Page:
        context = new_context(base_url=live_server.url, **options)
        if reader:
            client = Client()
            client.force_login(getattr(people, reader), backend="allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return context.new_page()

    return enter


@pytest.fixture
def sign_in(live_server: LiveServer, new_context: Callable[..., BrowserContext], people: People) -> Enter:
    """Opens a browser and signs a person in on the page, by keyboard."""

    def sign_in(reader: str) -> Page:
        name = getattr(people, reader).get_username()
        page = new_context(base_url=live_server.url).new_page()
        page.goto("/")
        page.get_by_label("Username").fill(name)
        page.keyboard.press("Tab")
        page.keyboard.type(people.passwords[name])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        return page

    return sign_in
