"""Contracts, returns and closures from the command line, with the same limits as on the pages."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from fund.models import Allocation, Obligation, Project
from fund.operations.projects import ProjectFacts, add_project
from fund.queries.obligations import open_lines
from ledger.queries import entries

FUND = "AGR-2026-0001"


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, "--by", "officer", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def let(*lines: str, on: str = "2026-03-15", key: str = "k") -> str:
    facts = ("--for", "Training", "--category", "Contractual", "--on", on, "--ends", "2026-12-31", "--key", key)
    return run("record_obligation", "cyb-01", "Firm", *lines, *facts)


def test_a_contract_is_let_once_for_each_key(allocation: Allocation) -> None:
    assert let(f"{FUND}=2000") == let(f"{FUND}=2000") == "OBL-2026-0001 is recorded.\n"
    assert Obligation.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([f"{FUND}=5000.01"], r"CYB-01 has USD 5,000\.00 of AGR-2026-0001 left"),
        ([FUND], "Write it like POOL=1500.00"),
        ([f"{FUND}=1", f"{FUND}=2"], "each fund once"),
        ([f"{FUND}=x"], "is not an amount"),
        (["POOL=1"], r"CYB-01 has USD 0\.00 of POOL left"),
    ],
)
def test_a_contract_that_is_refused_writes_nothing(allocation: Allocation, lines: list[str], message: str) -> None:
    before = entries().count()
    with pytest.raises(CommandError, match=message):
        let(*lines)
    assert (Obligation.objects.count(), entries().count()) == (0, before)


def test_a_contract_is_cancelled_in_part_and_whole(obligation: Obligation) -> None:
    facts = ("--on", "2026-04-01", "--reason", "Over")
    with pytest.raises(CommandError, match="not more"):
        run("cancel_obligation", "OBL-2026-0001", f"{FUND}=2000.01", *facts)
    assert run("cancel_obligation", "OBL-2026-0001", f"{FUND}=500", *facts) == "OBL-2026-0001: cancelled.\n"
    assert open_lines(["OBL-2026-0001/1"]) == {"OBL-2026-0001/1": 150000}
    run("cancel_obligation", "OBL-2026-0001", *facts)
    with pytest.raises(CommandError, match="it is paid or cancelled"):
        run("cancel_obligation", "OBL-2026-0001", *facts)


def test_what_is_left_is_returned_or_moved(obligation: Obligation, officer: User) -> None:
    add_project(code="BOR-01", facts=ProjectFacts("Borders", [1], [], obligation.let_on), by=officer)
    on = ("--on", "2026-04-01")
    said = run("return_allocation", "CYB-01", f"{FUND}=1000", *on)
    assert said.startswith("ALC-2026-0002 is prepared. Another person approves it: `manage.py approve ALC-2026-0002")
    run("return_allocation", "CYB-01", f"{FUND}=1000", "--to", "BOR-01", *on)
    call_command("approve", "ALC-2026-0002", "ALC-2026-0003", by="second-person", stdout=io.StringIO())
    for extra in ((), ("--to", "BOR-01")):
        with pytest.raises(CommandError, match="once that is cancelled or returned"):
            run("return_allocation", "CYB-01", f"{FUND}=1000.01", *extra, *on)
    assert [found.direction for found in Allocation.objects.order_by("number")] == ["give", "return", "move"]


def test_a_project_closes_step_by_step(obligation: Obligation) -> None:
    on = ("--on", "2026-05-01")
    with pytest.raises(CommandError, match="close its operations first"):
        run("close_project", "CYB-01", "accounts", *on)
    assert run("close_project", "CYB-01", "operations", *on) == "CYB-01: its operations closed on 2026-05-01.\n"
    with pytest.raises(CommandError, match="closed its operations on 2026-05-01"):
        let(f"{FUND}=1", on="2026-05-02")
    with pytest.raises(CommandError, match="pay it or cancel it"):
        run("close_project", "CYB-01", "accounts", *on)
    assert Project.objects.get().accounts_closed_on is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("close_project", "NONE", "operations", "--on", "2026-05-01"), "NONE is not a project's code"),
        (("close_project", "CYB-01", "operations", "--on", "tomorrow"), "Write it like 2026-03-31"),
        (("cancel_obligation", "OBL-1", "--on", "2026-05-01", "--reason", "x"), "such as OBL-2026-0001"),
    ],
)
def test_what_does_not_exist_is_said(project: Project, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*arguments)
