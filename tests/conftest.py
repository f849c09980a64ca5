"""What every test may count on."""

import gc
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from fund import triggers as fund_triggers
from ledger import triggers
from tests.settings import SAMPLES_DIR

# No test is timed: a busy machine is no reason to fail.
hypothesis_settings.register_profile("fund", deadline=None)
hypothesis_settings.load_profile("fund")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the browser that CHROMIUM names, or the first one in PATH."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else CHROMIUM_NAMES))
    return next((path for path in found if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run, and put the browser's tests last."""
    browser_missing = pytest.mark.skip(reason="no Chromium here: install one or name it in CHROMIUM")
    samples_missing = pytest.mark.skip(reason="no sample files here: name their folder in SAMPLES_DIR")
    for item in items:
        if any(mark.name in ("skip", "skipif", "xfail") for mark in item.iter_markers()):
            raise pytest.UsageError(f"{item.nodeid} would be left out: find what it can test here instead.")
        if item.get_closest_marker("browser") and not find_chromium():
            item.add_marker(browser_missing)
        if item.get_closest_marker("samples") and not SAMPLES_DIR.is_dir():
            item.add_marker(samples_missing)
    # Playwright keeps an event loop running in the main thread once it has begun; Django's checks for one
    # would then refuse the database to every test that follows.
    items.sort(key=lambda item: bool(item.get_closest_marker("browser")))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what was imported and collected: it took an eighth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once():
    """Each test client makes the middleware anew; the files that it serves stay the same."""
    find = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, Any] = {}

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            find(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": CHROMIUM_OPTIONS}


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files."""
    return SAMPLES_DIR


@pytest.fixture(autouse=True, scope="session")
def _journal_gives_way_to_the_flush():
    """Lift the triggers while Django empties the tables after a `transaction=True` test, and only then."""
    flush = vars(TransactionTestCase)["_fixture_teardown"]

    def lift_and_flush(case: TransactionTestCase) -> None:
        for module in (triggers, fund_triggers):
            module.remove(connection)
        try:
            flush(case)
        finally:
            for module in (triggers, fund_triggers):
                module.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_flush)
        yield
