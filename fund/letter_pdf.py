"""A letter as a PDF, out of its text and nothing else: the same letter is the same file. Pure: no Django, no clock.

Typst sets it with the fonts that come in its own package, and as an archive file (PDF/A), which refuses what no font
can show instead of printing an empty box.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import typst

from fund.errors import TextUnprintable
from fund.letter_texts import LOCALES, read_paragraphs, write_day

_TEMPLATE = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a letter."""

    fund: str
    number: str
    language: str
    sent_on: date
    subject: str
    text: str


@cache
def _fonts() -> typst.Fonts:
    # Those of the machine differ from machine to machine.
    return typst.Fonts(include_system_fonts=False)


def make_pdf(sheet: Sheet) -> bytes:
    """The letter as a PDF/A. Raises TextUnprintable where no font has a character."""
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs={"letter": json.dumps(_describe(sheet))}
    )
    midnight = datetime.combine(sheet.sent_on, time(), UTC)
    try:
        made = compiler.compile(format="pdf", pdf_standards=["a-2a"], timestamp=midnight)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        raise TextUnprintable(
            "The letter has a character that its fonts lack. Write names and references in Latin letters."
        ) from None
    assert isinstance(made, bytes)
    return made


def _describe(sheet: Sheet) -> dict[str, object]:
    return {
        "fund": sheet.fund,
        "number": sheet.number,
        "language": sheet.language,
        "region": "BR" if LOCALES[sheet.language] == "pt_BR" else None,
        "day": [sheet.sent_on.year, sheet.sent_on.month, sheet.sent_on.day],
        "date": write_day(sheet.sent_on, sheet.language),
        "subject": sheet.subject,
        "paragraphs": read_paragraphs(sheet.text),
    }
