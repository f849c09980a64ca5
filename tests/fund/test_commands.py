"""What is done from the command line: years, people, the check of the books."""

import io
from argparse import Action
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.test import Client

from fund.management.base import ChangeCommand
from fund.management.commands.check_ledger import describe
from fund.management.progress import ProgressLine
from fund.models import AuditRecord, Donor, Receipt, Refusal
from fund.operations.people import add_person, end_access
from ledger.checks import EntryProblem
from ledger.queries import open_years
from tests.shorthand import check, run

pytestmark = pytest.mark.django_db


def test_years_are_opened_once(fund_year: int):
    assert run("open_year", 2027, 2026, 2027, by="officer") == "2027 is open now.\n2026 was open already.\n"
    assert open_years() == [2026, 2027]


def test_of_several_years_all_are_opened_or_none():
    with pytest.raises(CommandError, match="3000 is not a year of the books"):
        run("open_year", 2026, 3000)
    assert open_years() == []


def test_without_a_name_a_technical_user_opens_the_year():
    assert run("open_year", 2026) == (
        "User console was added: a technical user in the role Finance officer, that cannot sign in.\n"
        "2026 is open now.\n"
    )
    assert run("open_year", 2027) == "2027 is open now.\n"
    assert not User.objects.get().has_usable_password()


def fill_in(action: Action) -> str:
    """An argument that a command needs, though nothing like it is there."""
    text = str(next(iter(action.choices or ["2026" if action.type is int else "2026-03-20"])))
    return f"{action.option_strings[0]}={text}" if action.option_strings else text


def test_no_command_acts_for_who_is_no_finance_officer_whatever_it_is_told(auditor: User):
    # The operations ask who decides on what waits; who has a shell adds people.
    others = {"approve", "reject", "review_advance_report", "add_person", "change_person"}
    names = {name for name, app in get_commands().items() if app == "fund"} - others
    commands = {name: load_command_class("fund", name) for name in names}
    parsers = {name: one.create_parser("", name) for name, one in commands.items() if isinstance(one, ChangeCommand)}
    for name, parser in parsers.items():
        words = [fill_in(action) for action in parser._actions if action.required]
        for who in ("auditor", "nobody"):
            with pytest.raises(CommandError, match=r"is not an active finance officer|Nobody signs in as nobody"):
                call_command(name, *words, "--by", who)
    assert Refusal.objects.count() == 2 * len(parsers) > 60
    assert [record.subject for record in AuditRecord.objects.all()] == ["auditor"]


def test_a_person_gets_a_password_that_works():
    said = run("add_person", "ana", role="Auditor", name=" Ana\t Lima ")
    assert said.startswith("ana may sign in as Auditor.\nPassword, shown only now: ")
    ana = User.objects.get()
    assert ana.check_password(said.split()[-1])
    assert ana.first_name == "Ana Lima"


def test_a_person_reads_a_donors_statement(canada: Donor):
    assert run("add_person", "ana", donor="can").startswith("ana may sign in as Canada.\n")
    assert User.objects.get(username="ana").donor_access.donor == canada


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (["officer"], {"role": "Auditor"}, "officer is taken"),
        (["ana"], {"donor": "XYZ"}, "XYZ is not a donor's code"),
        (["ana"], {"role": "Auditor", "name": "A\x07"}, "cannot be printed"),
        (["ana"], {}, "one of the arguments --role --donor is required"),
        (["ana", "--role", "King"], {}, "invalid choice: 'King'"),
    ],
)
def test_who_cannot_be_added_is_told(arguments: list[str], options: dict[str, str], message: str, officer: User):
    with pytest.raises(CommandError, match=message):
        run("add_person", *arguments, **options)


def test_a_person_changes_role_and_leaves(officer: User, canada: Donor, officer_client: Client):
    assert run("change_person", "officer", role="Approver") == "officer is Approver from now on.\n"
    assert officer_client.get("/disbursements/new/").status_code == 403
    assert run("change_person", "officer", donor="can") == "officer is Canada from now on.\n"
    assert run("change_person", "officer", end=True, key="k") == "The access of officer ended.\n"
    assert run("change_person", "officer", end=True, key="k") == "The access of officer ended.\n"
    assert (Session.objects.count(), officer_client.get("/").status_code) == (0, 302)
    acts = AuditRecord.objects.filter(subject="officer").order_by("id").values_list("act", "before", "after")
    assert list(acts)[1:] == [
        ("change person", '{"role": "Finance officer"}', '{"role": "Approver"}'),
        ("change person", '{"role": "Approver"}', '{"donor": "Canada"}'),
        ("end access", '{"is_active": "True"}', '{"is_active": "False"}'),
    ]
    assert check() == []
    User.objects.update(is_active=True)
    assert check() == ["officer may sign in, though their access ended."]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("officer", {"role": "Finance officer"}, "officer is Finance officer already"),
        ("ana", {"role": "Auditor"}, "Nobody signs in as ana"),
        ("left", {"role": "Auditor"}, "The access of left ended"),
        ("left", {"end": True}, "The access of left ended"),
        ("officer", {"donor": "XYZ"}, "XYZ is not a donor's code"),
    ],
)
def test_a_change_of_a_person_that_is_refused_changes_nothing(
    officer: User, name: str, options: dict[str, Any], message: str
):
    end_access(add_person("left", role="Auditor")[0].username)
    with pytest.raises(CommandError, match=message):
        run("change_person", name, **options)
    assert check() == []


def test_sound_books_pass_the_check(receipt: Receipt):
    said = run("check_ledger")
    assert said.startswith("2 entries and 2 documents: all agree.\nHead of the chain: JE-2026-000002, ")


def test_books_that_do_not_hold_are_described(receipt: Receipt):
    Receipt.objects.update(reversed_on="2026-04-01")
    with pytest.raises(CommandError) as refused:
        run("check_ledger")
    assert str(refused.value) == (
        "The books do not hold: 2 problems.\n"
        "  RCT-2026-0001 must have caused 1 reversal: none.\n"
        "  RCT-2026-0001 has no audit record of “reverse receipt”."
    )


def test_a_hash_that_a_certificate_misses_may_be_of_an_earlier_entry():
    lines = describe([EntryProblem(4, "Another hash.", or_before=True)])
    assert lines[1] == "The first bad entry is in place 4 of the chain or before: Another hash."


def test_a_database_without_tables_says_how_to_make_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda _: {})
    with pytest.raises(CommandError, match=r"is not up to date with this software. Run `manage.py migrate` first"):
        run("open_year", 2026)


class Stream(io.StringIO):
    """An error stream as Django wraps it, on a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str, style_func: object = None, ending: str = "") -> int:
        return super().write(text)


@pytest.mark.parametrize(("terminal", "shown"), [(False, "Rows: 1 of 2\nRows: 2 of 2\n"), (True, "\rRows: 1 of 2")])
def test_progress_is_a_moving_line_on_a_terminal_and_steady_lines_elsewhere(
    terminal: bool, shown: str, monkeypatch: pytest.MonkeyPatch
):
    now = iter([0.0, 6.0, 6.01])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    stream: Any = Stream(terminal=terminal)
    line = ProgressLine(stream, "Rows")
    line.count(1, 2)
    line.count(2, 2)
    line.end()
    assert stream.getvalue().startswith(shown)


def test_work_that_is_over_in_a_moment_shows_no_progress():
    stream: Any = Stream(terminal=True)
    line = ProgressLine(stream, "Rows")
    line.count(1, 1)
    line.end()
    assert stream.getvalue() == ""
