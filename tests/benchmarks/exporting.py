"""The book written out, checked, and shown by Fava, beside stock Beancount, in one run."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client

from fund.models import BankAccount, Donor
from fund.operations.receipts import Facts, record_gift
from ledger.money import parse_amount
from tests.benchmarks import gifts
from tests.benchmarks.scratch import say

_BIN = Path(sys.executable).parent
_MANAGE = Path(__file__).parents[2] / "manage.py"
_DAY = date(2026, 1, 5)
_STATEMENT = f"/donors/{gifts.LATECOMER}/statement/"


def compare(count: int, folder: Path) -> dict[str, float]:
    """Seconds of each command, and the memory of the export in MiB, on a book of so many entries."""
    gifts.fill(count)
    book = folder / "book"
    say(f"{count:,} gifts are posted; exporting")
    found: dict[str, float] = {}
    found["export_book"], found["export_book MiB"] = run(sys.executable, str(_MANAGE), "export_book", str(book))
    say("bean-check")
    found["bean-check"], _ = run(str(_BIN / "bean-check"), "--no-cache", str(book / "main.beancount"))
    say("check_ledger")
    found["check_ledger"], _ = run(sys.executable, str(_MANAGE), "check_ledger")
    return found


def run(*command: str) -> tuple[float, float]:
    """Runs a command; how long it took in seconds, and the most memory of its own it held in MiB.

    Pages of a database file that SQLite maps are the system's, which takes them back when it needs them.
    """
    began, most = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, _read_own_memory(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - began, most / 1024


def _read_own_memory(pid: int) -> int:
    """The anonymous memory of a process in KiB; 0 once it ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), 0)


def compare_with_fava(folder: Path) -> dict[str, float]:
    """Seconds from an entry's being there until a donor's statement, and Fava, show it."""
    by, donor, bank = (
        User.objects.get(username="benchmark"),
        Donor.objects.get(code=gifts.LATECOMER),
        BankAccount.objects.get(),
    )
    client = Client()
    client.force_login(by)
    client.get(_STATEMENT)
    facts = Facts(bank, _DAY, parse_amount("1234.56", "USD"), "SEEN-AT-ONCE")
    receipt = record_gift(donor=donor, facts=facts, by=by)
    ours = _time(lambda: _see(receipt.number, client.get(f"{_STATEMENT}?as_of={_DAY}").content.decode()))
    return {"our statement": ours, "Fava": _time_fava(folder / "book" / "main.beancount")}


def _see(wanted: str, found: str) -> None:
    assert wanted in found


def _time_fava(main: Path) -> float:
    from fava.core import FavaLedger

    say("Fava loads the book")
    ledger = FavaLedger(str(main), poll_watcher=True)
    before = len(ledger.all_entries)
    newest = sorted(main.parent.glob("2*.beancount"))[-1]
    with newest.open("a", encoding="utf-8") as file:
        file.write(f'\n{_DAY} * "Donor 1" "Gift"\n  Assets:Bank:CITI-USD  1.00 USD\n  Income:Contributions:D01\n')

    def show() -> None:
        assert ledger.changed()
        assert len(ledger.all_entries) > before

    return _time(show)


def _time(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
