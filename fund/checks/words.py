"""What documents say, against what they said when they were made, as the audit records have it."""

import json
from collections.abc import Iterator

from fund.models import Document

# What no act changes and no entry states: on what grounds people decided, and what a donor, a bank or a partner said.
_WORDS = ("note", "grounds", "word", "word_on", "reference", "purpose", "title", "certified_by")


def check_words(document: Document, after: str) -> Iterator[str]:
    """The words of a document are those that its first act left, as JSON; records of before kept none."""
    told = json.loads(after) if after else {}
    for name in _WORDS if told else ():
        if hasattr(document, name) and str(getattr(document, name) or "") != told.get(name, ""):
            yield f"{document} has another {name} than the audit record says."
