"""Follow the money as a sheet of the workbook, and as a command."""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fund.queries.flows import Asked, follow
from reports.statements.period import make_period
from reports.workbooks import write_audit_workbook
from tests.reports.small_fund import SmallFund
from tests.reports.workbooks import rows_of

DAY = date(2026, 3, 9)
SHEETS = {
    "Where it came from": ("Agreement or gift", "Sub-fund", "Paid in"),
    "What became of it": ("Sub-fund", "Project", "Spent on, or what is left", "Amount"),
}


def read_row(cells: Iterable[Any]) -> tuple[Any, ...]:
    """The texts of a row, and its amount in minor units."""
    *texts, amount = cells
    return *(text or "" for text in texts), int(Decimal(str(amount)) * 100)


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


@pytest.mark.parametrize("code", ["CAN", "USA", "ACME"])
def test_a_donors_statement_has_the_figures_of_the_donors_flow(
    code: str, small_fund: SmallFund, client: Client
) -> None:
    client.force_login(small_fund.auditor)
    sent = client.get(f"/reports/statements/{code}.xlsx?as_of={DAY}")
    book = openpyxl.load_workbook(BytesIO(b"".join(sent.streaming_content)))  # type: ignore[attr-defined]
    page = client.get(f"/donors/{code}/flow/?until={DAY}").context
    assert page["use_rows"]
    found = [[read_row(row[name] for name in names) for row in rows_of(book, title)] for title, names in SHEETS.items()]
    came = [(row["label"], row["source"].fund, row["source"].amount) for row in page["source_rows"]]
    became = [(row["use"].fund, row["use"].project, row["what"], row["use"].amount) for row in page["use_rows"]]
    assert found == [came, became]


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
