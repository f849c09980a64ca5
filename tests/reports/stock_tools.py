"""Stock Beancount and beanquery, as an auditor installs them: in an environment that knows nothing of this project."""

import csv
import fcntl
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from django.conf import settings

_PACKAGES = ("beancount", "beanquery")
_AMOUNT = re.compile(r"(-?[0-9.]+) ([A-Z]{3})")


class StockTools:
    """The programs of a clean environment."""

    def __init__(self, python: Path) -> None:
        self.python = python

    def run(self, program: Path | str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """A program, by its name in the environment or by its path; isolated, with nothing of ours in reach."""
        command = [str(self.python), "-I", str(self.python.parent / program), *map(str, arguments)]
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)

    def ask(self, main: Path, question: str, *, is_named: bool = True) -> list[dict[str, str]]:
        """The rows that a question answers: a named query of the book, or one of its own."""
        answer = self.run(
            "bean-query", "-f", "csv", main.name, f".run {question}" if is_named else question, cwd=main.parent
        )
        assert (answer.returncode, answer.stderr) == (0, ""), answer.stderr
        rows = csv.DictReader(answer.stdout.splitlines())
        return [{key: value.strip() for key, value in row.items()} for row in rows]


def read_amounts(cell: str) -> dict[str, Decimal]:
    """The amounts in a cell such as "10000.00 CAD, 100.00 USD", by currency, without zeros."""
    found = {currency: Decimal(number) for number, currency in _AMOUNT.findall(cell)}
    return {currency: number for currency, number in found.items() if number}


def make_stock_tools(shared: Path) -> StockTools:
    """The environment in a folder that all test processes share; the first one to come makes it."""
    folder = shared / "stock-tools"
    with (shared / "stock-tools.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder.with_suffix(".part"))
            folder.with_suffix(".part").rename(folder)
    return StockTools(folder / "bin" / "python")


def _install(folder: Path) -> None:
    pins = (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8")
    wanted = [re.search(rf"^{package}==[^ ]+", pins, re.M)[0] for package in _PACKAGES]  # type: ignore[index]
    python = str(folder / "bin" / "python")
    own = settings.BASE_DIR / ".uv" / "bin" / "uv"
    uv = str(own) if own.exists() else shutil.which("uv")
    if uv:
        make = [uv, "venv", "-q", "--python", sys.executable, "--relocatable", str(folder)]
        install = [uv, "pip", "install", "-q", "--python", python]
    else:
        make = [sys.executable, "-m", "venv", str(folder)]
        install = [python, "-m", "pip", "install", "-q"]
    for command in (make, [*install, *wanted]):
        subprocess.run(command, check=True, cwd=folder.parent)
