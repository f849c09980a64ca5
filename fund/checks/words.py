"""What documents say, against what they said when they were made, as the audit records have it."""

import json
from collections.abc import Iterator, Mapping, Sequence

from fund.checks.documents import Kind
from fund.models import AuditRecord, Document

# What no act changes and no entry states: on what grounds people decided, and what a donor, a bank or a partner said.
_WORDS = ("note", "grounds", "word", "word_on", "reference", "purpose", "title", "certified_by")


def find_words(kind: Kind, documents: Sequence[Document]) -> dict[str, dict[str, str]]:
    """What the audit record of each document's first act has of it; nothing of those of before records kept that."""
    first = {(document.number, kind.acts(document)[0]) for document in documents}
    rows = AuditRecord.objects.filter(subject__in=[number for number, _ in first]).exclude(after="")
    found = rows.values_list("subject", "act", "after")
    return {subject: json.loads(after) for subject, act, after in found if (subject, act) in first}


def check_words(document: Document, told: Mapping[str, str]) -> Iterator[str]:
    """The words of a document are those that the audit record of its first act `told`."""
    for name in _WORDS if told else ():
        if hasattr(document, name) and str(getattr(document, name) or "") != told.get(name, ""):
            yield f"{document} has another {name} than the audit record says."
