"""The demonstration fund: what is in it, whom it lets in, and that it is served."""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as clock
from http.client import HTTPConnection
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund.checks import run_checks
from fund.demonstration.loading import load_demonstration
from fund.demonstration.telling import build_demonstration
from fund.management.commands.demo import find_port, is_free
from fund.models import (
    Agreement,
    Allocation,
    Amendment,
    Application,
    Attachment,
    BankAccount,
    BankCharge,
    Budget,
    Delegation,
    Disbursement,
    Donor,
    Identity,
    InKind,
    Instalment,
    Interest,
    Letter,
    ManualEntry,
    Milestone,
    Pledge,
    Project,
    Receipt,
    Recovery,
    Refund,
    Revaluation,
    Screening,
    SecretariatPayment,
    Transfer,
    WriteOff,
)
from fund.operations.people import add_person
from fund.queries.agreements import standing_agreements
from fund.queries.contributions import instalment_standings
from fund.queries.entries import EVENTS
from fund.queries.obligations import open_obligations
from fund.queries.period_end import StepName, find_steps
from ledger.periods import Period
from ledger.queries import closings, entries, open_years
from tests.fund.standings import agreement_standings
from tests.settings import ENGINE

PASSWORD = re.compile(r"^  (.+?) +(officer|approver2?|auditor|donor) +(\S+)$", re.MULTILINE)

# Seconds; other tests may be busy on the same machine.
PATIENCE = 600


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    """15 August 2026: the demonstration is told on the day itself."""
    with time_machine.travel(datetime(2026, 8, 15, 12, tzinfo=UTC)):
        yield date(2026, 8, 15)


def run_demo() -> str:
    out = io.StringIO()
    call_command("demo", no_serve=True, stdout=out)
    return out.getvalue()


def keep_quiet(text: str) -> None:
    """Progress that nobody watches."""


@pytest.mark.django_db
def test_the_demonstration_has_every_kind_of_thing(today: date):
    # Loaded once: that is what takes long.
    load_demonstration(today)
    for look in (find_documents, find_events, find_corrections, find_instalments):
        look(today)


def find_documents(today: date) -> None:
    assert set(Donor.objects.values_list("donor_class", flat=True)) == {
        "state_party",
        "other_state",
        "organisation",
        "private_sector",
        "civil_society",
    }
    assert {model: model._default_manager.count() for model in (Donor, Pledge, Agreement, Receipt, Project)} == {
        Donor: 15,
        Pledge: 6,
        Agreement: 21,
        Receipt: 33,
        Project: 6,
    }
    assert Counter(Agreement.objects.values_list("state", flat=True)) == {"approved": 20, "prepared": 1}
    decided = Counter(Allocation.objects.values_list("state", flat=True))
    assert decided == {"approved": 12, "prepared": 1, "reversed": 1}
    reminders = Letter.objects.order_by("sent_on").values_list("donor__code", "language", "reminder")
    assert list(reminders) == [("CARIB-SEC", "en", 1), ("ESP", "es", 1), ("CARIB-SEC", "en", 2)]
    assert Counter(Disbursement.objects.values_list("state", flat=True)) == {
        "paid": 24,
        "prepared": 3,
        "rejected": 1,
        "reversed": 1,
    }
    assert {account.currency for account in BankAccount.objects.all()} == {"USD", "CAD", "EUR"}
    assert open_years() == [2025, 2026]


def find_events(today: date) -> None:
    kinds = (Amendment, Application, Attachment, BankCharge, Budget, Delegation, InKind, SecretariatPayment, Transfer)
    assert [kind for kind in kinds if not kind._default_manager.exists()] == []
    assert Agreement.objects.exclude(earmark_themes=[]).exists()
    assert [one.closed > 0 for one in open_obligations()] == [True, False]
    assert Screening.objects.filter(result="cleared").exists()
    assert closings().exists()
    assert set(entries().values_list("kind", flat=True)) <= EVENTS.keys()


def find_corrections(today: date) -> None:
    assert [(str(one.amount.amount), one.state) for one in WriteOff.objects.all()] == [("5000.000", "approved")]
    assert [(one.state, bool(one.paid_on)) for one in Refund.objects.all()] == [("approved", True)]
    assert ManualEntry.objects.filter(state="approved").count() == 1
    assert [bool(one.accepted_on) for one in Milestone.objects.order_by("position")] == [True, False]
    placed = Receipt.objects.exclude(placements=None).get()
    assert (placed.identity, Receipt.objects.filter(identity=Identity.OPEN).count()) == (Identity.IDENTIFIED, 1)
    runs = [one.number for model in (Interest, Recovery, Revaluation) for one in model._default_manager.all()]
    assert runs == ["INT-2026-07", "ICR-2026-07", "REV-2026-07"]
    statements = [step for step in find_steps(Period(2026, 7)) if step.name == StepName.STATEMENT]
    assert [(step.count, bool(step.document)) for step in statements] == [(0, True)] * 3


