#!/usr/bin/env python
"""Runs the project's commands."""

import os
import signal
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
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import Error
    except ModuleNotFoundError:
        sys.exit(f"The packages this project needs are not installed; this sets it up: {find_set_up_command()}")
    from ledger.errors import Refused

    try:
        execute_from_command_line(argv)
        sys.stdout.flush()
    except Refused as refusal:
        sys.exit(refusal.message)
    except BrokenPipeError:
        # As any program ends whose reader left.
        sys.exit(128 + signal.SIGPIPE)
    except (Error, ImproperlyConfigured, OSError) as error:
        if "--traceback" in argv:
            raise
        sys.exit(f"It failed: {error}")
    finally:
        drop_output()


def open_streams() -> None:
    """Give streams that the caller closed to nobody: their numbers would go to the next files that are opened."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def drop_output() -> None:
    """Drop what can no more be written, over which Python would stumble on its way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    open_streams()
    run_command(sys.argv)
