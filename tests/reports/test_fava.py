"""`manage.py fava`: a fresh copy of the book in real Fava, over HTTP on loopback, read-only, gone at the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from fund.management.commands.demo import is_free
from fund.queries.accounts import trial_balance
from ledger.money import to_decimal
from tests.reports.small_fund import SmallFund

BOOK = "/voluntary-contributions-trust-fund"
# Seconds; other tests may be busy on the same machine.
PATIENCE = 180


class Served:
    """The command as a person starts it, and what it serves."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process, self.port, self.folder = process, port, folder

    def ask(self, path: str, method: str = "GET", body: Any = None, host: str = "localhost") -> tuple[int, str]:
        client = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Host": f"{host}:{self.port}"}
        client.request(method, f"{BOOK}/{path}", json.dumps(body), headers)
        response = client.getresponse()
        return response.status, response.read().decode()

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while is_free(self.port) and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)

    def end(self, by: int) -> str:
        self.process.send_signal(by)
        return self.process.communicate(timeout=PATIENCE)[0]


def find_database_url() -> str:
    """The tests' own database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Runs the command on the tests' database, with a folder of its own for temporary files."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": find_database_url(),
        "DJANGO_SETTINGS_MODULE": "fund.config.settings",
        "TMPDIR": str(folder),
        "BEANCOUNT_FILE": "/nowhere.beancount",
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "fava", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        found = Served(process, port, folder)
        found.wait()
        try:
            yield found
        finally:
            process.kill()


def read_tree(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Decimal]]]:
    """Each account of Fava's tree with its own balance."""
    balance = {currency: round(Decimal(str(number)), 3) for currency, number in tree["balance"].items()}
    yield tree["account"], {currency: number for currency, number in balance.items() if number}
    for child in tree["children"]:
        yield from read_tree(child)


def read_report(served: Served, name: str) -> dict[str, dict[str, Decimal]]:
    status, answer = served.ask(f"api/{name}")
    assert status == 200
    found = dict(pair for tree in json.loads(answer)["data"]["trees"] for pair in read_tree(tree))
    return {account: balance for account, balance in found.items() if balance}


def page_balances() -> dict[str, dict[str, Decimal]]:
    found: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in (row for section in trial_balance().sections for row in section.rows if row.amount):
        found[row.account][row.currency] = to_decimal(row.amount, row.currency)
    return found


def test_fava_shows_the_figures_of_our_pages_and_takes_no_change(transactional_db: None, tmp_path: Path) -> None:
    SmallFund()
    with serve(tmp_path) as served:
        assert served.ask("balance_sheet/")[0] == 200
        assert read_report(served, "trial_balance") == page_balances()
        assets = {account: found for account, found in page_balances().items() if account.startswith("Assets:")}
        sheet = read_report(served, "balance_sheet")
        assert {account: found for account, found in sheet.items() if account.startswith("Assets:")} == assets
        assert json.loads(served.ask("api/errors")[1])["data"] == []
        assert_unchangeable(served)


def assert_unchangeable(served: Served) -> None:
    """An attempt to write is refused, and the files stay as they are."""
    before = {path: path.read_bytes() for path in served.folder.rglob("*.beancount")}
    note = {"t": "Note", "date": "2026-01-01", "meta": {}, "account": "Assets:Bank:CITI-USD", "comment": "mine"}
    assert served.ask("api/add_entries", "PUT", {"entries": [note]})[0] == 401
    assert {path: path.read_bytes() for path in served.folder.rglob("*.beancount")} == before
    assert len(before) == 3


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_copy_is_gone_when_fava_is_told_to_end(db: None, tmp_path: Path, by: int) -> None:
    with serve(tmp_path) as served:
        assert list(tmp_path.glob("fund-copy-*/copy/main.beancount"))
        assert served.ask("income_statement/")[0] == 200
        said = served.end(by)
    assert served.process.returncode == 0, said
    assert ": 0 entries." in said
    assert "Ended; the copy is gone." in said
    assert f"Open http://127.0.0.1:{served.port}/" in said
    assert list(tmp_path.iterdir()) == []
    assert is_free(served.port)


def test_an_end_while_the_copy_is_made_leaves_nothing(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def export(folder: Path) -> None:
        (folder / "main.beancount").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("reports.management.commands.fava.export_book", export)
    call_command("fava")
    assert capsys.readouterr().out == "Ended; the copy is gone.\n"
    assert list(tmp_path.iterdir()) == []


def test_only_this_machine_reaches_it_and_only_the_book(db: None, tmp_path: Path) -> None:
    others = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    with serve(tmp_path) as served:
        assert served.ask("../nowhere.beancount/")[0] == 404
        # The first one is this machine's everywhere, and answers for who listens on all addresses.
        for address in ("127.0.0.2", *(address for address in others if ":" not in address)):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, served.port), timeout=5)
        assert served.ask("api/trial_balance", host="evil.example")[0] == 400
        assert served.ask("api/trial_balance")[0] == 200
        served.end(signal.SIGHUP)
    assert list(tmp_path.iterdir()) == []


def test_without_fava_the_line_that_installs_it_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.management.commands.fava.find_spec", lambda _: None)
    with pytest.raises(CommandError, match=r"uv pip install .* --extra fava") as refusal:
        call_command("fava")
    line = str(refusal.value).partition("installs it: ")[2]
    tried = subprocess.run([*line.split(), "--dry-run"], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
