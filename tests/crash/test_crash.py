"""A few kills of a real process, on the engine of the tests; `python -m tests.crash` does many."""

import re
import subprocess
import sys

from tests.crash.acts import Act
from tests.crash.verdicts import Books, judge
from tests.settings import BASE_DIR, ENGINE

IMPORT = Act("L2A1", "import", 2)
ACKNOWLEDGED = {"RCT-2026-0001": "aa"}


def make_books(*references: str, places: tuple[int, int] = (9, 9)) -> Books:
    """Books with a receipt for each reference, numbered from 1."""
    receipts = {f"RCT-2026-{place:04d}": reference for place, reference in enumerate(references, 1)}
    return Books(receipts, dict(zip(receipts, ("aa", "bb", "cc"), strict=False)), {"places": places})


def test_killed_process_loses_nothing_and_leaves_nothing_half_written():
    options = ["--engine", ENGINE, "--kills", "15", "--check-every", "15", "--seed", "3"]
    command = [sys.executable, "-m", "tests.crash", *options]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": 15 kills (" in done.stdout
    assert "full checks: 1." in done.stdout
    # Otherwise the kills interrupted nothing, and nothing was shown.
    inside = re.search(r", (\d+) inside an act \((.*)\), (\d+) of these after its first write and before", done.stdout)
    assert inside
    assert 0 < int(inside[3]) <= int(inside[1])
    assert "book " in inside[2]


def test_act_under_way_may_stand_wholly_or_not_at_all():
    for references in (("L1A1-1",), ("L1A1-1", "L2A1-1", "L2A1-2")):
        verdict = judge(make_books(*references), ACKNOWLEDGED, IMPORT)
        assert (verdict.lost, verdict.broken) == ([], [])
        assert len(verdict.whole) == len(references) - 1


def test_import_of_which_a_part_stands_is_half_written():
    verdict = judge(make_books("L1A1-1", "L2A1-1"), ACKNOWLEDGED, IMPORT)
    assert verdict.broken == ["Without acknowledgement there are L2A1-1: L2A1 has 2."]


def test_book_of_which_an_entry_is_missing_is_half_written():
    places = {"OPB-2025-0001/1": "L2A1-1", "OPB-2025-0001/2": "L2A1-2"}
    for hashes in ({"OPB-2025-0001/1": "aa"}, {}):
        verdict = judge(Books(places, hashes, {}), {}, Act("L2A1", "book", 2))
        assert "OPB-2025-0001/2 has no entry, or no document." in verdict.broken


def test_receipt_of_no_act_is_found():
    verdict = judge(make_books("L1A1-1", "L9A9-1"), ACKNOWLEDGED, None)
    assert verdict.broken == ["Without acknowledgement there are L9A9-1: nothing was under way."]


def test_acknowledged_receipt_that_is_gone_or_another_one_is_lost():
    assert judge(make_books(), ACKNOWLEDGED, None).lost
    assert judge(make_books("L1A1-1"), {"RCT-2026-0001": "zz"}, None).lost


def test_receipt_without_its_entry_is_half_written():
    books = Books({"RCT-2026-0001": "L1A1-1"}, {}, {})
    assert "RCT-2026-0001 has no entry, or no document." in judge(books, {}, None).broken


def test_gap_in_the_numbers_is_found():
    broken = judge(make_books("L1A1-1", places=(9, 10)), ACKNOWLEDGED, None).broken
    assert broken == ["There are 9 places, and the last number is 10."]
