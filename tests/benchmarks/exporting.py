"""The book written out, checked, and shown by Fava, beside stock Beancount, in one run."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from fund.models import BankAccount, Donor
from fund.operations.receipts import Facts, record_gift
from fund.queries.statements import make_statement
from ledger.money import parse_amount
from tests.benchmarks import gifts
from tests.benchmarks.scratch import say
from tests.benchmarks.timing import measure

# How often each command is run.
TIMES = 3

_BIN = Path(sys.executable).parent
_MANAGE = Path(__file__).parents[2] / "manage.py"
_DAY = date(2026, 1, 5)
_STATEMENT = f"/donors/{gifts.LATECOMER}/statement/"


def compare(count: int, folder: Path) -> dict[str, float]:
    """Seconds of each command, in turn, and the memory of the export in MiB, on a book of so many entries."""
    gifts.fill(count)
    book = folder / "book"
    commands = {
        "export_book": (sys.executable, str(_MANAGE), "export_book", str(book)),
        "bean-check": (str(_BIN / "bean-check"), "--no-cache", str(book / "main.beancount")),
        "check_ledger": (sys.executable, str(_MANAGE), "check_ledger"),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(1, TIMES + 1):
        for name, command in commands.items():
            say(f"{count:,} gifts, {name}, {turn} of {TIMES}")
            taken[name].append(run(*command))
    found = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in taken.items()}
    ratios = [ours / stock for (ours, _), (stock, _) in zip(taken["check_ledger"], taken["bean-check"], strict=True)]
    memory = max(most for _, most in taken["export_book"])
    return {**found, "ratio": statistics.median(ratios), "highest ratio": max(ratios), "export_book MiB": memory}


def measure_memory(count: int, folder: Path) -> dict[str, float]:
    """The memory of the export of so many entries in MiB."""
    gifts.fill(count)
    _, most = run(sys.executable, str(_MANAGE), "export_book", str(folder / "book"))
    return {"export_book MiB": most}


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
    """Seconds from an entry's being there until a donor's statement, and Fava, show it; and those of a long one."""
    by, donor, bank = (
        User.objects.get(username="benchmark"),
        Donor.objects.get(code=gifts.LATECOMER),
        BankAccount.objects.get(),
    )
    client = Client()
    client.force_login(by)
    client.get(_STATEMENT)
    ours = []
    for number in range(TIMES):
        facts = Facts(bank, _DAY, parse_amount(f"{1234 + number}", "USD"), f"SEEN-AT-ONCE-{number}")
        receipt = record_gift(donor=donor, facts=facts, by=by)
        ours.append(_time(partial(_see, receipt.number, client)))
    fava = _time_fava(folder / "book" / "main.beancount")
    giver = Donor.objects.order_by("code")[0]
    long = {"receipts": giver.receipts.count(), "long statement": measure(lambda: make_statement(giver, as_of=_DAY))}
    return {"our statement": statistics.median(ours), "Fava": fava, **long}


def _see(wanted: str, client: Client) -> None:
    assert wanted in client.get(f"{_STATEMENT}?as_of={_DAY}").content.decode()


def _time_fava(main: Path) -> float:
    from fava.core import FavaLedger

    say("Fava loads the book")
    ledger = FavaLedger(str(main), poll_watcher=True)
    before = len(ledger.all_entries)
    newest = sorted(main.parent.glob("2*.beancount"))[-1]
    taken = []
    for more in range(1, TIMES + 1):
        with newest.open("a", encoding="utf-8") as file:
            file.write(f'\n{_DAY} * "Donor 1" "Gift"\n  Assets:Bank:CITI-USD  1.00 USD\n  Income:Contributions:D01\n')
        taken.append(_time(partial(_load_again, ledger)))
        assert len(ledger.all_entries) >= before + more
    return statistics.median(taken)


def _load_again(ledger: Any) -> None:
    assert ledger.changed()


def _time(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
