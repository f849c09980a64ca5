"""A database that is busy for too long, or cannot be used for now, says so: try again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client

from fund.models import AuditRecord, Disbursement, Donor
from ledger.operations import writing
from ledger.waits import is_away, is_busy

pytestmark = pytest.mark.django_db(transaction=True)

DONOR = {"code": "PER", "name": "Peru", "donor_class": "state_party", "country": "PER"}
PATIENCE = 60


def hold(held: Event, done: Event) -> None:
    """Has the books, and on PostgreSQL the sessions too: on SQLite they are in one file."""
    with writing():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE django_session IN EXCLUSIVE MODE")
        held.set()
        done.wait(timeout=PATIENCE)
    connection.close()


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From its call on, somebody else has the books; here a fifth of a second's wait is too long."""
    held, done = Event(), Event()
    with ThreadPoolExecutor(1) as pool:

        def begin() -> None:
            pool.submit(hold, held, done)
            assert held.wait(timeout=PATIENCE)

        if connection.vendor == "sqlite":
            monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)
            connection.close()
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
        yield begin
        done.set()
    connection.close()


def test_a_form_that_waited_too_long_keeps_what_was_typed_and_its_key(
    officer_client: Client, busy: Callable[[], None]
) -> None:
    busy()
    key = str(uuid4())
    answer = officer_client.post("/donors/new/", DONOR | {"retry_key": key})
    page = answer.content.decode()
    assert (answer.status_code, Donor.objects.count()) == (503, 0)
    for text in ("nothing was written. Try again in a moment.", 'value="Peru"', key):
        assert text in page


def test_a_button_that_waited_too_long_says_so(
    disbursement: Disbursement, approver_client: Client, busy: Callable[[], None]
) -> None:
    acts = AuditRecord.objects.count()
    busy()
    answer = approver_client.post(f"{disbursement.get_absolute_url()}approve/")
    assert (answer.status_code, AuditRecord.objects.count()) == (503, acts)
    assert "nothing was written. Try again in a moment." in answer.content.decode()


def test_whatever_else_waits_too_long_gets_a_page_that_says_to_try_again(
    officer: User, busy: Callable[[], None]
) -> None:
    officer.set_password("a long password")
    officer.save()
    busy()
    client = Client(raise_request_exception=False)
    answer = client.post("/accounts/login/", {"login": "officer", "password": "a long password"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "<p>Nothing was written.</p>" in answer.content.decode()


def test_other_failures_of_the_database_are_no_such_page(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr("allauth.account.views.LoginView.get_context_data", lambda *_args, **_options: fail())
    client = Client(raise_request_exception=False)
    assert client.get("/accounts/login/").status_code == 500


def test_a_command_that_waited_too_long_says_so(officer: User, busy: Callable[[], None]) -> None:
    busy()
    with pytest.raises(CommandError, match=r"nothing was written\. Try again"):
        call_command("open_year", 2026, by="officer")


def test_a_command_that_cannot_write_says_why(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    if connection.vendor == "sqlite":
        monkeypatch.setattr("ledger.sqlite3.turns.Turn.take", fail)
        with pytest.raises(CommandError, match="The database failed: its turn cannot be taken: Read-only file system"):
            call_command("open_year", 2026, by="officer")


def test_a_command_whose_database_gave_way_to_others_wrote_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_way(*_: object) -> None:
        error = OperationalError("deadlock detected")
        error.__cause__ = Exception()
        error.__cause__.sqlstate = "40P01"  # type: ignore[attr-defined]
        raise error

    monkeypatch.setattr("fund.management.base.answer_once", give_way)
    with pytest.raises(CommandError, match=r"nothing was written\. Try again\.$"):
        call_command("open_year", 2026)


def test_readers_are_never_busy(officer_client: Client, busy: Callable[[], None]) -> None:
    busy()
    assert officer_client.get("/donors/").status_code == 200


def test_a_deadlock_is_one_of_those_and_a_broken_disk_is_not() -> None:
    error = OperationalError("deadlock detected")
    error.__cause__ = Exception()
    error.__cause__.sqlstate = "40P01"  # type: ignore[attr-defined]
    assert is_busy(error)
    assert not is_busy(OperationalError("disk I/O error"))
    assert not is_busy(ValueError())


@pytest.mark.parametrize("state", ["57P01", "25P03", "53100", None])
def test_a_connection_that_was_ended_and_a_full_disk_are_away(state: str | None) -> None:
    error = OperationalError("server closed the connection unexpectedly")
    error.__cause__ = Exception()
    error.__cause__.sqlstate = state  # type: ignore[attr-defined]
    assert is_away(error)
    assert not is_busy(error)


@pytest.fixture
def read_only(officer_client: Client) -> Iterator[None]:
    """As a standby is, or a full or read-only disk."""
    name, off = ("PRAGMA query_only", "OFF")
    if connection.vendor == "postgresql":
        name, off = ("SET default_transaction_read_only", "off")
    with connection.cursor() as cursor:
        cursor.execute(f"{name} = ON")
        yield
        cursor.execute(f"{name} = {off}")


@pytest.mark.usefixtures("read_only")
def test_a_database_that_takes_no_changes_says_so_on_a_page_and_to_a_command(officer_client: Client) -> None:
    client = Client(raise_request_exception=False)
    client.cookies = officer_client.cookies
    answer = client.post("/donors/new/", DONOR | {"retry_key": str(uuid4())})
    assert (answer.status_code, client.get("/donors/").status_code) == (503, 200)
    assert "saved completely or not at all" in answer.content.decode()
    with pytest.raises(CommandError, match=r"failed: .*read-?only.*the same command with --key k does it, if it is"):
        call_command("open_year", 2026, by="officer", key="k")
