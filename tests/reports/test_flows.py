"""Follow the money as a sheet of the workbook, and as a command."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from fund.queries.flows import Asked, follow
from reports.statements.period import make_period
from reports.workbooks import write_audit_workbook
from tests.reports.small_fund import SmallFund
from tests.reports.workbooks import rows_of

DAY = date(2026, 3, 9)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("follow_money", *arguments, stdout=out)
    return out.getvalue()


def test_the_sheet_adds_up_to_what_was_paid_in(small_fund: SmallFund, tmp_path: Path) -> None:
    write_audit_workbook(tmp_path / "a.xlsx", make_period(), made_at=datetime(2026, 3, 10, tzinfo=UTC))
    rows = rows_of(openpyxl.load_workbook(tmp_path / "a.xlsx"), "Follow the money")
    flow = follow(Asked(DAY))
    assert sum(Decimal(str(row["Amount"])) for row in rows) * 100 == flow.paid_in > 0
    assert {row["Donor"] for row in rows} == {source.donor for source in flow.sources}


def test_the_command_prints_the_same_as_text_and_as_csv(small_fund: SmallFund) -> None:
    whole = run("--to", str(DAY)).splitlines()[-1].split()[-1]
    rows = list(csv.DictReader(StringIO(run("--to", str(DAY), "--csv"))))
    assert sum(Decimal(row["Amount USD"]) for row in rows) == Decimal(whole.replace(",", ""))
    donor = rows[0]["Donor"]
    mine = list(csv.DictReader(StringIO(run("--to", str(DAY), "--csv", "--donor", donor.lower()))))
    assert mine == [row for row in rows if row["Donor"] == donor]


def test_the_command_knows_only_donors(small_fund: SmallFund) -> None:
    with pytest.raises(CommandError, match="NOBODY is not a donor's code"):
        run("--donor", "NOBODY")
