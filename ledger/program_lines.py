"""Finds the lines of a Beancount text that are a program: plugins, includes, options. Pure, and without Beancount.

A book of somebody else is looked at here before Beancount sees any of it. Whether `plugin` is a word of a narration
or a line that runs code is decided by where Beancount's lexer begins and ends its tokens, so this module follows the
lexer's rules (`beancount/parser/lexer.l`): the longest match wins, the first rule among equals, wherever it stands in
a line. Beancount takes a plugin after a date, after garbage or behind another token, too.
"""

import re
from collections.abc import Iterator

from ledger.errors import Finding

# What a reader of somebody else's book may let it say. Everything else changes how amounts are read or checked, or
# reads files.
HARMLESS_OPTIONS = (
    "title",
    "operating_currency",
    "name_assets",
    "name_liabilities",
    "name_equity",
    "name_income",
    "name_expenses",
)
LARGEST_BOOK = 64 * 1024 * 1024
SHORTEN = "What is shorter is read: put one transaction with their balances in the place of its earlier years."

# Beancount takes a carriage return for a blank, an editor for the end of a line; other control characters only hide
# what stands in a line.
_UNSEEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_NAMES = {b"\x00": "a NUL", b"\x0c": "a form feed", b"\r": "a carriage return without a line feed"}

_STRING = rb'"(?:[^\\"]++|\\[^\n])*+"'
_LETTER = rb"A-Za-z0-9\x80-\xff-"
_TOKEN = re.compile(
    rb"[ \t\r\n]++|;[^\n]*+"
    # A line that begins with one of these is a heading; `#tag` is longer, and a token.
    rb"|(?m:^)(?:[*:!&?%]|\#(?![A-Za-z0-9_/.-]))(?=[^\n])[^\n]*+"
    rb"|" + _STRING + rb"|[a-z][A-Za-z0-9_-]++(?=:)"
    rb"|(?P<word>option|plugin|include)"
    rb"|txn|balance|open|close|commodity|pad|event|query|custom|price|note|document|pushtag|poptag|pushmeta|popmeta"
    rb"|[A-Z\x80-\xff][" + _LETTER + rb"]*+(?::[A-Z0-9\x80-\xff][" + _LETTER + rb"]*+)++"
    rb"|[A-Z][A-Z0-9'._-]*[A-Z0-9]|/[A-Z0-9'._-]*[A-Z](?:[A-Z0-9'._-]*[A-Z0-9])?|[A-Z](?=[ \t\n])"
    rb"|[0-9]{4,}[-/][0-9]+[-/][0-9]+|[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]*)?"
    rb"|[\#^][A-Za-z0-9_/.-]++|@@|\{\{|\}\}|[|@{},~+/()\#*:!&?%-]"
    # What begins no token is skipped up to the next blank, with whatever quotation marks it holds.
    rb"|[^ \t\r\n]++"
)
_OPTION = re.compile(
    rb"option[ \t\r]*+(?P<name>" + _STRING + rb")[ \t\r]*+" + _STRING + rb"[ \t\r]*+(?:;[^\n]*+)?(?:\n|\Z)"
)


def check_book_text(text: bytes) -> Iterator[Finding]:
    """Why Beancount may not be given the bytes of a book; nothing where it may."""
    form = next(_check_form(text), None)
    if form:
        yield form
        return
    for line, word, name in find_program_lines(text):
        if word != "option" or name not in HARMLESS_OPTIONS:
            yield describe_program_line(line, word, name)


def describe_program_line(line: int, word: str, name: str) -> Finding:
    """Why a line with one of the three words is refused, and what may stand."""
    if word == "option":
        allowed = ", ".join(HARMLESS_OPTIONS)
        return Finding(line, f"The option “{name}” is refused: only {allowed} may stand in a book that is opened.")
    return Finding(line, f"“{word}” is refused: a book that is opened runs nothing and reads no other file.")


def _check_form(text: bytes) -> Iterator[Finding]:
    if len(text) > LARGEST_BOOK:
        yield Finding(0, f"The book is larger than {LARGEST_BOOK // 1024**2} MB. {SHORTEN}")
    if text.startswith(b"\xef\xbb\xbf"):
        yield Finding(1, "The book begins with a byte order mark, which Beancount does not know: save it without.")
    unseen = _UNSEEN.search(text)
    if unseen:
        what = _NAMES.get(unseen[0], f"the control character {unseen[0][0]:#04x}")
        yield Finding(
            _line(text, unseen.start()),
            f"There is {what}: only tabs and ends of line may stand in a book, a text in UTF-8.",
        )
    try:
        text.decode()
    except UnicodeDecodeError as error:
        yield Finding(_line(text, error.start), "This is not UTF-8: save the book as UTF-8.")


def _line(text: bytes, place: int) -> int:
    return text.count(b"\n", 0, place) + 1


def find_program_lines(text: bytes) -> Iterator[tuple[int, str, str]]:
    """Line, word and option's name of every `option`, `plugin` and `include` that is no part of a string or comment.

    The name is empty for the other two words, and for an option that is not written as Beancount takes it.
    """
    line, place = 1, 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "word":
            continue
        line += text.count(b"\n", place, token.start())
        place = token.start()
        option = _OPTION.match(text, place)
        yield line, token["word"].decode(), option["name"][1:-1].decode() if option else ""