def find_instalments(today: date) -> None:
    instalments = list(Instalment.objects.filter(agreement__in=standing_agreements()))
    standings = instalment_standings(instalments)
    states: Counter[tuple[str, bool]] = Counter()
    for instalment in instalments:
        standing = standings[instalment.reference]
        paid = "paid" if not standing.outstanding else "partly" if standing.received else "nothing"
        states[paid, instalment.due_on < today] += 1
    assert {("paid", True), ("partly", True), ("nothing", True), ("nothing", False)} == states.keys()
    assert sum(standing.unapplied > 0 for standing in agreement_standings(Agreement.objects.all()).values()) == 1


@pytest.mark.django_db
# Which day it is, is nothing to the database.
@pytest.mark.parametrize("day", ["2026-01-01", "2028-02-29", "2026-12-31"] if ENGINE == "sqlite" else ["2028-02-29"])
def test_the_demonstration_can_be_loaded_on_any_day_and_its_books_hold(day: str, officer: User, approver: User):
    today = date.fromisoformat(day)
    second = add_person("second", role="Approver")[0]
    with time_machine.travel(datetime.combine(today, clock(12), UTC)):
        build_demonstration(today, officer=officer, approvers=(approver, second))
    assert run_checks(keep_quiet) == []
    days = entries().values_list("dated_on", flat=True)
    assert date(today.year - 1, 1, 1) <= min(days) < date(today.year, 1, 1)
    assert max(days) <= today


@pytest.mark.django_db
def test_each_start_keeps_the_data_and_prints_passwords_that_work():
    first, count = run_demo(), entries().count()
    assert "Demonstration data: the people, organisations and payees are invented." in first
    second = run_demo()
    assert "is there already: what was entered is kept" in second
    assert entries().count() == count
    found = PASSWORD.findall(second)
    assert [what for what, _, _ in found] == ["Finance officer", "Approver", "Approver", "Auditor", "Donor (Canada)"]
    assert all(User.objects.get(username=name).check_password(password) for _, name, password in found)
    assert not {password for *_, password in PASSWORD.findall(first)} & {password for *_, password in found}
    # Who may no longer sign in stays out.
    User.objects.filter(username="approver").update(is_active=False)
    assert [name for _, name, _ in PASSWORD.findall(run_demo())] == ["officer", "approver2", "auditor", "donor"]


def test_the_demonstration_keeps_away_from_other_data(officer: User):
    with pytest.raises(CommandError, match="holds data that is not the demonstration's; it was left as it is"):
        run_demo()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_demonstration_needs_its_currency(settings):
    settings.FUNCTIONAL_CURRENCY = "EUR"
    with pytest.raises(CommandError, match="keeps its books in USD"):
        run_demo()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_refused_when_it_was_asked_for(taken_port: int):
    assert not is_free(taken_port)
    with pytest.raises(CommandError, match=f"Port {taken_port} is not free"):
        find_port(taken_port)


def test_without_a_wish_a_free_port_is_found(monkeypatch: pytest.MonkeyPatch, taken_port: int):
    monkeypatch.setattr("fund.management.commands.demo._PORTS", range(taken_port, taken_port + 50))
    assert find_port(None) in range(taken_port + 1, taken_port + 50)


@contextmanager
def serve_demo(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The command as a person starts it, on a SQLite file in a folder, from that folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "DJANGO_SETTINGS_MODULE": "fund.config.settings",
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process, port
        finally:
            process.kill()


def fetch(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def wait_for(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while is_free(port) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)


def test_the_demonstration_is_served_until_it_is_told_to_end(tmp_path: Path):
    # Begun on an empty file, and then on what the first left.
    for end in (signal.SIGINT, signal.SIGTERM):
        with serve_demo(tmp_path) as (process, port):
            wait_for(process, port)
            status, page = fetch(port, "/accounts/login/")
            assert (status, "<form" in page) == (200, True)
            status, style = fetch(port, "/static/fund/style.css")
            assert (status, "{" in style) == (200, True)
            process.send_signal(end)
            said, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said
            assert f"Open http://127.0.0.1:{port}/" in said
