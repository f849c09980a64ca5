"""Letters against the audit records of what was sent."""

from collections.abc import Iterator
from typing import Any

from fund.checks.documents import Kind, acts_of, fetch_lines
from fund.checks.posted import Expected
from fund.models import AuditRecord, Letter, LetterLine
from fund.queries.letters import hash_letter
from ledger.causes import Caused
from ledger.checks import Report


def _expect_nothing(letter: Letter, caused: list[Caused]) -> list[Expected]:
    """A letter posts nothing."""
    return []


LETTERS = Kind(
    Letter,
    day="sent_on",
    accounts=(),
    expect=_expect_nothing,
    acts=acts_of("record letter", "withdraw letter", "withdrawn_on"),
    related=("donor",),
    lines=fetch_lines("lines", LetterLine.objects.select_related("instalment")),
)


def check_letters(report: Report) -> Iterator[str]:
    """Every letter is as it was sent, and withdrawn on the day that its audit record says."""
    for letters in LETTERS.chunks(report):
        numbers = [letter.number for letter in letters]
        found = AuditRecord.objects.filter(subject__in=numbers, act__in=("record letter", "withdraw letter"))
        said = {(subject, act): detail for subject, act, detail in found.values_list("subject", "act", "detail")}
        for letter in letters:
            yield from _check_letter(letter, said)


def _check_letter(letter: Any, said: dict[tuple[str, str], str]) -> Iterator[str]:
    if not said.get((letter.number, "record letter"), "").endswith(hash_letter(letter, letter.rows)):
        yield f"{letter} is not the letter of the audit records."
    withdrawn = said.get((letter.number, "withdraw letter"), "")
    if withdrawn.partition(":")[0] != (str(letter.withdrawn_on) if letter.withdrawn_on else ""):
        yield f"{letter}: the day it was withdrawn is not that of the audit records."
