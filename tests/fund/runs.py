"""What tests of runs and bank events read of the books."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fund.models import Document, document_kinds
from ledger.errors import Refused
from ledger.queries import entries, entries_of, get_draft

FUND = "AGR-2026-0001"
LATER = date(2026, 6, 10)


def legs_of(document: Document) -> list[tuple[str, int, str, int, str]]:
    """The legs of all its entries, in their order."""
    drafts = map(get_draft, entries_of(str(document)).order_by("pk"))
    return [(leg.account, leg.amount, leg.currency, leg.functional, leg.fund) for draft in drafts for leg in draft.legs]


def refuses(error: type[Refused], match: str, act: Callable[[], Any]) -> None:
    """The act is refused with these words, and nothing is written."""
    before = entries().count(), *(model._default_manager.count() for model in document_kinds())
    with pytest.raises(error, match=match):
        act()
    assert before == (entries().count(), *(model._default_manager.count() for model in document_kinds()))
