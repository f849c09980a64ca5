"""The measurements run: on small books, and whatever they measure."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.tables import print_tables
from tests.settings import ENGINE


def measure(what: str, size: int, folder: Path) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks", "--engines", ENGINE, "--measure", what, "--size", str(size)]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    answer = subprocess.run(
        [*command, "--folder", str(folder)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return measure("reading", 100, tmp_path_factory.mktemp("reading"))


def test_every_question_and_page_is_measured(reading: Any) -> None:
    balances = {"trial balance", "balance of an earmarked sub-fund", "balance of the pool"}
    assert set(reading["queries"]) == {*balances, "donor statement"}
    assert min([*reading["queries"].values(), *reading["pages"].values()]) > 0


def test_books_are_written_out_checked_and_seen(
    reading: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exporting, memory = measure("exporting", 60, tmp_path), measure("memory", 6, tmp_path)
    single = {"ours": 1.0, "beancount": 0.25, "bare": 0.25, "beancount in a loop": 0.15}
    posting = {**single, "per second": 2_000.0, "dated back": 1_000.0, "Beancount alone": 4_000.0}
    measured = {"posting": posting, "reading": {100: reading}, "exporting": exporting, "memory": memory}
    print_tables({ENGINE: measured})
    table = capsys.readouterr().out
    assert "| post one entry | 1.00 ms | 0.50 ms (0.25 Beancount, 0.25 insert and commit) | 2.00 |" in table
    assert "| 0.40 ms (0.15 Beancount in a loop) | 2.50 |" in table
    assert "| post in batches | 2,000 entries/s | Beancount alone 4,000 entries/s | 2.00 |" in table
    assert "| check_ledger, 60 entries |" in table
    assert "| a statement of 5 receipts |" in table
    assert "| 6 entries " in table
    assert "| 1.0 × |" in table


def test_posting_is_measured(tmp_path: Path) -> None:
    posting = measure("posting", 100, tmp_path)
    assert set(posting) == {
        "ours",
        "beancount",
        "bare",
        "beancount in a loop",
        "per second",
        "dated back",
        "Beancount alone",
    }
    assert min(posting.values()) > 0
