#!/usr/bin/env python
"""Runs the project's commands."""

import os
import sys

SET_UP = (
    "python3 -m pip install -q --target .uv uv && .uv/bin/uv venv -q --allow-existing && "
    ".uv/bin/uv pip sync -q requirements.txt && .venv/bin/python manage.py demo"
)


def run_command(argv: list[str]) -> None:
    """Run one management command, or say how to set up when a package is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fund.config.settings")
    try:
        import django  # noqa: F401
        import environ  # noqa: F401
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as error:
        sys.exit(f"The package {error.name!r} is missing here; set up with: {SET_UP}")
    execute_from_command_line(argv)


if __name__ == "__main__":
    run_command(sys.argv)
