"""The matrix of the controls names tests that are there, and has no empty cell."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TEXT = (HERE / "README.md").read_text(encoding="utf-8")


def find_tests() -> set[str]:
    """The name of every test."""
    sources = (path.read_text(encoding="utf-8") for path in HERE.parents[1].rglob("test_*.py"))
    return {name for source in sources for name in re.findall(r"^def (test_\w+)\(", source, re.MULTILINE)}


def test_every_test_that_the_matrix_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert named - find_tests() == set()


def test_every_test_of_a_control_stands_in_the_matrix() -> None:
    own = set(re.findall(r"^def (test_\w+)\(", "".join(p.read_text() for p in HERE.glob("test_*.py")), re.MULTILINE))
    helpers = {name for name in own if name.startswith(("test_every_", "test_no_cell_", "test_names_"))}
    missing = {name for name in own - helpers if f"`{name}`" not in TEXT}
    assert missing == set()


def test_no_cell_of_the_matrix_is_empty() -> None:
    rows = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("|")]
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)
