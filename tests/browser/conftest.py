"""What every test in a real browser may count on."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache


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
