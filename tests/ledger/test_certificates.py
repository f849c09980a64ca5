import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.certificates import Certificate, parse_certificate, render_certificate
from ledger.errors import CertificateInvalid

SEEN = Certificate(
    period="2026-01",
    begins_on="2026-01-01",
    ends_on="2026-01-31",
    currency="USD",
    entries="2",
    debit="125.00",
    credit="125.00",
    chain_entries="3",
    head="JE-2026-000002",
    head_sha256="ab" * 32,
    closed_at="2026-02-02T09:00:00Z",
    closed_by="maria",
)
TEXT = render_certificate(SEEN)


def test_certificate_is_read_as_it_was_written():
    assert parse_certificate(TEXT) == SEEN
    assert parse_certificate(TEXT.replace("\n", "\r\n") + "\n") == SEEN
    assert parse_certificate("2026-01 is closed.\n" + TEXT) == SEEN


def test_last_line_is_the_sum_of_the_lines_before():
    *lines, last = TEXT.splitlines()
    body = "".join(f"{line}\n" for line in lines)
    assert last == f"sha256: {hashlib.sha256(body.encode()).hexdigest()}"


@given(st.integers(0, len(TEXT) - 2), st.characters(exclude_categories=["Cs"]))
def test_certificate_that_was_changed_is_refused(place: int, letter: str):
    changed = TEXT[:place] + letter + TEXT[place + 1 :]
    try:
        assert parse_certificate(changed) == SEEN
    except CertificateInvalid:
        assert changed != TEXT


@pytest.mark.parametrize("text", ["", "\n", "sha256: x", TEXT * 50, TEXT.partition("\n")[2], TEXT + "more: x\n"])
def test_text_that_is_no_certificate_is_refused(text: str):
    with pytest.raises(CertificateInvalid):
        parse_certificate(text)
