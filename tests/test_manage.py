"""Commands end in a line, and never in a trace, where their output goes nowhere."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings


def start(*shell: str, **streams: Any) -> tuple[int, str]:
    """How a command ends, and what it says of it, whose output goes elsewhere."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "fund.config.settings"}
    command = [*shell, sys.executable, str(settings.BASE_DIR / "manage.py"), "help"]
    ended = subprocess.run(command, env=environment, text=True, stderr=subprocess.PIPE, check=False, **streams)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_left_ends_it_silently(unbuffered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    reading, writing = os.pipe()
    os.close(reading)
    assert start(stdout=writing) == (141, "")
    os.close(writing)


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        assert start(stdout=full) == (1, "It failed: [Errno 28] No space left on device\n")


def test_an_output_that_is_closed_is_no_failure() -> None:
    assert start("sh", "-c", 'exec "$@" >&-', "sh") == (0, "")
