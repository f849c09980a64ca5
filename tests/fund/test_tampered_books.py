"""`check_ledger` on books that were tampered with: what the command says, with a certificate and without."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from fund.models import Receipt
from ledger import queries, triggers
from ledger.models import Closing
from tests.ledger.test_checks import broken
from tests.ledger.test_closings import write_anew
from tests.shorthand import run

SAW = "The certificate of 2026-01 saw"
CUT = (
    "DELETE FROM ledger_posting WHERE entry_id = 2",
    "DELETE FROM ledger_link WHERE entry_id = 2",
    "DELETE FROM ledger_entry WHERE id = 2",
)


@pytest.fixture
def kept(receipt: Receipt, tmp_path: Path) -> Path:
    """The certificate of January, kept elsewhere; the chain had two entries."""
    path = tmp_path / "january.txt"
    call_command("close_period", "2026-01", certificate=path)
    return path


@contextmanager
def tampered(*statements: str) -> Iterator[None]:
    """The books after statements that the triggers would refuse, with the triggers put back."""
    with broken(*statements):
        put_back()
        yield


def put_back() -> None:
    # PostgreSQL takes a trigger only when nothing waits for the commit.
    connection.check_constraints()
    triggers.install(connection)


def find(*certificates: Path) -> list[str]:
    """What the command refuses the books with, line by line."""
    with pytest.raises(CommandError) as refused:
        call_command("check_ledger", certificate=list(certificates))
    return str(refused.value).splitlines()


def test_command_names_the_tail_that_was_cut_by_a_certificate(kept: Path) -> None:
    cut = f"{SAW} 2 entries, up to JE-2026-000002: 1 are left."
    with tampered(*CUT, "DELETE FROM ledger_closing"):
        lines, others = find(kept), find()
    assert lines[1:3] == [f"The first bad entry is in place 2 of the chain: {cut}", f"  {cut}"]
    assert "  2026-01 is not closed in these books, though a certificate says so." in lines
    assert not any(SAW in line for line in others)


def test_command_finds_by_a_certificate_alone_that_sound_books_were_put_back_to_an_earlier_day(
    agreement: object, request: pytest.FixtureRequest
) -> None:
    with transaction.atomic():
        kept = request.getfixturevalue("kept")
        transaction.set_rollback(True)
    assert run("check_ledger").startswith("1 entries and 1 documents: all agree.")
    cut = f"{SAW} 2 entries, up to JE-2026-000002: 1 are left."
    assert find(kept) == [
        "The books do not hold: 2 problems.",
        f"The first bad entry is in place 2 of the chain: {cut}",
        f"  {cut}",
        "  2026-01 is not closed in these books, though a certificate says so.",
    ]


def test_command_finds_by_a_certificate_alone_that_the_chain_was_written_anew(kept: Path) -> None:
    with broken():
        write_anew("Canada", "Nobody")
        head = queries.head()
        assert head
        Closing.objects.update(sha256=head.sha256)
        put_back()
        said, lines = run("check_ledger"), find(kept)
    assert said.startswith("2 entries and 2 documents: all agree.")
    anew = f"{SAW} another hash of entry 2, JE-2026-000002: it or one before was changed since."
    assert lines == [
        "The books do not hold: 2 problems.",
        f"The first bad entry is in place 2 of the chain or before: {anew}",
        f"  {anew}",
        "  The books hold another certificate of 2026-01 than this one.",
    ]


@pytest.mark.parametrize("place", [1, 2])
def test_command_names_the_first_bad_entry_without_a_certificate(receipt: Receipt, place: int) -> None:
    with tampered(f"UPDATE ledger_entry SET narration = 'Loan' WHERE id >= {place}"):
        lines = find()
    differ = f"JE-2026-00000{place}: the tables and the text differ in narration."
    assert lines[1] == f"The first bad entry is in place {place} of the chain: {differ}"
