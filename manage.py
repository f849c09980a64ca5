#!/usr/bin/env python
"""Runs the project's commands."""

import os
import sys
from pathlib import Path


def find_set_up_command() -> str:
    """Return the README's command that sets the project up and runs it."""
    readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    return next(line for line in readme.splitlines() if line.startswith("python3 ") and line.endswith(" demo"))


def run_command(argv: list[str]) -> None:
    """Run one management command, or say how to set up where the packages are missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fund.config.settings")
    try:
        import environ  # noqa: F401
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit(f"The packages this project needs are not installed; this sets it up: {find_set_up_command()}")
    from ledger.errors import Refused

    try:
        execute_from_command_line(argv)
    except Refused as refusal:
        sys.exit(refusal.message)


if __name__ == "__main__":
    run_command(sys.argv)
