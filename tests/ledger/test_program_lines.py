"""The scanner against Beancount's own lexer and parser: what they take for a program line is refused."""

import pytest
from beancount.parser import lexer, parser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.program_lines import HARMLESS_OPTIONS, LARGEST_BOOK, check_book_text, find_program_lines

# What makes a lexer begin a string, a comment, a heading or a token where one does not expect it.
WORDS = (
    b"plugin include option title documents txn balance custom TRUE USD A Ab x key: Assets:A :B Assets:A:b "
    b'2020-01-01 2020/1/1 1,000.5 1, ^l #t #- # * : ; ! % & ? ~ @@ @ {{ } / /X /X1 | _ - . \' $ ( \\ \\" " '
    b'"a" "title" "plugin" \xc3\xa9 \xc3\xa9:A \xe4\xb8\xad'
).split(b" ")
PIECES = st.sampled_from([*WORDS, b" ", b" ", b"\t", b"\n", b"\n", b"\r\n", b"\\\n", b'"x" "y"\n', b"  "])
TEXTS = st.lists(PIECES, max_size=16).map(b"".join)
LOOSE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60).map(str.encode)


def lex(text: bytes) -> list[tuple[int, str]]:
    words = {"OPTION": "option", "PLUGIN": "plugin", "INCLUDE": "include"}
    return [(line, words[token]) for token, line, _, _ in lexer.lex_iter_string(text) if token in words]


@settings(max_examples=400, deadline=None)
@given(TEXTS | st.tuples(TEXTS, LOOSE, TEXTS).map(b"".join))
@example(b'#x plugin "evil"')
@example(b'"a\\\nplugin "evil" "')
@example(b'$" plugin "evil"')
@example(b'USDplugin"evil"')
def test_words_are_found_where_beancounts_lexer_finds_them(text: bytes):
    assert [(line, word) for line, word, _ in find_program_lines(text)] == lex(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from([b'plugin "m"', b'include "f"', b'option "documents" "d"', b'option "title" "t"']), TEXTS)
def test_nothing_that_the_parser_obeys_gets_through(before: bytes, program: bytes, after: bytes):
    text = before + program + after
    _, _, options = parser.parse_string(text)
    obeyed = bool(options["plugin"] or options["include"] or options["documents"])
    assert list(check_book_text(text)) or not obeyed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('plugin "m"', 1),
        ('\n\t plugin\t"m" "config"', 2),
        ('2020-01-01 plugin "m"', 1),
        ('garbage plugin "m"', 1),
        ('; comment\r\nplugin "m"\r\n', 2),
        ('2020-01-01 * "a\nb"\nplugin "m"', 3),
        ('* heading\n#tag plugin "m"', 2),
        ('pushtag #t\nplugin "m"', 2),
        ('1792-01-01 commodity USD\n  key: "v"\n  include "f"', 3),
    ],
)
def test_a_program_line_is_refused_wherever_it_stands(text: str, line: int):
    (finding,) = check_book_text(text.encode())
    assert finding.line == line
    assert "is refused: a book that is opened runs nothing and reads no other file" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        '; plugin "m"',
        '* plugin "m"',
        '2020-01-01 * "include" "option \\" plugin"',
        "2020-01-01 * \"a\nplugin 'm'\n\"",
        '1792-01-01 commodity USD\n  plugin: "m"',
        *(f'option "{name}" "Any" ; comment' for name in HARMLESS_OPTIONS),
    ],
)
def test_what_beancount_does_not_obey_or_is_harmless_may_stand(text: str):
    assert list(check_book_text(text.encode())) == []


@pytest.mark.parametrize("name", ["documents", "plugin", "insert_pythonpath", "tolerance_multiplier", 'ti\\"tle'])
def test_every_other_option_is_refused(name: str):
    (finding,) = check_book_text(f'\noption "{name}" "1"'.encode())
    assert str(finding).startswith(f"line 2: The option “{name}” is refused: only title, operating_currency")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"; a\nb\xff", "line 2: This is not UTF-8"),
        (b"\xef\xbb\xbf; a", "line 1: The book begins with a byte order mark"),
        (b'\n\0plugin "m"', "line 2: There is a NUL"),
        (b'; a\rplugin "m"', "line 1: There is a carriage return without a line feed"),
        (b'\n; a\x0cplugin "m"', "line 2: There is a form feed"),
        (b"; \x1b[2K", "line 1: There is the control character 0x1b"),
        (b" " * (LARGEST_BOOK + 1), "The book is larger than 64 MB"),
    ],
)
def test_a_text_that_hides_something_is_refused(text: bytes, message: str):
    (finding,) = check_book_text(text)
    assert str(finding).startswith(message)
