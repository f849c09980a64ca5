"""Fixtures of the ledger's tests."""

import pytest

from tests.ledger import drafts


@pytest.fixture
def books(db: None) -> None:
    """Open books: the years 2025 and 2026, eight accounts, no entry yet."""
    drafts.open_books()


@pytest.fixture
def entries(books: None) -> None:
    """Books with four entries."""
    drafts.post_samples()
